import { join } from 'node:path'
import type { WebFiles } from '../doors/web-files.ts'
import { findWebFiles } from '../doors/web-files.ts'

/** The built pages: beside the bundled program, or where the sources are run as they stand. */
export const webFiles = (): WebFiles | undefined =>
  findWebFiles(['web', '../../dist/web'].map((folder) => join(import.meta.dirname, folder)))
