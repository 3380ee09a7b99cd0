/*
 * The types of object properties (LANGUAGE §17.3), as type text. `#name` in the schemas stands for one of these.
 */

const hex = (count: number): string => `[0-9a-fA-F]{${count}}`
const uuidText = `^${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}$`

/** Named types of properties, as readers take them. */
export const propertyTypes: Readonly<Record<string, string>> = {
  timestamp: '[:union :timestamp [:and :string [:instant]]]',
  id: '[:union :uuid [:and :string [:non-empty]]]',
  ids: '[:seq [:union :uuid [:and :string [:non-empty]]]]',
  'versioned-type': '[:union [:and :keyword [:versioned]] [:and :string [:non-empty]]]',
  text: '[:and :string [:non-empty]]',
  money: '[:and :number [:>= 0] [:cents]]',
  seconds: '[:and :number [:>= 0]]',
  checksum: '[:and :string [:matches-regex "^sha256:[0-9a-f]+$"]]',
  name: '[:union :keyword :string]',
}

/** In strict mode ids are UUIDs, and versioned types are written as such also as strings. */
export const strictPropertyTypes: Readonly<Record<string, string>> = {
  ...propertyTypes,
  id: `[:union :uuid [:and :string [:matches-regex "${uuidText}"]]]`,
  ids: `[:seq [:union :uuid [:and :string [:matches-regex "${uuidText}"]]]]`,
  'versioned-type': '[:and [:union :keyword :string] [:versioned]]',
}

/** The type of an enumeration: each word as keyword or string. */
export function oneOf(words: string): string {
  return `[:enum ${words
    .split(' ')
    .map(word => `:${word} "${word}"`)
    .join(' ')}]`
}
