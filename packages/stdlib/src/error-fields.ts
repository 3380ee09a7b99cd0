import {
  Keyword,
  keyword,
  type MapKey,
  type RtfsErrorValue,
  RtfsMap,
  RtfsVector,
  type Value,
} from '@rtfs/core'

/** What an error value answers when it is read like a map (LANGUAGE §9.1); `undefined` for any other key. */
export function errorField(error: RtfsErrorValue, key: MapKey): Value | undefined {
  if (!(key instanceof Keyword)) return undefined
  switch (key.name) {
    case 'kind':
      return error.kind
    case 'type':
      return error.type
    case 'message':
      return error.message
    case 'details':
      return error.details
    case 'cause':
      return error.cause
    case 'trace':
      return RtfsVector.from(
        error.trace.map(({ fn, line, column }) =>
          RtfsMap.from([
            [keyword('fn'), fn],
            [keyword('line'), line ?? null],
            [keyword('column'), column ?? null],
          ]),
        ),
      )
    default:
      return undefined
  }
}
