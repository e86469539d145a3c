import { render } from 'preact'
import { applyTheme, speak } from '../shell/tongue.ts'
import { Showcase } from '../kit/showcase/showcase.tsx'

applyTheme()
speak()
const place = document.getElementById('app')
if (place) render(<Showcase />, place)
