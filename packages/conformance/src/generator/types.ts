/** What the generator means an expression to give. The language need not agree: ill-typed programs are wanted too. */
export type GenType =
  | 'int'
  | 'float'
  | 'number'
  | 'string'
  | 'bool'
  | 'nil'
  | 'keyword'
  | 'symbol'
  | 'error'
  | 'any'
  | VectorType
  | MapType
  | FunctionType

export interface VectorType {
  readonly kind: 'vector'
  readonly of: GenType
}

/** A map with keyword keys. */
export interface MapType {
  readonly kind: 'map'
  readonly of: GenType
}

export interface FunctionType {
  readonly kind: 'fn'
  readonly params: readonly GenType[]
  readonly result: GenType
}

export function vectorOf(of: GenType): VectorType {
  return { kind: 'vector', of }
}

export function mapOf(of: GenType): MapType {
  return { kind: 'map', of }
}

export function functionType(params: readonly GenType[], result: GenType): FunctionType {
  return { kind: 'fn', params, result }
}

/** True when a value meant as `from` may stand where `to` is meant. */
export function fits(from: GenType, to: GenType): boolean {
  if (to === 'any') return true
  if (to === 'number') return from === 'int' || from === 'float' || from === 'number'
  if (typeof from === 'string' || typeof to === 'string') return from === to
  if (from.kind === 'fn') {
    return (
      to.kind === 'fn' &&
      from.params.length === to.params.length &&
      from.params.every((param, i) => fits(to.params[i]!, param)) &&
      fits(from.result, to.result)
    )
  }
  return to.kind === from.kind && fits(from.of, to.of)
}

/** The type as an annotation in the language; `undefined` where there is none worth writing. */
export function annotationOf(type: GenType): string | undefined {
  if (typeof type === 'string') return type
  switch (type.kind) {
    case 'vector':
      return `[:vector ${annotationOf(type.of) ?? 'any'}]`
    case 'map':
      return `[:map-of keyword ${annotationOf(type.of) ?? 'any'}]`
    case 'fn':
      return `[:=> [${type.params.map(param => annotationOf(param) ?? 'any').join(' ')}] ${annotationOf(type.result) ?? 'any'}]`
  }
}

/**
 * Reads the short notation of the library table: `i` int, `f` float, `n` number, `s` string, `b` bool, `k` keyword,
 * `y` symbol, `0` nil, `e` error, `*` any, `[t]` vector, `{t}` map, `(t t>t)` function.
 */
export function parseShort(text: string): readonly GenType[] {
  let at = 0
  const types = (): GenType[] => {
    const all: GenType[] = []
    while (at < text.length && !'])}>'.includes(text[at]!)) {
      if (text[at] === ' ') at++
      else all.push(one())
    }
    return all
  }
  const one = (): GenType => {
    const char = text[at++]!
    if (char === '[' || char === '{') {
      const [of] = types()
      at++
      return char === '[' ? vectorOf(of!) : mapOf(of!)
    }
    if (char === '(') {
      const params = types()
      at++
      const [result] = types()
      at++
      return functionType(params, result!)
    }
    return shortNames[char]!
  }
  return types()
}

const shortNames: Readonly<Record<string, GenType>> = {
  i: 'int',
  f: 'float',
  n: 'number',
  s: 'string',
  b: 'bool',
  k: 'keyword',
  y: 'symbol',
  '0': 'nil',
  e: 'error',
  '*': 'any',
}
