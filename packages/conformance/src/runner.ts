/** The functions of a test runner that the suites use; `{ test, expect }` of vitest or jest is one. */
export interface Runner {
  test(name: string, body: () => void | Promise<void>): unknown
  expect(actual: unknown, message?: string): { toEqual(expected: unknown): void }
}
