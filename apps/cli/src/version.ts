import { readFileSync } from 'node:fs'

/** The version of this package. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return String(manifest.version)
}

/** What this build is made of, as a hash; `undefined` for code that was not bundled: it may change under the process. */
export function buildId(): string | undefined {
  return undefined
}
