export const languages = ['fr', 'en'] as const
export type Language = (typeof languages)[number]

/** One text in every language: a missing one does not compile. */
export type Texts = Readonly<Record<Language, string>>

/** The names between braces in a text. */
export type Gap<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Gap<Rest>
  : never

export type Values = Readonly<Record<string, string | number>>

export function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap))
}
