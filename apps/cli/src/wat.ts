import wabt from 'wabt'

/** The text form of a WebAssembly module. */
export async function watOf(bytes: Uint8Array): Promise<string> {
  const toolkit = await wabt()
  const module = toolkit.readWasm(bytes, { readDebugNames: true })
  try {
    module.applyNames()
    return module.toText({ foldExprs: false, inlineExport: false })
  } finally {
    module.destroy()
  }
}
