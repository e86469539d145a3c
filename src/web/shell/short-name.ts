/** What a name looks like where only small letters, digits and dashes are: "Trail des Crêtes 2026", trail-des-cretes-2026. */
export const shortName = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '')
