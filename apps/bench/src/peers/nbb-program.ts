import type { BenchCase } from '../programs/index.js'

/** A program loaded by nbb in this process. */
export async function loadInNbb({ id, source, handwritten }: BenchCase): Promise<() => number> {
  const { loadString } = await import('nbb')
  // A namespace each, so that programs do not see each other's names.
  await loadString(`(ns bench.${id})\n${source}`)
  const run = (await loadString(`bench.${id}/run`)) as (data?: unknown) => number
  if (handwritten.data === undefined) return run as () => number
  const data = ((await loadString(`bench.${id}/data`)) as () => unknown)()
  return () => run(data)
}
