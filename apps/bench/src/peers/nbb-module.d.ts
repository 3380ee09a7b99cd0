/** nbb ships no types; this is all that is used. */
declare module 'nbb' {
  export function loadString(source: string): Promise<unknown>
}
