import { test } from 'vitest'

test.todo('package arrows')
