import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AcceptMode, Embedder } from '@rtfs/interfaces'
import { createRtfs, type FindRequest, type Rtfs } from '@rtfs/sdk'

/** A function of the labelled set: its reference module, and six ways to ask for it; the first is published. */
export interface LabelledTask {
  /** Functions of one group are near misses of each other. */
  readonly group: string
  readonly name: string
  readonly signature: string
  /** RTFS text that defines `f`, with two examples that no other function of the signature passes. */
  readonly source: string
  readonly tasks: readonly string[]
}

/** The labelled set: 184 functions, 1,104 descriptions. */
export function labelledTasks(): readonly LabelledTask[] {
  const file = new URL('../../../packages/conformance/right-hits/tasks.jsonl', import.meta.url)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as LabelledTask)
}

/** How requests are made. */
export interface Asking {
  readonly accept: AcceptMode
  readonly threshold?: number
  /** Examples that come with the request. */
  readonly examples: 0 | 1 | 2
}

/** What came of the requests. */
export interface Outcome {
  /** Requests for functions that are in the cache, in words that were not published. */
  readonly asked: number
  readonly found: number
  /** Another function was given than the one meant. */
  readonly falseHits: number
  /** Requests for functions that are not in the cache while their near misses are, and how many got one. */
  readonly absentAsked: number
  readonly absentHits: number
}

/** Two caches: one with every function, one with half of each group, to ask for the other half. */
export interface RightHits {
  measure(asking: Asking): Promise<Outcome>
  close(): Promise<void>
}

export async function openRightHits(
  tasks: readonly LabelledTask[] = labelledTasks(),
  embedder?: Embedder,
): Promise<RightHits> {
  const cacheOf = (published: readonly LabelledTask[]) => openCache(published, embedder)
  const isKept = (_: LabelledTask, i: number) => i % 2 === 0
  const whole = await cacheOf(tasks)
  const half = await cacheOf(tasks.filter(isKept))
  const absent = tasks.filter((task, i) => !isKept(task, i))

  async function count(cache: Published, asked: readonly LabelledTask[], asking: Asking) {
    const counts = { asked: 0, right: 0, wrong: 0 }
    for (const task of asked) {
      const [info] = cache.rtfs.functions(task.source)
      for (const text of task.tasks.slice(1)) {
        counts.asked++
        const { accept, threshold } = asking
        const request: FindRequest = {
          signature: task.signature,
          task: text,
          accept,
          ...(threshold === undefined ? {} : { threshold }),
          examples: info!.examples.slice(0, asking.examples),
        }
        const { hit } = await cache.rtfs.find(request)
        if (hit === undefined) continue
        if (cache.ids.get(key(task)) === hit.record.id) counts.right++
        else counts.wrong++
      }
    }
    return counts
  }

  return {
    async measure(asking) {
      const present = await count(whole, tasks, asking)
      const missing = await count(half, absent, asking)
      return {
        asked: present.asked,
        found: present.right,
        falseHits: present.wrong,
        absentAsked: missing.asked,
        absentHits: missing.wrong,
      }
    },
    async close() {
      await whole.close()
      await half.close()
    },
  }
}

interface Published {
  readonly rtfs: Rtfs
  /** Ids of records by group and name. */
  readonly ids: ReadonlyMap<string, string>
  close(): Promise<void>
}

const key = ({ group, name }: LabelledTask) => `${group}/${name}`

async function openCache(tasks: readonly LabelledTask[], embedder: Embedder | undefined): Promise<Published> {
  const dir = mkdtempSync(join(tmpdir(), 'rtfs-right-hits-'))
  const rtfs = createRtfs({ dir, ...(embedder === undefined ? {} : { embedder }) })
  const ids = new Map<string, string>()
  for (const task of tasks) {
    const [published] = await rtfs.publish(task.source, { only: 'f', name: task.name, task: task.tasks[0]! })
    if (published?.ok !== true) throw new Error(`${key(task)} was not published: ${published?.error.message}`)
    ids.set(key(task), published.answer.record.id)
  }
  return {
    rtfs,
    ids,
    async close() {
      await rtfs.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
