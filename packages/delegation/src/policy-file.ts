import { RtfsError } from '@rtfs/core'
import { parse, TomlError } from 'smol-toml'
import { localPure } from './decision.js'
import type { DataClass, Policy, PolicyModel, PolicyRule, PolicyTarget, WeightedTarget } from './policy.js'

/**
 * Reads a `delegation.toml`. Everything is checked; what is wrong throws `RTFS_USAGE` with file, line, key, and what was
 * expected.
 */
export function parsePolicy(text: string, file = 'delegation.toml'): Policy {
  return new Reader(text, file).policy()
}

type Table = { readonly [key: string]: unknown }
type Path = readonly (string | number)[]

class Reader {
  readonly #file: string
  readonly #lines: readonly string[]
  readonly #root: Table

  constructor(text: string, file: string) {
    this.#file = file
    this.#lines = text.split(/\r\n|\n/)
    try {
      this.#root = parse(text)
    } catch (error) {
      if (!(error instanceof TomlError)) throw error
      const [sentence] = error.message.split('\n')
      throw new RtfsError('RTFS_USAGE', `${file}:${error.line}:${error.column}: ${sentence}`, {
        cause: error,
      })
    }
  }

  policy(): Policy {
    const root = this.#root
    this.#onlyKeys(root, [], ['version', 'models', 'data-classes', 'rules'])
    if (root['version'] !== 1) this.#fail(['version'], 'expected version = 1', root['version'])
    const models = this.#tables(root, 'models', (table, path) => this.#model(table, path))
    const dataClasses = this.#tables(root, 'data-classes', (table, path) =>
      this.#dataClass(table, path, models),
    )
    const rules = root['rules'] ?? []
    if (!Array.isArray(rules)) this.#fail(['rules'], 'expected [[rules]]: a list of tables', rules)
    return {
      models,
      dataClasses,
      rules: rules.map((rule: unknown, i) =>
        this.#rule(this.#table(rule, ['rules', i]), i, models, dataClasses),
      ),
    }
  }

  #model(table: Table, path: Path): PolicyModel {
    this.#onlyKeys(table, path, ['location', 'cost-usd', 'latency-ms'])
    const { location } = table
    if (location !== 'local' && location !== 'remote') {
      this.#fail([...path, 'location'], 'expected "local" or "remote"', location)
    }
    return {
      location: location as 'local' | 'remote',
      costUsd: this.#number(table, path, 'cost-usd'),
      latencyMs: this.#number(table, path, 'latency-ms'),
    }
  }

  #dataClass(table: Table, path: Path, models: Policy['models']): DataClass {
    this.#onlyKeys(table, path, ['remote', 'models'])
    const { remote } = table
    if (typeof remote !== 'boolean') {
      this.#fail(
        [...path, 'remote'],
        'expected true or false: whether the data may go to remote models',
        remote,
      )
    }
    const names = this.#texts(table, path, 'models')
    for (const name of names ?? []) {
      if (!models.has(name))
        this.#fail([...path, 'models'], `expected models of [models]: ${listed(models)}`, name)
    }
    return { remote: remote as boolean, models: names }
  }

  #rule(table: Table, i: number, models: Policy['models'], classes: Policy['dataClasses']): PolicyRule {
    const path: Path = ['rules', i]
    this.#onlyKeys(table, path, [
      'name',
      'symbol',
      'types',
      'context',
      'data-class',
      'max-cost-usd',
      'max-latency-ms',
      'target',
      'targets',
    ])
    const name = table['name'] ?? `rule ${i + 1}`
    if (typeof name !== 'string') this.#fail([...path, 'name'], 'expected text', name)
    const dataClasses = this.#texts(table, path, 'data-class')
    for (const each of dataClasses ?? []) {
      if (!classes.has(each)) {
        this.#fail([...path, 'data-class'], `expected classes of [data-classes]: ${listed(classes)}`, each)
      }
    }
    const { types } = table
    if (types !== undefined && !isTexts(types)) {
      this.#fail([...path, 'types'], 'expected a list of type names, one for each argument', types)
    }
    return {
      name: name as string,
      symbols: this.#texts(table, path, 'symbol'),
      types: types as readonly string[] | undefined,
      context: this.#context(table, path),
      dataClasses,
      maxCostUsd: this.#number(table, path, 'max-cost-usd'),
      maxLatencyMs: this.#number(table, path, 'max-latency-ms'),
      targets: this.#targets(table, path, models),
    }
  }

  #context(table: Table, path: Path): ReadonlyMap<string, string> | undefined {
    if (table['context'] === undefined) return undefined
    const fields = Object.entries(this.#table(table['context'], [...path, 'context']))
    for (const [field, pattern] of fields) {
      if (typeof pattern !== 'string') {
        this.#fail([...path, 'context', field], 'expected text: a pattern with * and ?', pattern)
      }
    }
    return new Map(fields as [string, string][])
  }

  #targets(table: Table, path: Path, models: Policy['models']): readonly WeightedTarget[] {
    const { target, targets } = table
    if ((target === undefined) === (targets === undefined)) {
      this.#fail(
        [...path, target === undefined ? 'target' : 'targets'],
        'expected either target or targets',
        target,
      )
    }
    if (target !== undefined)
      return [{ target: this.#target(target, [...path, 'target'], models), weight: 1 }]
    if (!Array.isArray(targets) || targets.length === 0) {
      this.#fail(
        [...path, 'targets'],
        'expected a list such as [{ target = "remote:big", weight = 3 }]',
        targets,
      )
    }
    return (targets as unknown[]).map((item, i) => {
      const at = [...path, 'targets', i]
      const one = this.#table(item, at)
      this.#onlyKeys(one, at, ['target', 'weight'])
      const weight = this.#number(one, at, 'weight') ?? 1
      if (weight === 0) this.#fail([...at, 'weight'], 'expected a number above 0', weight)
      return { target: this.#target(one['target'], [...at, 'target'], models), weight }
    })
  }

  #target(text: unknown, path: Path, models: Policy['models']): PolicyTarget {
    if (text === 'local') return localPure as PolicyTarget
    if (text === 'next') return { kind: 'next' }
    const [, kind, id] = (typeof text === 'string' && /^(local-model|remote):(.+)$/s.exec(text)) || []
    if (kind === undefined || id === undefined) {
      this.#fail(path, 'expected "local", "next", "local-model:ID" or "remote:ID"', text)
    }
    const known = models.get(id)
    if (kind === 'local-model' && known?.location === 'remote') {
      this.#fail(path, `expected "remote:${id}": [models] says that it is remote`, text)
    }
    if (kind === 'remote' && known?.location === 'local') {
      this.#fail(path, `expected "local-model:${id}": [models] says that it is local`, text)
    }
    return { kind: kind === 'remote' ? 'remote-model' : 'local-model', id }
  }

  #tables<T>(root: Table, key: string, read: (table: Table, path: Path) => T): ReadonlyMap<string, T> {
    const tables = root[key] === undefined ? {} : this.#table(root[key], [key])
    return new Map(
      Object.entries(tables).map(([name, table]) => [
        name,
        read(this.#table(table, [key, name]), [key, name]),
      ]),
    )
  }

  #table(value: unknown, path: Path): Table {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)) {
      return value as Table
    }
    return this.#fail(path, 'expected a table', value)
  }

  #number(table: Table, path: Path, key: string): number | undefined {
    const value = table[key]
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
    return this.#fail([...path, key], 'expected a number, 0 or above', value)
  }

  /** A text or a list of texts. */
  #texts(table: Table, path: Path, key: string): readonly string[] | undefined {
    const value = table[key]
    if (value === undefined) return undefined
    if (typeof value === 'string') return [value]
    return isTexts(value) && value.length > 0
      ? value
      : this.#fail([...path, key], 'expected text or a list of texts', value)
  }

  #onlyKeys(table: Table, path: Path, known: readonly string[]): void {
    for (const key of Object.keys(table)) {
      if (!known.includes(key))
        this.#fail([...path, key], `unknown key; expected one of ${known.join(', ')}`, undefined)
    }
  }

  #fail(path: Path, expected: string, got: unknown): never {
    const came = got === undefined ? '' : `, got ${shown(got)}`
    const key = path
      .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
      .join('')
    throw new RtfsError('RTFS_USAGE', `${this.#file}:${this.#lineOf(path)}: ${key}: ${expected}${came}`)
  }

  /** The line of a key, else that of the table it belongs in: the reader of TOML does not tell. */
  #lineOf(path: Path): number {
    let line = 0
    for (const [i, part] of path.entries()) {
      const found =
        typeof part === 'number'
          ? this.#headerOf(path.slice(0, i), part)
          : this.#keyLine(path.slice(0, i + 1), line)
      if (found !== undefined) line = found
    }
    return line + 1
  }

  /** The n-th `[[name]]`. */
  #headerOf(path: Path, n: number): number | undefined {
    let left = n
    return this.#find(0, text => headerName(text, '[[', ']]') === path.join('.') && left-- === 0)
  }

  /** `[a.b]`, or `b = ` from the line of its table to the next header. */
  #keyLine(path: Path, from: number): number | undefined {
    const name = path.filter(part => typeof part === 'string').join('.')
    const header = this.#find(
      0,
      text => headerName(text, '[', ']') === name || headerName(text, '[[', ']]') === name,
    )
    if (path.length === 1 && header !== undefined) return header
    const key = path.at(-1)
    const end = this.#find(from + 1, text => text.startsWith('[')) ?? this.#lines.length
    const own = this.#find(from, text => {
      const [, found] = /^["']?([\w-]+)["']?\s*[=.]/.exec(text) ?? []
      return found === key
    })
    if (own !== undefined && own < end) return own
    return typeof path.at(-2) === 'number' ? undefined : header
  }

  #find(from: number, test: (text: string) => boolean): number | undefined {
    for (let i = from; i < this.#lines.length; i++) if (test(this.#lines[i]!.trim())) return i
    return undefined
  }
}

function headerName(text: string, open: string, close: string): string | undefined {
  if (!text.startsWith(open) || (open === '[' && text.startsWith('[['))) return undefined
  const end = text.indexOf(close)
  return end < 0 ? undefined : text.slice(open.length, end).replace(/[\s"']/g, '')
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function listed(names: ReadonlyMap<string, unknown>): string {
  return names.size === 0 ? 'there are none' : [...names.keys()].join(', ')
}

function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'a list' : String(value)
  return typeof value === 'object' && !Array.isArray(value) ? 'a table' : text.slice(0, 80)
}
