import {
  equals,
  formatValue,
  isKeywordName,
  isMapKey,
  jsonError,
  Keyword,
  keyword,
  type MapKey,
  parseJson,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFunction,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  serializeJson,
  type Value,
} from '@rtfs/core'
import { ast, type Fn, hasErrors, parse, printExpr } from '@rtfs/parser'
import { functionOfText } from './function-of.js'
import { sourceOfFunction } from './function-source.js'
import { checkObjectDepth, referencedId, referenceTo } from './object-data.js'

/*
 * Objects as JSON (LANGUAGE §17.4). A map with keywords as keys is a JSON object whose names are without colon; what
 * JSON has no form for is an object with a string under `type`: `function`, `resource-ref`, `resource-handle`, and of
 * ours `code` (lists), `string` (one that would be read as a keyword) and `map` (other keys than keywords).
 */

const typeKey = keyword('type')

/** JSON text of an object. JsonError, or InvalidArgument for a function, for what it cannot say. */
export function writeJson(object: RtfsMap, pretty: boolean): string {
  if (!isPlain(object)) throw jsonError('the properties of an object have keywords as keys')
  return serializeJson(jsonOf(object, 1), { pretty })
}

function jsonOf(value: Value, depth: number): Value {
  checkObjectDepth(depth)
  if (typeof value === 'string') return isTagged(value) ? tagged('string', { text: value }) : value
  if (value instanceof Keyword) return `:${nameOf(value)}`
  if (value instanceof RtfsSymbol) return value.name
  if (value instanceof ResourceHandle) return tagged('resource-handle', { handle: value.text })
  if (value instanceof RtfsFunction) return functionJson(value)
  if (value instanceof RtfsVector)
    return RtfsVector.from(value.toArray().map(each => jsonOf(each, depth + 1)))
  if (value instanceof RtfsList) {
    const id = referencedId(value)
    return id === undefined ? codeJson(value) : tagged('resource-ref', { reference: id })
  }
  if (value instanceof RtfsMap) return mapJson(value, depth)
  if (value instanceof RtfsErrorValue) throw jsonError('an error has no JSON form')
  return value
}

function mapJson(map: RtfsMap, depth: number): Value {
  if (isPlain(map)) {
    return RtfsMap.from([...map].map(([key, value]) => [nameOf(key as Keyword), jsonOf(value, depth + 1)]))
  }
  const entries = [...map].map(([key, value]) => RtfsVector.from([jsonOf(key, 0), jsonOf(value, depth + 1)]))
  return tagged('map', { entries: RtfsVector.from(entries) })
}

/** True for a map that is read back as what it was when its keys are written as names. */
function isPlain(map: RtfsMap): boolean {
  for (const [key] of map) if (!(key instanceof Keyword)) return false
  const type = map.get(typeKey)
  return typeof type !== 'string' || !readers.has(type)
}

function nameOf({ name }: Keyword): string {
  if (isKeywordName(name)) return name
  throw jsonError(`'${name}' is no name that can be written`)
}

/** A string that stands for a keyword. */
function isTagged(text: string): boolean {
  return text.startsWith(':') && isKeywordName(text.slice(1))
}

function tagged(type: string, fields: Readonly<Record<string, Value>>): RtfsMap {
  return RtfsMap.from([['type', type], ...Object.entries(fields)])
}

const nowhere = { start: 0, end: 0 }

/** A list as it is written in code. */
function codeJson(list: RtfsList): Value {
  const source = formatValue(list)
  const read = listOfText(source)
  if (read === undefined || !equals(read, list)) throw jsonError('a list holds what cannot be written')
  return tagged('code', { source })
}

function functionJson(value: RtfsFunction): Value {
  const source = sourceOfFunction(value)
  if (source.kind === 'library') return tagged('function', { body: source.name })
  const { fn } = source
  // Parameters and body say all of most functions; the others are written as a whole.
  if (fn.name !== undefined || fn.returnType !== undefined || fn.hint !== undefined || fn.meta.size > 0) {
    return tagged('function', { body: printExpr(fn) })
  }
  const only = (more: Pick<Fn, 'params' | 'rest'>) =>
    printExpr({ ...fn, ...more, doc: undefined, body: [ast.literal(null, nowhere)] })
      .replace(/^\(fn\s+\[/, '')
      .replace(/\]\s+nil\)$/, '')
  const params = fn.params.map(param => only({ params: [param], rest: undefined }))
  if (fn.rest !== undefined) params.push(only({ params: [], rest: fn.rest }))
  return tagged('function', {
    params: RtfsVector.from(params),
    body: fn.body.map(form => printExpr(form)).join('\n'),
  })
}

/** The object of a JSON text. JsonError for what `writeJson` does not write. */
export function readJson(text: string): RtfsMap {
  const object = valueFrom(parseJson(text))
  if (object instanceof RtfsMap) return object
  throw jsonError('expected an object')
}

// The depth of what comes is bounded by the JSON reader.
function valueFrom(json: Value): Value {
  if (typeof json === 'string') return isTagged(json) ? keyword(json.slice(1)) : json
  if (json instanceof RtfsVector) return RtfsVector.from(json.toArray().map(valueFrom))
  if (!(json instanceof RtfsMap)) return json
  const type = json.get('type')
  const read = typeof type === 'string' ? readers.get(type) : undefined
  if (read !== undefined) return read(new Fields(json))
  return RtfsMap.from([...json].map(([key, value]) => [keyNamed(key as string), valueFrom(value)]))
}

function keyNamed(name: string): Keyword {
  if (isKeywordName(name)) return keyword(name)
  throw jsonError(`${JSON.stringify(name)} is no name of a property`)
}

/** The fields of an object that stands for something else: all of them have to be known. */
class Fields {
  readonly #json: RtfsMap
  constructor(json: RtfsMap) {
    this.#json = json
  }

  /** The given fields; those with a `?` may be missing. */
  take(...names: readonly string[]): readonly Value[] {
    const known = new Set(['type', ...names.map(name => name.replace('?', ''))])
    for (const [key] of this.#json) {
      if (!known.has(key as string)) throw this.#fault(`does not have ${JSON.stringify(key)}`)
    }
    return names.map(name => {
      const value = this.#json.get(name.replace('?', ''))
      if (value === undefined && !name.endsWith('?')) throw this.#fault(`has no "${name}"`)
      return value ?? null
    })
  }

  text(name: string): string {
    const [text] = this.take(name)
    if (typeof text === 'string') return text
    throw this.#fault(`needs a string as "${name}"`)
  }

  #fault(message: string): Error {
    return jsonError(`{"type": ${JSON.stringify(this.#json.get('type'))}} ${message}`)
  }
}

const readers: ReadonlyMap<string, (fields: Fields) => Value> = new Map([
  ['string', fields => fields.text('text')],
  ['resource-ref', fields => referenceTo(fields.text('reference'))],
  ['resource-handle', fields => handleOf(fields.text('handle'))],
  ['code', fields => codeOf(fields.text('source'))],
  ['map', readMap],
  ['function', readFunction],
])

function handleOf(text: string): ResourceHandle {
  if (/^resource:\/\/[^\s()[\]{}",;]*$/.test(text)) return new ResourceHandle(text)
  throw jsonError(`${JSON.stringify(text)} is no resource handle`)
}

function codeOf(source: string): Value {
  const list = listOfText(source)
  if (list !== undefined) return list
  throw jsonError('{"type": "code"} needs one list as "source"')
}

function listOfText(source: string): Value | undefined {
  const parsed = parse(`'${source}`)
  const [form, more] = parsed.program.forms
  if (hasErrors(parsed) || more !== undefined || form?.kind !== 'quote') return undefined
  return form.value instanceof RtfsList ? form.value : undefined
}

function readMap(fields: Fields): Value {
  const [entries] = fields.take('entries')
  const fault = () => jsonError('{"type": "map"} needs pairs of key and value as "entries"')
  if (!(entries instanceof RtfsVector)) throw fault()
  return RtfsMap.from(
    entries.toArray().map((entry): readonly [MapKey, Value] => {
      const [key, value] = entry instanceof RtfsVector && entry.size === 2 ? entry.toArray() : []
      const known = key === undefined ? null : valueFrom(key)
      if (value === undefined || !isMapKey(known)) throw fault()
      return [known, valueFrom(value)]
    }),
  )
}

function readFunction(fields: Fields): Value {
  const [params, body] = fields.take('params?', 'body')
  const texts = params instanceof RtfsVector ? params.toArray() : undefined
  const isText = (value: unknown) => typeof value === 'string'
  if (!isText(body) || !(texts === undefined ? params === null : texts.every(isText))) {
    throw jsonError('{"type": "function"} needs strings as "body" and in "params"')
  }
  // The line break ends a comment that the body may end with.
  return functionOfText(texts === undefined ? String(body) : `(fn [${texts.join(' ')}]\n${String(body)}\n)`)
}
