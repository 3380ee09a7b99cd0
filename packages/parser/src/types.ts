import {
  closest,
  isKeywordName,
  type Predicate,
  type PrimitiveName,
  primitive,
  type RecordEntry,
  type Span,
  type Type,
  type Value,
} from '@rtfs/core'
import { type DiagnosticExtra, plural } from './diagnostics.js'
import { formToValue } from './form-data.js'
import { type Form, keywordOf, type VectorForm } from './forms.js'

/*
 * Type expressions (LANGUAGE §10.1, §10.2) in all their spellings. What is wrong is reported and becomes `any`.
 */

/** Where problems of a type expression go. */
export type ReportType = (code: string, message: string, span: Span, extra?: DiagnosticExtra) => void

const any = primitive('any')

const primitiveNames: ReadonlySet<string> = new Set<PrimitiveName>([
  'int',
  'float',
  'string',
  'bool',
  'nil',
  'keyword',
  'symbol',
  'any',
  'never',
  'timestamp',
  'uuid',
  'resource-handle',
  'error',
  'map',
  'vector',
  'list',
  'fn',
])

/** True for names that always mean a built-in type, in either case. */
export function isBuiltinTypeName(name: string): boolean {
  const lower = name.charAt(0).toLowerCase() + name.slice(1)
  return primitiveNames.has(lower) || lower === 'number'
}

/** The type that a name without colon means: `int`, `Int`, `string?`, `ns/Name`. */
export function typeFromName(name: string): Type {
  if (primitiveNames.has(name)) return primitive(name as PrimitiveName)
  if (name.length > 1 && name.endsWith('?')) {
    // `T??` says the same twice.
    let end = name.length - 1
    while (end > 1 && name[end - 1] === '?') end--
    return { kind: 'union', members: [typeFromName(name.slice(0, end)), primitive('nil')] }
  }
  const lower = name.charAt(0).toLowerCase() + name.slice(1)
  if (primitiveNames.has(lower)) return primitive(lower as PrimitiveName)
  if (lower === 'number') return { kind: 'union', members: [primitive('int'), primitive('float')] }
  return { kind: 'ref', name }
}

/** The type that a form spells. */
export function readType(form: Form, report: ReportType): Type {
  switch (form.kind) {
    case 'symbol':
      if (isKeywordName(form.name)) return typeFromName(form.name)
      break
    case 'atom': {
      const name = keywordText(form)
      if (name !== undefined) return typeFromName(name)
      if (form.value === null) return primitive('nil')
      break
    }
    case 'vector':
      return readCompound(form, report)
    case 'metadata':
      return readType(form.items[form.items.length - 1]!, report)
    case 'map':
      report('P001', 'a map is no type', form, {
        hint: 'Map types are written [:map [:key type] …] or [:map {:key type}].',
      })
      return any
    case 'list':
      report('P001', 'a list is no type', form, { hint: 'Types with parts are vectors: [:vector :int].' })
      return any
    default:
  }
  report('P001', 'a type was expected here', form, {
    hint: 'Types are names such as :int, or vectors such as [:vector :int]; a single value is [:val 1].',
  })
  return any
}

function keywordText(form: Form | undefined): string | undefined {
  return keywordOf(form)?.name
}

/** The name at the head of a compound type or predicate, as keyword or symbol. */
function headName(form: VectorForm): string | undefined {
  const head = form.items[0]
  if (head === undefined) return undefined
  const name = head.kind === 'symbol' ? head.name : keywordText(head)
  return name === undefined ? undefined : name.charAt(0).toLowerCase() + name.slice(1)
}

type ReadCompound = (form: VectorForm, report: ReportType) => Type

const compounds: ReadonlyMap<string, ReadCompound> = new Map<string, ReadCompound>([
  ['vector', (form, report) => ({ kind: 'vector', element: only(form, report) })],
  ['list', (form, report) => ({ kind: 'list', element: only(form, report) })],
  ['seq', (form, report) => ({ kind: 'seq', element: only(form, report) })],
  ['stream', (form, report) => ({ kind: 'stream', element: only(form, report) })],
  ['tuple', (form, report) => ({ kind: 'tuple', elements: rest(form, report) })],
  ['map', readRecord],
  ['record', readRecord],
  ['map-of', readMapOf],
  ['dict', readMapOf],
  ['=>', readFunction],
  ['fn', readFunction],
  ['resource', readResource],
  ['union', readUnion],
  ['or', readUnion],
  ['one-of', readUnion],
  ['and', readAnd],
  ['val', readLiteral],
  ['enum', readEnum],
  ['array', readArray],
])

function readCompound(form: VectorForm, report: ReportType): Type {
  const name = headName(form)
  const read = name === undefined ? undefined : compounds.get(name)
  if (read !== undefined) return read(form, report)
  const head = form.items[0]
  const meant = name === undefined ? undefined : closest(name, compounds.keys())
  report('P001', head === undefined ? 'an empty vector is no type' : 'unknown kind of type', head ?? form, {
    hint:
      meant === undefined
        ? `A type vector starts with one of ${[...compounds.keys()].map(key => `:${key}`).join(' ')}.`
        : `Did you mean :${meant}?`,
  })
  return any
}

function rest(form: VectorForm, report: ReportType): Type[] {
  return form.items.slice(1).map(item => readType(item, report))
}

function only(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 1, 1, report)) return any
  return readType(form.items[1]!, report)
}

function checkParts(form: VectorForm, least: number, most: number, report: ReportType): boolean {
  const count = form.items.length - 1
  if (count >= least && count <= most) return true
  const wanted = least === most ? plural(least, 'part') : `at least ${plural(least, 'part')}`
  report(count < least ? 'P002' : 'P001', `[:${headName(form)} …] takes ${wanted}, but has ${count}`, form)
  return false
}

function readMapOf(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 2, 2, report)) return any
  return { kind: 'map-of', key: readType(form.items[1]!, report), value: readType(form.items[2]!, report) }
}

function readUnion(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 1, Infinity, report)) return any
  return { kind: 'union', members: rest(form, report) }
}

function readLiteral(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 1, 1, report)) return any
  return { kind: 'literal', value: data(form.items[1]!, report) }
}

function readEnum(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 1, Infinity, report)) return any
  return { kind: 'enum', values: form.items.slice(1).map(item => data(item, report)) }
}

function data(form: Form, report: ReportType): Value {
  return formToValue(form.kind === 'quote' ? form.items[0]! : form, (message, span) =>
    report('P003', message, span),
  )
}

function readResource(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 1, 1, report)) return any
  const item = form.items[1]!
  const name = item.kind === 'symbol' ? item.name : keywordText(item)
  if (name !== undefined) return { kind: 'resource', name }
  report('P001', 'a resource type has a name', item, { hint: 'Write [:resource FileHandle].' })
  return any
}

function readFunction(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 2, 2, report)) return any
  const list = form.items[1]!
  if (list.kind !== 'vector') {
    report('P001', 'the parameter types of a function type stand in a vector', list, {
      hint: 'Write [:=> [:int :int] :int].',
    })
    return any
  }
  const params: Type[] = []
  let variadic: Type | undefined
  for (let i = 0; i < list.items.length; i++) {
    const item = list.items[i]!
    if (item.kind === 'symbol' && item.name === '&') {
      const element = list.items[i + 1]
      if (element === undefined) report('P002', 'a type must follow &', item)
      else {
        variadic = readType(element, report)
        if (list.items.length > i + 2) report('P001', 'only one type may follow &', list.items[i + 2]!)
      }
      break
    }
    params.push(readType(item, report))
  }
  return { kind: 'function', params, rest: variadic, result: readType(form.items[2]!, report) }
}

function readRecord(form: VectorForm, report: ReportType): Type {
  const entries: RecordEntry[] = []
  const keys = new Set<Value>()
  let others: Type | undefined
  const add = (keyForm: Form, type: Type, optional: boolean) => {
    const key = entryKey(keyForm)
    if (keywordText(keyForm) === '*') others = type
    else if (key === undefined) {
      report('P001', 'a key of a map type is a keyword, string, integer or boolean', keyForm)
    } else if (keys.has(key)) {
      report('V001', 'this key occurs twice in the map type', keyForm)
    } else {
      keys.add(key)
      entries.push({ key, type, optional })
    }
  }
  for (const item of form.items.slice(1)) {
    if (item.kind === 'map') {
      for (let i = 0; i + 1 < item.items.length; i += 2) {
        add(item.items[i]!, readType(item.items[i + 1]!, report), false)
      }
    } else if (item.kind === 'vector' && item.items.length >= 2) {
      const mark = item.items[2]
      const optional = mark !== undefined && mark.kind === 'symbol' && mark.name === '?'
      if (item.items.length > (optional ? 3 : 2)) {
        report('P001', 'an entry of a map type is [:key type] or [:key type ?]', item)
      }
      add(item.items[0]!, readType(item.items[1]!, report), optional)
    } else {
      report('P001', 'an entry of a map type is [:key type]', item, {
        hint: 'Write [:map [:name :string] [:age :int ?]] or [:map {:name :string}].',
      })
    }
  }
  return { kind: 'record', entries, rest: others }
}

function entryKey(form: Form): Value | undefined {
  if (form.kind !== 'atom') return undefined
  const value = form.value
  if (keywordText(form) !== undefined) return value
  return typeof value === 'object' ? undefined : value
}

function readArray(form: VectorForm, report: ReportType): Type {
  const count = form.items.length - 1
  if (count < 1 || count > 2) {
    checkParts(form, 1, 1, report)
    return any
  }
  const element = readType(form.items[1]!, report)
  const shapeForm = form.items[2]
  if (shapeForm === undefined) return { kind: 'array', element, shape: undefined }
  const shape: (number | null)[] = []
  for (const item of shapeForm.kind === 'vector' ? shapeForm.items : [shapeForm]) {
    if (item.kind === 'symbol' && item.name === '?') shape.push(null)
    else if (item.kind === 'atom' && typeof item.value === 'number' && item.value >= 0) shape.push(item.value)
    else
      report('P001', 'a dimension of an array is a length or ?', item, {
        hint: 'Write [:array :float [3 ?]].',
      })
  }
  return { kind: 'array', element, shape }
}

// Predicates

/** Names with another spelling (LANGUAGE §10.2). */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['string-length', 'length'],
  ['string-min-length', 'min-length'],
  ['string-max-length', 'max-length'],
])

/** Number of arguments of the predicates the language knows. */
const predicateArity: ReadonlyMap<string, number> = new Map([
  ['>', 1],
  ['>=', 1],
  ['<', 1],
  ['<=', 1],
  ['=', 1],
  ['!=', 1],
  ['in-range', 2],
  ['length', 1],
  ['min-length', 1],
  ['max-length', 1],
  ['matches-regex', 1],
  ['is-url', 0],
  ['is-email', 0],
  ['count', 1],
  ['min-count', 1],
  ['max-count', 1],
  ['non-empty', 0],
  ['has-key', 1],
  ['required-keys', 1],
])

function readAnd(form: VectorForm, report: ReportType): Type {
  if (!checkParts(form, 1, Infinity, report)) return any
  const base = readType(form.items[1]!, report)
  const parts = form.items.slice(2).map(item => readPart(item, report))
  return { kind: 'and', base, parts }
}

function readPart(form: Form, report: ReportType): Type | Predicate {
  if (form.kind !== 'vector') return readType(form, report)
  const head = form.items[0]
  const name = head === undefined ? undefined : keywordText(head)
  if (name === undefined || compounds.has(name)) return readType(form, report)
  const canonical = synonyms.get(name) ?? name
  const args = form.items.slice(1).map(item => data(item, report))
  const arity = predicateArity.get(canonical)
  if (arity !== undefined && args.length !== arity) {
    report(
      args.length < arity ? 'P002' : 'P001',
      `[:${name} …] takes ${plural(arity, 'argument')}, but has ${args.length}`,
      form,
    )
  }
  return { kind: 'predicate', name: canonical, args }
}
