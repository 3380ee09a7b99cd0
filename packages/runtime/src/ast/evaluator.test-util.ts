import { defaultLimits, formatValue, isRtfsError, type Limits, type Value } from '@rtfs/core'
import { hasErrors, parse } from '@rtfs/parser'
import { pureServices } from '../host/pure-services.js'
import { UnitFrame } from '../shared/environment.js'
import { evaluateProgram } from './program.js'

/** The value of a program without host; parse errors are thrown as text. */
export function evaluateText(text: string, limits: Partial<Limits> = {}): Value {
  const parsed = parse(text)
  if (hasErrors(parsed)) throw new Error(parsed.diagnostics.map(d => `${d.code} ${d.message}`).join('; '))
  const services = pureServices({ limits: { ...defaultLimits, ...limits } })
  return evaluateProgram(parsed.program, new UnitFrame(undefined, parsed.source), services)
}

/** The readable value, or `! Kind`, or `! P001` of a text that does not parse. */
export function outcome(text: string, limits: Partial<Limits> = {}): string {
  const parsed = parse(text)
  const first = parsed.diagnostics.find(d => d.severity === 'error')
  if (first !== undefined) return `! ${first.code}`
  try {
    return formatValue(evaluateText(text, limits))
  } catch (error) {
    if (isRtfsError(error)) return `! ${error.code}`
    throw error
  }
}

/** Kind of the error of a program, and the text its span covers. */
export function failure(text: string, limits: Partial<Limits> = {}): string {
  try {
    return formatValue(evaluateText(text, limits))
  } catch (error) {
    if (!isRtfsError(error)) throw error
    const { span } = error
    return `${error.code} in ${span === undefined ? 'nowhere' : text.slice(span.start, span.end)}`
  }
}
