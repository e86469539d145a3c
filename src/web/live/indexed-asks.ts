import type { Ask } from './ask.ts'
import type { AskStore } from './ask-store.ts'

const asksIn = 'asks'
const notesIn = 'notes'

/** On the disk of the device, for all pages of this origin. Rejects where the browser does not allow it. */
export async function indexedAsks(name = 'regie'): Promise<AskStore> {
  const database = await open(name)
  const channel = new BroadcastChannel(`${name} asks`)
  const tells = new Set<() => void>()
  const tellAll = () => tells.forEach((tell) => tell())
  channel.onmessage = tellAll
  const changed = () => {
    channel.postMessage(null)
    tellAll()
  }
  // Kept means on the disk: by itself a browser would say so when the system has it in memory.
  const write = (store: string) => database.transaction(store, 'readwrite', { durability: 'strict' })
  return {
    isDurable: true,
    add: async (ask) => {
      const adding = write(asksIn)
      const store = adding.objectStore(asksIn)
      const found = store.index('key').get(ask.key) as IDBRequest<Ask | undefined>
      let added: IDBRequest<IDBValidKey> | undefined
      found.onsuccess = () => {
        if (!found.result) added = store.add(ask)
      }
      await ended(adding)
      if (found.result || !added) return found.result as Ask
      changed()
      return { ...ask, seq: Number(added.result) }
    },
    all: async () => {
      const reading = database.transaction(asksIn)
      const all = reading.objectStore(asksIn).getAll() as IDBRequest<Ask[]>
      await ended(reading)
      return all.result
    },
    change: async (seq, change) => {
      const changing = write(asksIn)
      const store = changing.objectStore(asksIn)
      const found = store.get(seq) as IDBRequest<Ask | undefined>
      let now: Ask | undefined
      let isNew = false
      found.onsuccess = () => {
        now = found.result
        const after = now && change(now)
        if (after === undefined) return
        isNew = true
        now = after ?? undefined
        if (after === null) store.delete(seq)
        else store.put(after)
      }
      await ended(changing)
      if (isNew) changed()
      return now
    },
    note: async (note, change) => {
      const noting = database.transaction(notesIn, 'readwrite')
      const store = noting.objectStore(notesIn)
      const found = store.get(note)
      let after: unknown
      found.onsuccess = () => {
        after = change(found.result)
        store.put(after, note)
      }
      await ended(noting)
      return after
    },
    onChange: (tell) => {
      tells.add(tell)
      return () => tells.delete(tell)
    },
    close: () => {
      tells.clear()
      channel.close()
      database.close()
    },
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => {
      const asks = opening.result.createObjectStore(asksIn, { keyPath: 'seq', autoIncrement: true })
      asks.createIndex('key', 'key', { unique: true })
      opening.result.createObjectStore(notesIn)
    }
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error('the browser keeps nothing'))
  })
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser would not keep it'))
  })
}
