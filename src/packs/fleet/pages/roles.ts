import type { Option } from '../../../web/kit/field.tsx'
import { say } from '../../../web/kit/say.ts'
import { ownSite } from '../../../web/live/me.ts'
import { useQueryOf } from '../../../web/live/use.ts'
import { roleMeanings, roleNames } from '../words/pages.ts'

/** No site is called so. */
export const everywhere = '*'

type KernelRole = keyof typeof roleNames
const kernelRoles = Object.keys(roleNames) as readonly KernelRole[]
const isKernelRole = (role: string): role is KernelRole => Object.hasOwn(roleNames, role)

/** As people say it; those of a trade go by their own names. */
export const roleName = (role: string): string => (isKernelRole(role) ? say(roleNames[role]) : role)

/** What an owner may give, or a lead. */
export const roleOptions = (isOwner: boolean) =>
  kernelRoles
    .filter((role) => isOwner || role === 'volunteer')
    .map((value) => ({
      value: value as string,
      label: say(roleNames[value]),
      more: say(roleMeanings[value]),
    }))

export function useSites(): readonly Option<string>[] {
  const { rows } = useQueryOf<Record<never, never>>()('sites', {})
  return rows.filter(({ site }) => site !== ownSite).map(({ site, name }) => ({ value: site, label: name }))
}
