import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { formatValue, isRtfsError, type RtfsError } from '@rtfs/core'
import { createRuntime, RtfsParseError, type Runtime, type RuntimeOptions } from '@rtfs/runtime'
import { type EvaluateOptions, effectCapability, type Outcome } from '../src/index.js'

/** The tiers of this repository; the first is the reference. */
export const tiers = ['ast', 'ir', 'wasm'] as const

/** The same, and WebAssembly of IR that all passes of the optimizer went over. */
export const tiersAndPasses = [...tiers, 'wasm-optimized'] as const

const backend = createWasmBackend()
const executor = createWasmExecutor()

/** Runs a program of the corpus: without grants and host. */
export async function evaluate(source: string, options: EvaluateOptions): Promise<Outcome> {
  return run(createRuntime(runtimeOptions(options)), source, options.tier)
}

/** Runs a generated program: the one capability it may call answers with its argument and is recorded. */
export async function evaluateWithEffects(source: string, options: EvaluateOptions): Promise<Outcome> {
  const effects: string[] = []
  const runtime = createRuntime({
    ...runtimeOptions(options),
    security: { level: 'controlled', allowedCapabilities: [effectCapability] },
    capabilities: {
      [effectCapability]: args => {
        effects.push(args.map(arg => formatValue(arg)).join(' '))
        return args[0] ?? null
      },
    },
  })
  return { ...run(runtime, source, options.tier), effects }
}

function runtimeOptions({ tier, limits, context }: EvaluateOptions): RuntimeOptions {
  // A machine under load must not turn an outcome into one of the clock.
  const base: RuntimeOptions = {
    limits: { deadlineMs: 120_000, ...limits },
    bytecode: { backend, executor, optimize: tier === 'wasm-optimized' ? 'aggressive' : 'none' },
  }
  if (context === undefined) return base
  return { ...base, taskContext: createRuntime().runSync(`(quote ${context})`).value }
}

function run(runtime: Runtime, source: string, tier: string): Outcome {
  try {
    const name = tier === 'wasm-optimized' ? 'wasm' : (tier as (typeof tiers)[number])
    const { value, fuel } = runtime.runSync(source, { tier: name })
    return { ok: true, value: formatValue(value), fuel }
  } catch (error) {
    if (error instanceof RtfsParseError) return parseFailure(error)
    if (isRtfsError(error)) return { ok: false, kind: error.code, span: error.span, message: error.message }
    return {
      ok: false,
      kind: 'InternalError',
      message: `not an RTFS error: ${String((error as Error)?.stack ?? error)}`,
    }
  }
}

/** Errors of the expander are errors of the language; everything else that keeps a text from running is a parse error. */
function parseFailure(error: RtfsParseError & RtfsError): Outcome {
  const first = error.diagnostics.find(diagnostic => diagnostic.severity === 'error')!
  const span = { start: first.start, end: first.end }
  if (/^[PV]\d{3}$/.test(first.code)) {
    return { ok: false, kind: 'ParseError', code: first.code, span, message: first.message }
  }
  return { ok: false, kind: first.code, span, message: first.message }
}
