import { equals, formatValue, isRtfsError, RtfsFloat, RtfsMap, RtfsSequence, type Value } from '@rtfs/core'
import type { ExampleOutcome, FunctionExample } from '@rtfs/interfaces'

/** Relative difference within which two floats count as equal in `:examples` (LANGUAGE §3.5). */
const tolerance = 1e-9

const maxDepth = 200

/** Runs one example: `call` is the function under test. What it does other than the example says is the detail. */
export async function runExample(
  example: FunctionExample,
  call: (args: readonly Value[]) => Value | Promise<Value>,
): Promise<ExampleOutcome> {
  const said = example.args.map(arg => shortText(arg)).join(' ')
  let got: Value
  try {
    got = await call(example.args)
  } catch (error) {
    if (!isRtfsError(error) || error.value === undefined) throw error
    const kind = error.value.kind
    if ('throws' in example && example.throws === kind)
      return { passed: true, detail: `(${said}) raises ${kind}` }
    const wanted = 'throws' in example ? `raise ${example.throws}` : `give ${shortText(example.expected)}`
    return { passed: false, detail: `(${said}) should ${wanted}, raised ${kind}: ${error.message}` }
  }
  if ('throws' in example) {
    return { passed: false, detail: `(${said}) should raise ${example.throws}, gave ${shortText(got)}` }
  }
  if (matchesExample(got, example.expected))
    return { passed: true, detail: `(${said}) gives ${shortText(got)}` }
  return {
    passed: false,
    detail: `(${said}) should give ${shortText(example.expected)}, gave ${shortText(got)}`,
  }
}

/** `=`, with floats compared within 1e-9 relative, also inside collections. */
export function matchesExample(got: Value, expected: Value, depth = 0): boolean {
  // Deeper values are compared by `=`, which does not recurse.
  if (depth > maxDepth) return equals(got, expected)
  if (got instanceof RtfsFloat && expected instanceof RtfsFloat) return close(got.value, expected.value)
  if (got instanceof RtfsSequence && expected instanceof RtfsSequence) {
    if (got.size !== expected.size) return false
    for (let i = 0; i < got.size; i++) if (!matchesExample(got.at(i), expected.at(i), depth + 1)) return false
    return true
  }
  if (got instanceof RtfsMap && expected instanceof RtfsMap) {
    if (got.size !== expected.size) return false
    for (const [key, value] of got) {
      const other = expected.get(key)
      if (other === undefined || !matchesExample(value, other, depth + 1)) return false
    }
    return true
  }
  return equals(got, expected)
}

function close(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
}

function shortText(value: Value): string {
  return formatValue(value, { maxLength: 120, ellipsis: '…' })
}
