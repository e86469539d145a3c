import { Check, Copy } from 'lucide'
import { useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { say } from './say.ts'
import { words } from './words.ts'

/** Something to take elsewhere. On http:// by address browsers have no clipboard: then it is selected, and one copies by hand. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false)
  const [byHand, setByHand] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const copy = async () => {
    input.current?.select()
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      setByHand(true)
    }
  }
  return (
    <div class='stack tight'>
      <div class='input-row'>
        <input ref={input} class='input' readOnly value={text} aria-label={label} />
        <Button icon={isCopied ? Check : Copy} onPress={copy}>
          {say(isCopied ? words.copied : words.copy)}
        </Button>
      </div>
      {byHand && <span class='small soft'>{say(words.copyByHand)}</span>}
    </div>
  )
}
