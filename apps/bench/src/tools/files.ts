import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What is built is one folder deep. */
const apps = fileURLToPath(new URL('../..', import.meta.url))

/** The built command. */
export const command = join(apps, 'cli/dist/main.cjs')

/** The built language server. */
export const languageServer = join(apps, 'language-server/dist/main.js')

/** The command of nbb. */
export const nbbCommand = join(dirname(createRequire(import.meta.url).resolve('nbb/package.json')), 'cli.js')
