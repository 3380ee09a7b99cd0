import { parseDigest } from '@rtfs/core'
import type { Candidate, QueryAnswer } from '@rtfs/l4-client'
import { createRtfs, type FindRequest } from '@rtfs/sdk'
import { fullId } from '../capabilities/reach.js'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import { type CommonFlags, grantOf } from '../flags.js'
import type { Io } from '../io.js'
import { parseExample } from '../literals.js'
import { printJson } from '../report.js'

export interface FindFlags extends CommonFlags {
  readonly signature: string
  readonly task?: string | undefined
  readonly example?: readonly string[] | undefined
  readonly threshold?: string | undefined
  readonly margin?: string | undefined
  readonly accept?: string | undefined
  readonly codeHash?: string | undefined
  readonly namespace?: string | undefined
  readonly allow?: readonly string[] | undefined
  readonly explain?: boolean | undefined
}

/** Looks for a module. A miss exits with 1. */
export async function findCommand(flags: FindFlags, io: Io): Promise<ExitCode> {
  const request = requestOf(flags)
  const rtfs = createRtfs({ dir: directoryOf(flags, io) })
  let answer: QueryAnswer
  try {
    answer = await rtfs.find(request)
  } finally {
    await rtfs.close()
  }
  const explain = flags.explain === true
  if (flags.json === true) printJson(answerJson(answer, explain), io)
  else io.out(answerText(answer, explain))
  return answer.hit === undefined ? exitCodes.failed : exitCodes.done
}

function requestOf(flags: FindFlags): FindRequest {
  const { signature, task, example, codeHash, namespace, allow, explain } = flags
  const accept = acceptOf(flags.accept)
  const threshold = shareOf('--threshold', flags.threshold)
  const margin = shareOf('--margin', flags.margin)
  if (codeHash !== undefined && parseDigest(codeHash) === undefined) {
    throw new UsageError('--code-hash takes sha256: and 64 hexadecimal digits')
  }
  return {
    signature,
    ...(task === undefined ? {} : { task }),
    ...(codeHash === undefined ? {} : { codeHash }),
    ...(example === undefined ? {} : { examples: example.map(parseExample) }),
    ...(example === undefined || task !== undefined ? {} : { modes: modesWithoutTask(codeHash) }),
    ...(accept === undefined ? {} : { accept }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(margin === undefined ? {} : { margin }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(allow === undefined ? {} : { grants: allow.map(text => fullId(grantOf(text).capability)) }),
    ...(explain === true ? { explain } : {}),
  }
}

/** Without words to go by, the modules of the interface are looked at, and the examples decide. */
function modesWithoutTask(codeHash: string | undefined): NonNullable<FindRequest['modes']> {
  return codeHash === undefined ? ['same-interface'] : ['same-code', 'same-interface']
}

function acceptOf(text: string | undefined): FindRequest['accept'] {
  if (text === undefined || text === 'behaviour' || text === 'similarity') return text
  throw new UsageError(`--accept is behaviour or similarity, not '${text}'`)
}

function shareOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new UsageError(`${flag} takes a number from 0 to 1, not '${text}'`)
  }
  return value
}

function answerJson({ hit, reason, candidates, margin, accept }: QueryAnswer, explain: boolean): object {
  return {
    ok: hit !== undefined,
    reason,
    accept,
    margin: margin ?? null,
    hit:
      hit === undefined
        ? null
        : {
            id: hit.record.id,
            name: `${hit.record.namespace}/${hit.record.name}`,
            signature: hit.manifest.interface,
            description: hit.record.description,
            mode: hit.mode,
            acceptedBy: hit.acceptedBy,
            score: hit.score ?? null,
          },
    ...(explain ? { candidates: candidates.map(candidateJson) } : {}),
  }
}

function candidateJson(candidate: Candidate): object {
  const { mode, id, name, description, score, outcome, gate, acceptedBy, reason } = candidate
  return {
    mode,
    id,
    name,
    description,
    score: score ?? null,
    outcome,
    gate: gate ?? null,
    acceptedBy: acceptedBy ?? null,
    reason,
  }
}

function answerText({ hit, reason, candidates }: QueryAnswer, explain: boolean): string {
  const lines: string[] = []
  if (hit === undefined) lines.push(`miss: ${reason}`)
  else {
    lines.push(`${hit.record.id}  ${hit.record.namespace}/${hit.record.name}  ${hit.manifest.interface}`)
    lines.push(`  ${reason}`)
  }
  if (explain) lines.push(`${candidates.length} looked at`, ...candidates.map(candidateText))
  return `${lines.join('\n')}\n`
}

/** Each candidate with the mode that led to it, its score, and the gate or acceptance that decided. */
function candidateText({ mode, id, name, score, outcome, gate, acceptedBy, reason }: Candidate): string {
  const similarity = score === undefined ? '     ' : score.toFixed(3)
  const by = gate === undefined ? `${outcome} by ${acceptedBy}` : `${outcome} at ${gate}`
  return `  ${mode.padEnd(14)} ${similarity}  ${id.slice(0, 8)} ${name}: ${by}: ${reason}`
}
