import type { Reception } from '../live/reception.ts'
import type { AccountDoor } from './account-door.ts'

/** Who reads live, as the accounts have it. */
export function receptionOf(accounts: AccountDoor): Reception {
  return {
    visitorOf: ({ headers }) => accounts.visitorOf(headers),
    watch: (_, tell) => accounts.onChange(tell),
  }
}
