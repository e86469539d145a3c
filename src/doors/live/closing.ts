/** Why a socket of live queries was closed: its code, and the word that goes with it. A page goes by the code. */
export const closings = {
  /** The box stops; it will be back. */
  stopping: 1001,
  /** Something failed in the box. */
  failed: 1011,
  /** Not as agreed: the word is a sentence for whoever writes the client. */
  malformed: 4400,
  /** What was shown is not, or no longer, worth anything: sign in. */
  'signed-out': 4401,
  'too-many-sockets': 4429,
  'too-many-messages': 4430,
} as const

export type Closing = keyof typeof closings
