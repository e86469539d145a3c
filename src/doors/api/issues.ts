import type { z } from 'zod'
import { texts } from '../errors.ts'
import type { Texts } from '../language.ts'

/** Of a choice: what stands inside the form that came nearest. */
type Found = { readonly inner: string; readonly problem: Texts }

type Issue = z.core.$ZodIssue

/**
 * What is wrong with a field of this value, as the end of a sentence that begins with its name: ours, not the
 * library's.
 */
export function problemIn(issue: Issue, value: unknown): Found {
  const given = at(value, issue.path)
  if (given === undefined) return { inner: '', problem: missing }
  if (issue.code === 'invalid_union') {
    const [near] = issue.errors
      .flatMap((each) => each.slice(0, 1))
      .toSorted((a, b) => b.path.length - a.path.length)
    if (near && near.path.length > 0) {
      const { inner, problem } = problemIn(near, given)
      return { inner: [near.path.join('.'), inner].filter((part) => part !== '').join('.'), problem }
    }
  }
  return { inner: '', problem: problemOf(issue) }
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const step of path)
    found =
      typeof found === 'object' && found !== null ? (found as Record<PropertyKey, unknown>)[step] : undefined
  return found
}

function problemOf(issue: Issue): Texts {
  switch (issue.code) {
    case 'invalid_type':
      return wanted[issue.expected] ?? other
    case 'invalid_value':
      return oneOf(issue.values)
    case 'too_big':
    case 'too_small':
      return bound(issue)
    case 'not_multiple_of':
      return {
        en: `must be a multiple of ${issue.divisor}`,
        fr: `doit être un multiple de ${issue.divisor}`,
      }
    case 'invalid_format':
      return { en: 'is not written as it must be', fr: 'n’est pas écrit comme il faut' }
    case 'invalid_union':
      return { en: 'has none of the forms that it may have', fr: 'n’a aucune des formes possibles' }
    case 'unrecognized_keys': {
      const names = issue.keys.join(', ')
      return { en: `has fields that nobody knows: ${names}`, fr: `a des champs inconnus : ${names}` }
    }
    case 'invalid_key':
      return { en: 'has a field whose name is not allowed', fr: 'a un champ dont le nom est interdit' }
    case 'invalid_element':
    case 'custom':
      return other
  }
}

const other: Texts = { en: 'is not as it must be', fr: 'n’est pas comme il faut' }

const must = (en: string, fr: string): Texts => ({ en: `must be ${en}`, fr: `doit être ${fr}` })
const missing: Texts = { en: 'must be given', fr: 'doit être donné' }

/** By Zod's names of types. */
const wanted: Readonly<Record<string, Texts>> = {
  string: must('a text', 'un texte'),
  number: must('a number', 'un nombre'),
  int: must('a whole number', 'un nombre entier'),
  boolean: must('true or false', 'true ou false'),
  array: must('a list', 'une liste'),
  tuple: must('a list', 'une liste'),
  object: must('an object', 'un objet'),
  record: must('an object', 'un objet'),
  null: must('null', 'null'),
  date: must('a date', 'une date'),
}

function oneOf(values: readonly unknown[]): Texts {
  const names = values.map((value) => String(value)).join(', ')
  return values.length === 1 ? must(names, names) : must(`one of: ${names}`, `l’un de : ${names}`)
}

type Bound = Extract<Issue, { readonly code: 'too_big' | 'too_small' }>

function bound(issue: Bound): Texts {
  const { origin } = issue
  const unit = units[origin]
  const [limit, isMost] = issue.code === 'too_big' ? [issue.maximum, true] : [issue.minimum, false]
  if (issue.code === 'too_small' && origin === 'string' && limit === 1 && !issue.exact)
    return { en: 'must not be empty', fr: 'ne doit pas être vide' }
  const isMore = !unit && issue.inclusive === false
  const en = isMost ? (isMore ? 'less than' : 'at most') : isMore ? 'more than' : 'at least'
  const fr = isMost ? (isMore ? 'moins de' : 'au plus') : isMore ? 'plus de' : 'au moins'
  if (unit) {
    const [exactEn, exactFr] = issue.exact ? ['exactly', 'exactement'] : [en, fr]
    const said = { en: `${exactEn} ${limit} ${unit.en}`, fr: `${exactFr} ${limit} ${unit.fr}` }
    return texts((language) => (language === 'en' ? `must have ${said.en}` : `doit avoir ${said.fr}`))
  }
  return must(`${en} ${limit}`, `${fr} ${limit}`)
}

/** What is counted of things that have a length. */
const units: Readonly<Record<string, Texts>> = {
  string: { en: 'characters', fr: 'caractères' },
  array: { en: 'items', fr: 'éléments' },
  set: { en: 'items', fr: 'éléments' },
  map: { en: 'items', fr: 'éléments' },
  file: { en: 'bytes', fr: 'octets' },
}
