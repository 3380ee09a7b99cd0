/** The text form of a WebAssembly module. */
export async function watOf(bytes: Uint8Array): Promise<string> {
  const { emitWat } = await import('@rtfs/bytecode-backend')
  return emitWat(bytes)
}
