import { expect, test } from 'vitest'
import { outcome } from './library.test-util.js'

test.each([
  ['(:type (ex-info "m" {}))', ':error/application'],
  ['(:type (ex-info "m" {:type "x"}))', ':error/application'],
  ['(:kind (ex-info "m" {:type :a/b}))', '"ApplicationError"'],
  ['(:details (ex-info "m" nil))', '{}'],
  ['(:cause (ex-info "m" {}) 1)', 'nil'],
  ['(ex-info "m")', '! ArityMismatch'],
  ['(ex-info "m" [1])', '! TypeError'],
  ['(ex-data (Exception. "m"))', '{}'],
  ['(:type (RuntimeError. "m" {:type :a/b}))', ':a/b'],
  ['(Error. 5)', '! TypeError'],
  ['(error? (Error. "m"))', 'true'],
  ['(getMessage (Error. "late"))', '"late"'],
  ['(ex-data nil)', '! TypeError'],
])('%s => %s', (source, expected) => expect(outcome(source)).toBe(expected))
