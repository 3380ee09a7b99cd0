/** For the `default` of a switch over kinds: a new kind becomes a compile error. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
