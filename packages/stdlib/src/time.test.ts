import { expect, test } from 'vitest'
import { outcome } from './library.test-util.js'

test.each([
  ['(timestamp "2026-01-31T08:00:00.500Z")', '2026-01-31T08:00:00.5Z'],
  ['(timestamp "2026-01-31T08:00:00_250Z")', '2026-01-31T08:00:00.25Z'],
  ['(timestamp "2026-01-31")', '! InvalidArgument'],
  ['(timestamp 0)', '! TypeError'],
  ['(timestamp-ms (timestamp "1969-12-31T23:59:59.999Z"))', '-1'],
  ['(timestamp-ms "1970-01-01T00:00:01Z")', '! TypeError'],
  ['(= (timestamp "2026-01-31T08:00:00.0Z") 2026-01-31T08:00:00Z)', 'true'],
  ['(uuid "123e4567e89b12d3a456426614174000")', '! InvalidArgument'],
  ['(uuid nil)', '! TypeError'],
])('%s => %s', (source, expected) => expect(outcome(source)).toBe(expected))
