import {
  errorFromValue,
  Keyword,
  keyword,
  type Meter,
  type RtfsError,
  RtfsErrorValue,
  RtfsMap,
  type Span,
  shortText,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { locate } from './error-spans.js'

/** What `(throw value)` raises (LANGUAGE §9.3), placed at the form. */
export function thrown(value: Value, span: Span, meter?: Meter): RtfsError {
  if (value instanceof RtfsErrorValue) return errorFromValue(value, { span })
  if (typeof value === 'string') return application(keyword('error/application'), value, RtfsMap.empty, span)
  if (value instanceof Keyword) return application(value, `:${value.name}`, RtfsMap.empty, span)
  if (value instanceof RtfsMap) return thrownMap(value, span, meter)
  const error = typeError('throw', 'error, map, string or keyword', typeName(value))
  locate(error, span)
  return error
}

function thrownMap(map: RtfsMap, span: Span, meter: Meter | undefined): RtfsError {
  const type = map.get(keyword('type'))
  const message = map.get(keyword('message'))
  const details = map.get(keyword('details'))
  return application(
    type instanceof Keyword ? type : keyword('error/application'),
    typeof message === 'string' ? message : shortText(map, meter),
    details instanceof RtfsMap ? details : map,
    span,
  )
}

function application(type: Keyword, message: string, details: RtfsMap, span: Span): RtfsError {
  return errorFromValue(new RtfsErrorValue('ApplicationError', type, message, details), { span })
}

export { shortText }
