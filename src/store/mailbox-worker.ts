import { parentPort, workerData } from 'node:worker_threads'
import { serveMailbox, type MailThreadData } from './mailbox-serve.ts'

// The entry of the thread that keeps what waits for clients of the broker.
if (parentPort !== null) serveMailbox(parentPort, workerData as MailThreadData)
