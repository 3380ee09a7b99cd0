// The package has types, but its exports do not name them.
declare module '@nextjournal/lezer-clojure' {
  export const parser: import('@lezer/lr').LRParser
}
