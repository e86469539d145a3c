import type { ComponentChildren } from 'preact'
import { Button } from '../kit/button.tsx'
import { language, languages } from '../kit/say.ts'
import { choose } from './tongue.ts'

const names = { fr: 'Français', en: 'English' } as const

/** The page of somebody who has not signed in: one thing to do, and the language to do it in. */
export function Lonely({ children }: { readonly children: ComponentChildren }) {
  return (
    <main class='lonely'>
      <div class='brand'>
        <img src='/regie.svg' alt='' />
        <span class='name'>Regie</span>
      </div>
      {children}
      <div class='languages' role='group'>
        {languages.map((each) => (
          <Button key={each} look='plain' disabled={each === language.value} onPress={() => choose(each)}>
            <span lang={each}>{names[each]}</span>
          </Button>
        ))}
      </div>
    </main>
  )
}
