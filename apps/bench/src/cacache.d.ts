/** The part of cacache that is measured; it comes without types. */
declare module 'cacache' {
  interface Get {
    (
      cache: string,
      key: string,
      options?: { readonly memoize?: boolean },
    ): Promise<{ readonly data: Uint8Array }>
    byDigest(cache: string, integrity: string): Promise<Uint8Array>
  }
  const cacache: {
    put(
      cache: string,
      key: string,
      data: Uint8Array,
      options?: { readonly algorithms?: readonly string[] },
    ): Promise<object>
    get: Get
  }
  export default cacache
}
