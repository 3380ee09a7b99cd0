import {
  Keyword,
  keyword,
  type MapKey,
  type PrimitiveName,
  parseFloatText,
  parseInteger,
  parseTimestamp,
  parseUuid,
  primitive,
  ResourceHandle,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  type Type,
  type Value,
} from '@rtfs/core'
import { equalityOperands } from './children.js'
import { decodeError, decoding } from './decode-error.js'
import { nothing } from './defaults.js'
import { maxDepth } from './depth.js'
import type { Node, Unit, Variable } from './nodes.js'
import { type Fields, type LeafShape, nodeShapes, type Shape, typeShape } from './shape.js'
import { isMapKey } from './value-wire.js'
import { verified } from './verified.js'

/** The unit that a full `formatUnit` text spells. Throws RTFS_DECODE for other text and for ill-formed units. */
export function parseUnitText(text: string): Unit {
  return decoding(() => verified(new TextReader(text).unit()))
}

/** Recursive descent over the text; every shape says what may stand next. */
class TextReader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  unit(): Unit {
    this.#expect('(unit 1')
    const fields = this.#fields([
      ['last', { is: 'count' }],
      ['globals', { is: 'list', of: { is: 'text' } }],
    ])
    const forms: Node[] = []
    while (!this.#take(')')) forms.push(this.#node())
    this.#skip()
    if (this.#at < this.#text.length) throw this.#error('nothing more')
    return {
      kind: 'unit',
      version: 1,
      forms,
      globals: fields['globals'] as string[],
      lastId: fields['last'] as number,
    }
  }

  #node(): Node {
    if (++this.#depth > maxDepth) throw decodeError(`nesting deeper than ${maxDepth}`)
    this.#expect('(')
    const kind = this.#word()
    const fields = nodeShapes.get(kind)
    if (fields === undefined) throw this.#error('a kind of node')
    this.#expect('#')
    const id = this.#count()
    this.#expect('@')
    const span = this.#span()
    const type = this.#take('::') ? this.#type() : primitive('any')
    const node = { kind, id, type, span, ...this.#fields(fields) } as unknown as Node
    this.#expect(')')
    this.#depth--
    if (node.kind !== 'is') return node
    return { ...node, equality: equalityOperands(node.form, (node.equality as unknown) === true) }
  }

  /** `name=part` for each field in order; a field left out holds nothing. */
  #fields(fields: Fields): Record<string, unknown> {
    const read: Record<string, unknown> = {}
    for (const [name, shape] of fields)
      read[name] = this.#take(`${name}=`) ? this.#part(shape) : nothing(shape, name)
    return read
  }

  #part(shape: Shape): unknown {
    switch (shape.is) {
      case 'node':
        return this.#node()
      case 'type':
        return this.#type()
      case 'list':
        return this.#parts(shape.of)
      case 'maybe':
        return this.#part(shape.of)
      case 'null-or':
        return this.#take('nil') ? null : this.#part(shape.of)
      case 'record':
        return this.#record(shape.fields)
      case 'union':
        return this.#union(shape.kinds)
      case 'later':
        return this.#part(shape.get())
      default:
        return this.#leaf(shape)
    }
  }

  #parts(of: Shape): unknown[] {
    this.#expect('[')
    const parts: unknown[] = []
    while (!this.#take(']')) parts.push(this.#part(of))
    return parts
  }

  #record(fields: Fields): unknown {
    this.#expect('{')
    const record = this.#fields(fields)
    this.#expect('}')
    return record
  }

  #leaf(shape: LeafShape): unknown {
    switch (shape.is) {
      case 'text':
        return this.#string()
      case 'count':
      case 'variable-id':
      case 'node-id':
        return this.#count()
      case 'flag':
      case 'equality':
        return this.#choice(['true', 'false']) === 'true'
      case 'value':
        return this.#value()
      case 'key':
        return this.#key()
      case 'span':
        return this.#span()
      case 'variable':
        return this.#variable()
      case 'meta':
        return new Map(this.#list(() => [this.#string(), this.#value()] as const))
      case 'choice':
        return this.#choice(shape.of)
    }
  }

  #union(kinds: ReadonlyMap<string, Fields>): unknown {
    if (++this.#depth > maxDepth) throw decodeError(`nesting deeper than ${maxDepth}`)
    this.#expect('{')
    const kind = this.#word()
    const fields = kinds.get(kind)
    if (fields === undefined) throw this.#error(`one of ${[...kinds.keys()].join(', ')}`)
    const part = { kind, ...this.#fields(fields) }
    this.#expect('}')
    this.#depth--
    return part
  }

  #type(): Type {
    this.#skip()
    if (this.#text[this.#at] === '{') return this.#union(typeShape.kinds) as Type
    const names = typeShape.kinds.get('primitive')![0]![1] as Extract<Shape, { is: 'choice' }>
    return primitive(this.#choice(names.of) as PrimitiveName)
  }

  #variable(): Variable {
    this.#skip()
    const name = this.#text[this.#at] === '"' ? this.#string() : this.#match(/[\w*+!?<>=/%&-]+/y, 'a name')
    this.#expect('.')
    const id = this.#count()
    return { id, name, cell: this.#take('!') }
  }

  #span(): { start: number; end: number } {
    const start = this.#count()
    this.#expect(':')
    return { start, end: this.#count() }
  }

  #value(): Value {
    if (++this.#depth > maxDepth) throw decodeError(`nesting deeper than ${maxDepth}`)
    const value = this.#readValue()
    this.#depth--
    return value
  }

  #readValue(): Value {
    this.#skip()
    const first = this.#text[this.#at]
    if (first === '"') return this.#string()
    if (first === '[') return RtfsVector.from(this.#list(() => this.#value()))
    if (this.#take(':')) return keyword(this.#match(/[^\s()[\]{}"]+/y, 'a keyword'))
    if (this.#take('#list')) return RtfsList.from(this.#list(() => this.#value()))
    if (this.#take('#map')) return RtfsMap.from(this.#list(() => [this.#key(), this.#value()] as const))
    if (this.#take('#keyword')) return keyword(this.#string())
    if (this.#take('#symbol')) return new RtfsSymbol(this.#string())
    if (this.#take('#timestamp')) return parseTimestamp(this.#string()) ?? this.#fail('a timestamp')
    if (this.#take('#uuid')) return parseUuid(this.#string()) ?? this.#fail('a uuid')
    if (this.#take('#handle')) return new ResourceHandle(this.#string())
    const word = this.#match(/[^\s()[\]{}"]+/y, 'a value')
    if (word === 'nil') return null
    if (word === 'true' || word === 'false') return word === 'true'
    const integer = parseInteger(word)
    if (integer !== undefined) return integer
    const float = parseFloatText(word)
    if (float !== undefined) return new RtfsFloat(float)
    throw this.#error('a value')
  }

  #key(): MapKey {
    const value = this.#value()
    if (value instanceof Keyword || isMapKey(value)) return value
    throw this.#error('a map key')
  }

  #list<T>(item: () => T): T[] {
    this.#expect('[')
    const items: T[] = []
    while (!this.#take(']')) items.push(item())
    return items
  }

  #string(): string {
    const text = this.#match(/"(?:[^"\\]|\\.)*"/y, 'a string')
    try {
      return JSON.parse(text) as string
    } catch (cause) {
      throw decodeError(`a bad string at ${this.#at}`, cause)
    }
  }

  #count(): number {
    const count = Number(this.#match(/\d{1,15}/y, 'a number'))
    return count
  }

  #word(): string {
    return this.#match(/[a-z0-9-]+/y, 'a word')
  }

  #choice(of: readonly string[]): string {
    const word = this.#word()
    if (!of.includes(word)) throw this.#error(`one of ${of.join(', ')}`)
    return word
  }

  #match(pattern: RegExp, what: string): string {
    this.#skip()
    pattern.lastIndex = this.#at
    const [text] = pattern.exec(this.#text) ?? []
    if (text === undefined) throw this.#error(what)
    this.#at += text.length
    return text
  }

  #skip(): void {
    while (this.#at < this.#text.length && ' \n\r\t'.includes(this.#text[this.#at]!)) this.#at++
  }

  #take(token: string): boolean {
    this.#skip()
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#error(token)
  }

  #error(expected: string): Error {
    const found = this.#text.slice(this.#at, this.#at + 20)
    return decodeError(
      `expected ${expected} at ${this.#at}, found ${found === '' ? 'the end' : JSON.stringify(found)}`,
    )
  }

  #fail(expected: string): never {
    throw this.#error(expected)
  }
}
