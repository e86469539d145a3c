/** Which page answers at which address. The box serves these and no others; the pages behind them are in the entries. */
export const paths = {
  console: ['/', '/setup', '/account', '/fleet/accounts', '/fleet/audit'],
  kit: ['/kit'],
} as const satisfies Readonly<Record<string, readonly string[]>>
