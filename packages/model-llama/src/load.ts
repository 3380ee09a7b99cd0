import { RtfsError } from '@rtfs/core'
import type { LlamaLibrary } from './library.js'

// A name that is no literal: compilers and bundlers are not to look for a package that may be absent.
const packageName: string = 'node-llama-cpp'

/** Imports the library. */
export function importLibrary(): Promise<unknown> {
  return import(packageName)
}

/** The library, or `RTFS_MODEL` that says how to install it. */
export async function requireLibrary(id: string, load: () => Promise<unknown>): Promise<LlamaLibrary> {
  let library: unknown
  try {
    library = await load()
  } catch (cause) {
    const reason = codeOf(cause) === 'ERR_MODULE_NOT_FOUND' ? 'is not installed' : 'cannot be loaded'
    throw new RtfsError(
      'RTFS_MODEL',
      `model ${id} needs node-llama-cpp, which ${reason}; try: npm install node-llama-cpp@^3.22.1`,
      { cause },
    )
  }
  if (isLibrary(library)) return library
  throw new RtfsError('RTFS_MODEL', `model ${id}: what was loaded is not node-llama-cpp 3`)
}

function isLibrary(library: unknown): library is LlamaLibrary {
  if (typeof library !== 'object' || library === null) return false
  const { getLlama, LlamaChat } = library as Partial<LlamaLibrary>
  return typeof getLlama === 'function' && typeof LlamaChat === 'function'
}

/** A short word for a foreign error: its code or class. Messages may hold paths or prompts, so they stay out. */
export function nameOf(error: unknown): string {
  const name = codeOf(error) ?? (error instanceof Error ? error.constructor.name : typeof error)
  return /^\w{1,40}$/.test(name) ? name : 'Error'
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { readonly code?: unknown }).code : undefined
  return typeof code === 'string' ? code : undefined
}
