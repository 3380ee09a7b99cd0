import { isRtfsError, RtfsMap, type Value } from '@rtfs/core'
import { createMemoryModuleLoader, createRuntime, type RunResult, type RuntimeOptions } from '@rtfs/runtime'
import { bytecode } from '../bytecode.js'
import { openReach, type Reach, type ReachOptions } from '../capabilities/reach.js'
import { directoryOf } from '../directory.js'
import { type FailureJson, failure, failureJson } from '../error-json.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import { type CommonFlags, type Grant, grantOf, limitsOf, type RunFlags, tierOf } from '../flags.js'
import { interruptible } from '../interrupt.js'
import type { Io } from '../io.js'
import { valueText } from '../value-text.js'
import { type InputLine, readLines } from './lines.js'
import { type EvalRequest, InvalidRequestError, parseRequest } from './request.js'

type Answer = { readonly id: unknown } & (
  | { readonly ok: true; readonly value: string; readonly tier: string }
  | FailureJson
)

/** What the flags of the command say for lines that say nothing themselves. */
interface Defaults {
  readonly tier: EvalRequest['tier']
  readonly allow: readonly Grant[]
  readonly limits: EvalRequest['limits']
  readonly reach: ReachOptions
}

/**
 * Evaluates one request a line and answers one line each, in order, as they come; every line in an environment of its
 * own. Whatever a line does wrong is its answer. Output of programs goes to standard error.
 */
export async function evalLines(flags: RunFlags & CommonFlags, io: Io): Promise<ExitCode> {
  const defaults: Defaults = {
    tier: tierOf(flags.tier),
    allow: (flags.allow ?? []).map(grantOf),
    limits: limitsOf(flags),
    reach: {
      sink: io.err,
      cwd: io.cwd,
      env: io.env,
      dir: directoryOf(flags, io),
      offline: flags.offline === true,
    },
  }
  const pureReach = await openReach(defaults.allow, defaults.reach)
  for await (const line of readLines(io.input())) {
    io.out(`${JSON.stringify(await answer(line, defaults, pureReach))}\n`)
  }
  return exitCodes.done
}

async function answer(line: InputLine, defaults: Defaults, pureReach: Reach): Promise<Answer> {
  let id: unknown = null
  try {
    if ('problem' in line) throw new InvalidRequestError(line.problem)
    const request = parseRequest(line.text)
    id = request.id
    const { value, tier } = await run(request, defaults, pureReach)
    return { id, ok: true, value: valueText(value), tier }
  } catch (error) {
    // Ctrl-C ends the process, not the line.
    if (isRtfsError(error, 'RTFS_ABORTED')) throw error
    if (error instanceof InvalidRequestError) {
      return { id: error.id, ...failure('parse', 'InvalidRequest', error.message) }
    }
    if (error instanceof UsageError) return { id, ...failure('parse', 'InvalidRequest', error.message) }
    return { id, ...failureJson(error) }
  }
}

async function run(request: EvalRequest, defaults: Defaults, pureReach: Reach): Promise<RunResult> {
  const { source, context, files, allow, limits } = request
  const tier = request.tier === 'auto' ? defaults.tier : request.tier
  // Files that a program holds open are not for the next one.
  const grants = [...defaults.allow, ...allow]
  const reach = grants.length === 0 ? pureReach : await openReach(grants, defaults.reach)
  const { waits, ...rights } = reach
  const options: RuntimeOptions = {
    ...rights,
    limits: { ...defaults.limits, ...limits },
    ...(context === undefined ? {} : { taskContext: await contextOf(context, request.id) }),
    ...(files === undefined ? {} : { modules: createMemoryModuleLoader(files) }),
    ...(tier === 'wasm' ? { bytecode: await bytecode() } : {}),
  }
  const runtime = createRuntime(options)
  if (waits) return runtime.run(source, { tier })
  return interruptible(() => runtime.runSync(source, { tier }))
}

async function contextOf(text: string, id: unknown): Promise<Value> {
  const { parseLiteral } = await import('../literals.js')
  let value: Value
  try {
    value = parseLiteral(text, '"context"')
  } catch (error) {
    throw new InvalidRequestError(error instanceof Error ? error.message : String(error), id)
  }
  if (value instanceof RtfsMap) return value
  throw new InvalidRequestError('"context" must be the text of an RTFS map', id)
}
