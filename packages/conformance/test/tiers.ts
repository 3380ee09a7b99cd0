import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { formatValue, isRtfsError, type RtfsError } from '@rtfs/core'
import {
  createIrTier,
  createRuntime,
  type KernelOptions,
  RtfsParseError,
  type Runtime,
  type RuntimeOptions,
  runOfError,
} from '@rtfs/runtime'
import { type EvaluateOptions, effectCapability, type Outcome } from '../src/index.js'

/** The tiers of this repository; the first is the reference. */
export const tiers = ['ast', 'ir', 'wasm'] as const

interface Plan {
  readonly tier: (typeof tiers)[number]
  /** What the optimizer is told. */
  readonly optimize: 'none' | 'basic' | 'aggressive'
  readonly kernels?: KernelOptions
  /** Functions in parts as small as can be. */
  readonly split?: 'always'
}

/** Optimised IR, and the IR runtime with kernels for what has hardly begun to be hot. */
const variants: Readonly<Record<string, Plan>> = {
  'ir-basic': { tier: 'ir', optimize: 'basic' },
  'ir-optimized': { tier: 'ir', optimize: 'aggressive' },
  'wasm-optimized': { tier: 'wasm', optimize: 'aggressive' },
  'wasm-split': { tier: 'wasm', optimize: 'none', split: 'always' },
  'ir-kernels': { tier: 'ir', optimize: 'none', kernels: { engine: 'wasm', after: 3 } },
  'ir-registers': { tier: 'ir', optimize: 'none', kernels: { engine: 'registers', after: 3 } },
}

/** The same, and the variants of the last two. */
export const tiersAndVariants: readonly string[] = [...tiers, ...Object.keys(variants)]

/** How a tier of that name runs programs. */
function planOf(name: string): Plan {
  return variants[name] ?? { tier: name as (typeof tiers)[number], optimize: 'none' }
}

const whole = createWasmBackend()
const inParts = createWasmBackend({ split: 'always' })
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
  const { optimize, kernels, split } = planOf(tier)
  const backend = split === undefined ? whole : inParts
  const base: RuntimeOptions = {
    limits: { deadlineMs: 120_000, ...limits },
    bytecode: { backend, executor, optimize },
    tiers: [() => createIrTier({ optimize, kernels })],
  }
  if (context === undefined) return base
  return { ...base, taskContext: createRuntime().runSync(`(quote ${context})`).value }
}

function run(runtime: Runtime, source: string, tier: string): Outcome {
  try {
    const { value, fuel } = runtime.runSync(source, { tier: planOf(tier).tier })
    return { ok: true, value: formatValue(value), fuel }
  } catch (error) {
    if (error instanceof RtfsParseError) return parseFailure(error)
    if (isRtfsError(error)) {
      const { code: kind, span, message } = error
      return { ok: false, kind, span, message, fuel: runOfError(error)?.fuel }
    }
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
