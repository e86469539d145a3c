/** So many errands of one site wait at most; a decision that would send more is refused. */
export const mostErrands = 1000
