type Tab = { readonly href: string; readonly label: string; readonly isHere: boolean }

/** Pages beside each other. */
export function Tabs({ of, label }: { readonly of: readonly Tab[]; readonly label: string }) {
  return (
    <nav class='tabs' aria-label={label}>
      {of.map((tab) => (
        <a key={tab.href} href={tab.href} aria-current={tab.isHere ? 'page' : undefined}>
          {tab.label}
        </a>
      ))}
    </nav>
  )
}
