import { bytesEqual, digestOf, unsupported } from '@rtfs/core'
import { metadataSection } from '../abi.js'
import { type CheckedModule, rejected } from './policy.js'

/**
 * A module that was compiled before, for places that may not compile WebAssembly while they run: whoever deploys the
 * program builds it together with its modules.
 */
export interface PrebuiltModule {
  /** `sha256:<hex>` of the bytes that the module was compiled from. Whoever hands it in vouches for that. */
  readonly digest: string
  readonly module: WebAssembly.Module
}

/** Finds the engine's module for bytes that were checked: one that was handed in, or compiles it. */
export class ModuleSource {
  readonly #prebuilt: ReadonlyMap<string, WebAssembly.Module>

  constructor(prebuilt: readonly PrebuiltModule[]) {
    this.#prebuilt = new Map(prebuilt.map(({ digest, module }) => [digest, module]))
  }

  moduleOf(bytes: Uint8Array, checked: CheckedModule): WebAssembly.Module {
    const prebuilt = this.#prebuilt.size === 0 ? undefined : this.#prebuilt.get(digestOf(bytes))
    if (prebuilt !== undefined) {
      requireSame(prebuilt, checked)
      return prebuilt
    }
    try {
      // The very bytes that were checked.
      return new WebAssembly.Module(bytes as BufferSource)
    } catch (cause) {
      if (mayCompile()) throw rejected('the engine does not accept it', cause)
      throw unsupported('wasm', 'a module that is not prebuilt, where WebAssembly may not be compiled')
    }
  }
}

/**
 * An engine does not tell the bytes of a module, but what it imports, exports and describes. When that differs, the
 * module is another one, and was handed in under the wrong digest.
 */
function requireSame(module: WebAssembly.Module, { parsed }: CheckedModule): void {
  const imports = WebAssembly.Module.imports(module).map(each => `${each.module}.${each.name} ${each.kind}`)
  const exports = WebAssembly.Module.exports(module).map(each => `${each.name} ${each.kind}`)
  const [section] = WebAssembly.Module.customSections(module, metadataSection)
  const isSame =
    sameTexts(
      imports,
      parsed.imports.map(each => `${each.module}.${each.name} function`),
    ) &&
    sameTexts(
      exports,
      parsed.exports.map(each => `${each.name} ${each.kind}`),
    ) &&
    section !== undefined &&
    bytesEqual(new Uint8Array(section), parsed.customs.get(metadataSection)!)
  if (!isSame) throw rejected('the prebuilt module of its digest is another one')
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index])
}

/** Whether this place compiles WebAssembly at all: the empty module is always valid. */
function mayCompile(): boolean {
  try {
    return new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) !== undefined
  } catch {
    return false
  }
}
