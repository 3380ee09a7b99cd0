import { isRtfsError, type Limits, type Value } from '@rtfs/core'
import type {
  FunctionExample,
  ModuleVerifier,
  PreparedModule,
  ProgramRunner,
  VerificationCheck,
  VerificationRequest,
} from '@rtfs/interfaces'
import { createRuntime } from '@rtfs/runtime'
import { checkProgram } from './check.js'
import { runExample } from './examples.js'
import { pureExecution } from './execution.js'
import { type FunctionInfo, functionsOf } from './functions.js'
import type { Bytecode } from './wasm.js'

/** Limits of the runs that verify a module, well below those of a program. */
export const verificationLimits: Partial<Limits> = { deadlineMs: 5000, fuel: 1e8 }

/**
 * Verifies a function before it is signed: types, the identity of source and claims, its examples in the evaluator,
 * in the IR runtime and on the very bytes that are published. Nothing that is granted: an example that needs an
 * effect fails.
 */
export function createVerifier(bytecode: Bytecode): ModuleVerifier {
  return {
    async verify(request) {
      const checks: VerificationCheck[] = []
      if (request.source === undefined) {
        checks.push(check('source', false, 0, 'the source is needed to verify a module'))
      } else {
        const { info, result } = typeCheck(request, request.source)
        checks.push(result)
        if (info !== undefined) {
          for (const tier of ['ast', 'ir'] as const) {
            const call = await callerOf(request.source, info, tier)
            checks.push(await examplesCheck(tier, request.examples, call))
          }
        }
      }
      const prepared = bytecode.executor.prepare(request.bytes, {
        imports: request.imports,
        exports: [request.exportName],
      })
      checks.push(await examplesCheck('wasm', request.examples, callerOfModule(prepared, request.exportName)))
      return { verifier: { id: 'rtfs-sdk', version: '1' }, checks }
    },
  }
}

/** Runs a caller's examples on a candidate of the cache, under limits and without grants. */
export function createRunner(bytecode: Bytecode): ProgramRunner {
  return {
    async runExamples({ bytes, imports, exportName, examples }) {
      const prepared = bytecode.executor.prepare(bytes, { imports, exports: [exportName] })
      const call = callerOfModule(prepared, exportName)
      const outcomes = []
      for (const example of examples) {
        try {
          outcomes.push(await runExample(example, call))
        } catch (error) {
          if (!isRtfsError(error)) throw error
          outcomes.push({ passed: false, detail: error.message })
        }
      }
      return outcomes
    },
  }
}

/** The source checks, and has a function that is what the request claims. */
function typeCheck(
  request: VerificationRequest,
  source: string,
): { readonly info: FunctionInfo | undefined; readonly result: VerificationCheck } {
  const failed = (detail: string) => ({ info: undefined, result: check('types', false, 1, detail) })
  const checked = checkProgram(createRuntime(), source)
  const error = checked.diagnostics.find(item => item.severity === 'error')
  if (error !== undefined || checked.unit === undefined)
    return failed(error?.message ?? 'the source does not parse')
  const info = functionsOf(checked.unit).find(
    each => each.interfaceHash === request.interfaceHash && each.codeHash === request.codeHash,
  )
  if (info === undefined) return failed('the source has no function with this interface and this code')
  return { info, result: check('types', true, 1, `${info.signature}, no conflicts`) }
}

type Caller = (args: readonly Value[]) => Value | Promise<Value>

async function callerOf(
  source: string,
  { symbol, module }: FunctionInfo,
  tier: 'ast' | 'ir',
): Promise<Caller> {
  const session = createRuntime({ limits: verificationLimits }).session()
  await session.run(source, { tier })
  if (module !== undefined) await session.run(`(import ${module})`, { tier })
  return async args => (await session.call(symbol, args, { tier })).value
}

function callerOfModule(prepared: PreparedModule, exportName: string): Caller {
  return args => prepared.call(exportName, args, pureExecution(verificationLimits))
}

async function examplesCheck(
  tier: string,
  examples: readonly FunctionExample[],
  call: Caller,
): Promise<VerificationCheck> {
  const name = `examples ${tier}`
  for (const [index, example] of examples.entries()) {
    const outcome = await runExample(example, call)
    if (!outcome.passed) return check(name, false, index + 1, outcome.detail)
  }
  return check(name, true, examples.length, examples.length === 0 ? 'no examples to run' : 'all as expected')
}

function check(name: string, passed: boolean, cases: number, detail: string): VerificationCheck {
  return { name, passed, cases, detail }
}
