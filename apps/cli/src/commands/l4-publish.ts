import type { VerificationCheck } from '@rtfs/interfaces'
import { createRtfs, type FunctionInfo, type PublishedFunction, type Rtfs, selfContained } from '@rtfs/sdk'
import { createFileModuleLoader } from '@rtfs/sdk/files'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { withProgress } from '../progress.js'
import { printJson } from '../report.js'
import { readSource } from '../source.js'
import { requireValid } from './check.js'

export interface PublishFlags extends CommonFlags {
  readonly expression?: string | undefined
  readonly task?: string | undefined
  readonly fn?: string | undefined
  readonly name?: string | undefined
}

/** Publishes the exported functions of a program, or one of them. Exit 3 when one of them is refused. */
export async function publishCommand(
  file: string | undefined,
  flags: PublishFlags,
  io: Io,
): Promise<ExitCode> {
  const source = await readSource({ file, expression: flags.expression }, io)
  requireValid(source, file, io)
  const { namespace, name } = splitName(flags.name)
  const modules = createFileModuleLoader({ cwd: io.cwd, entry: file === '-' ? undefined : file })
  const rtfs = createRtfs({
    dir: directoryOf(flags, io),
    modules,
    ...(namespace === undefined ? {} : { namespace }),
  })
  const published: PublishedFunction[] = []
  try {
    const { text, added } = selfContained(source.text, { file: source.file, modules })
    const chosen = choose(rtfs, text, added, flags)
    await withProgress(io, async progress => {
      for (const [i, fn] of chosen.entries()) {
        progress.step(`publishing ${fn.symbol}, ${i + 1} of ${chosen.length}`)
        // A task for several functions is that of those which name none themselves.
        const task = chosen.length === 1 ? (flags.task ?? fn.task) : (fn.task ?? flags.task)
        const options = { only: fn.symbol, ...(task === undefined ? {} : { task }) }
        published.push(
          ...(await rtfs.publish(source.text, {
            ...options,
            ...(source.file === undefined ? {} : { file: source.file }),
            ...(name === undefined ? {} : { name }),
            ...(namespace === undefined ? {} : { namespace }),
          })),
        )
      }
    })
  } finally {
    await rtfs.close()
  }
  const ok = published.every(each => each.ok)
  if (flags.json === true) printJson({ ok, functions: published.map(publishedJson) }, io)
  else for (const each of published) io.out(`${publishedText(each)}\n`)
  return ok ? exitCodes.done : exitCodes.invalid
}

function choose(
  rtfs: Rtfs,
  text: string,
  added: readonly string[],
  { fn, name }: PublishFlags,
): readonly FunctionInfo[] {
  const functions = rtfs.functions(text).filter(each => {
    return each.exported && each.codeHash !== undefined && !added.includes(each.module ?? '')
  })
  const chosen =
    fn === undefined ? functions : functions.filter(each => each.name === fn || each.symbol === fn)
  const known = functions.map(each => each.symbol).join(', ')
  if (functions.length === 0) throw new UsageError('the program exports no function')
  if (chosen.length === 0) throw new UsageError(`the program exports no function ${fn}; it has ${known}`)
  if (name !== undefined && chosen.length > 1)
    throw new UsageError(`--name is for one function: add --fn, of ${known}`)
  return chosen
}

/** `ns/name`; the namespace may hold slashes itself. */
function splitName(text: string | undefined): { namespace?: string; name?: string } {
  if (text === undefined) return {}
  const slash = text.lastIndexOf('/')
  const name = text.slice(slash + 1)
  if (slash === 0 || name === '') throw new UsageError(`--name takes NAME or NS/NAME, not '${text}'`)
  return slash < 0 ? { name } : { namespace: text.slice(0, slash), name }
}

function publishedJson(published: PublishedFunction): object {
  const { fn } = published
  const { symbol, signature, effects } = fn
  if (!published.ok) {
    const { error } = published
    return { ok: false, function: symbol, signature, error: { kind: error.code, message: error.message } }
  }
  const { outcome, record, manifest, report, blobs, keyIds, nearDuplicates } = published.answer
  return {
    ok: true,
    function: symbol,
    signature,
    effects,
    outcome,
    id: record.id,
    name: `${record.namespace}/${record.name}`,
    version: manifest.version,
    description: record.description,
    interfaceHash: record.interfaceHash,
    codeHash: record.codeHash,
    checks: report?.checks ?? [],
    signedBy: keyIds,
    blobs,
    nearDuplicates,
  }
}

function publishedText(published: PublishedFunction): string {
  const { fn } = published
  const head = `${fn.symbol}  ${fn.signature}`
  if (!published.ok) return `${head}\n  refused   ${published.error.message}`
  const { outcome, record, report, blobs, keyIds, nearDuplicates } = published.answer
  return [
    head,
    ...(report?.checks ?? []).map(check => `  tested    ${checkText(check)}`),
    ...keyIds.map(keyId => `  signed    ${keyId}`),
    ...blobs.map(({ kind, digest, size }) => `  stored    ${kind}, ${size} bytes, ${digest}`),
    ...nearDuplicates.map(
      ({ id, name, score }) => `  like      ${name} ${id}, similarity ${score.toFixed(3)}`,
    ),
    `  ${outcome.padEnd(9)} ${record.namespace}/${record.name} ${record.id}`,
  ].join('\n')
}

function checkText({ name, passed, cases, detail }: VerificationCheck): string {
  return `${name}: ${passed ? 'passed' : 'failed'}, ${cases} cases; ${detail}`
}
