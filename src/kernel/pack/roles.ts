/** What a person can be anywhere. A pack adds roles of its trade, which others know as `timing.referee`. */
export const kernelRoles = ['owner', 'manager', 'installer', 'lead', 'volunteer', 'viewer'] as const
export type KernelRole = (typeof kernelRoles)[number]

/** In an `allow`: whoever reaches the box, signed in or not. A pack that says so means it. */
export const everybody = 'public'

/** In an `allow`: only this box itself, for its own doors. No role of anybody's stands for it. */
export const itself = 'itself'

/** Those who may whatever the ones after them may. */
const above: Readonly<Record<KernelRole, readonly KernelRole[]>> = {
  owner: ['manager', 'installer', 'lead', 'volunteer', 'viewer'],
  manager: ['installer', 'lead', 'volunteer', 'viewer'],
  installer: ['viewer'],
  lead: ['volunteer', 'viewer'],
  volunteer: ['viewer'],
  viewer: [],
}

export function isKernelRole(role: string): role is KernelRole {
  return (kernelRoles as readonly string[]).includes(role)
}

/**
 * Whether somebody with these roles at a site may what is allowed to those. Owners and managers hold every role of
 * every trade; who has any role at a site may see what a viewer sees.
 */
export function mayWith(roles: Iterable<string>, allow: readonly string[]): boolean {
  if (allow.includes(everybody)) return true
  for (const role of roles) {
    if (role !== itself && allow.includes(role)) return true
    const held: readonly string[] = isKernelRole(role) ? above[role] : ['viewer']
    const isInCharge = role === 'owner' || role === 'manager'
    if (allow.some((wanted) => held.includes(wanted) || (isInCharge && wanted.includes('.')))) return true
  }
  return false
}

/** Roles as others know them. Throws for one that neither the kernel nor the pack has. */
export function fullRoles(
  pack: { readonly name: string; readonly roles?: readonly string[] | undefined },
  what: string,
  allow: readonly string[],
): readonly string[] {
  return allow.map((role) => {
    if (role === everybody || role === itself || isKernelRole(role)) return role
    if (pack.roles?.includes(role)) return `${pack.name}.${role}`
    throw new Error(`${what} allows ${role}, which is a role of nobody: declare it in the pack's roles`)
  })
}
