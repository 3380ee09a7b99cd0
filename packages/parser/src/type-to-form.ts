import { keyword, type Predicate, type Type, type Value } from '@rtfs/core'
import { valueToForm } from './form-data.js'
import { atomForm, type Form, formWithItems, symbolForm } from './forms.js'

/*
 * Types back to the text they come from: order and nesting as in the type, unlike the canonical text of the core.
 */

const nowhere = { start: 0, end: 0 }
const kw = (name: string): Form => atomForm(keyword(name), nowhere)
const vector = (head: string, ...items: readonly Form[]): Form =>
  formWithItems('vector', [kw(head), ...items], nowhere)

/** The form that reads as a type. */
export function typeToForm(type: Type): Form {
  switch (type.kind) {
    case 'primitive':
    case 'ref':
      return kw(type.name)
    case 'vector':
    case 'list':
    case 'seq':
    case 'stream':
      return vector(type.kind, typeToForm(type.element))
    case 'tuple':
      return vector('tuple', ...type.elements.map(typeToForm))
    case 'record':
      return vector(
        'map',
        ...type.entries.map(({ key, type: entry, optional }) =>
          formWithItems(
            'vector',
            [dataForm(key), typeToForm(entry), ...(optional ? [symbolForm('?', nowhere)] : [])],
            nowhere,
          ),
        ),
        ...(type.rest === undefined
          ? []
          : [formWithItems('vector', [kw('*'), typeToForm(type.rest)], nowhere)]),
      )
    case 'map-of':
      return vector('map-of', typeToForm(type.key), typeToForm(type.value))
    case 'function': {
      const rest = type.rest === undefined ? [] : [symbolForm('&', nowhere), typeToForm(type.rest)]
      const params = formWithItems('vector', [...type.params.map(typeToForm), ...rest], nowhere)
      return vector('=>', params, typeToForm(type.result))
    }
    case 'resource':
      return vector('resource', symbolForm(type.name, nowhere))
    case 'union':
      return vector('union', ...type.members.map(typeToForm))
    case 'and':
      return vector('and', typeToForm(type.base), ...type.parts.map(partToForm))
    case 'literal':
      return vector('val', dataForm(type.value))
    case 'enum':
      return vector('enum', ...type.values.map(dataForm))
    case 'array': {
      const shape = type.shape?.map(size =>
        size === null ? symbolForm('?', nowhere) : atomForm(size, nowhere),
      )
      const element = typeToForm(type.element)
      return shape === undefined
        ? vector('array', element)
        : vector('array', element, formWithItems('vector', shape, nowhere))
    }
  }
}

/** The name `T?` of a type that is `T` or nil, where it has one. */
export function optionalName(type: Type): string | undefined {
  if (type.kind !== 'union' || type.members.length !== 2) return undefined
  const [first, second] = type.members
  if (second!.kind !== 'primitive' || second!.name !== 'nil') return undefined
  if (first!.kind === 'primitive' || first!.kind === 'ref') return `${first!.name}?`
  const number = first!.kind === 'union' && first!.members.every(isNumberPart) && first!.members.length === 2
  return number ? 'number?' : undefined
}

function isNumberPart(type: Type, index: number): boolean {
  return type.kind === 'primitive' && type.name === (index === 0 ? 'int' : 'float')
}

function partToForm(part: Type | Predicate): Form {
  if (part.kind !== 'predicate') return typeToForm(part)
  return vector(part.name, ...part.args.map(dataForm))
}

function dataForm(value: Value): Form {
  return valueToForm(value, nowhere)
}
