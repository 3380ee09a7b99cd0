import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { getQuickJS } from 'quickjs-emscripten'
import wabt from 'wabt'
import type { BenchCase } from './cases.js'

/** Something that runs the programs; `prepare` gives a function that runs one once and returns its number. */
export interface Peer {
  readonly name: string
  prepare(benchCase: BenchCase): Promise<() => number>
}

const require = createRequire(import.meta.url)

/** The version of an installed package, for the table's head. */
function versionOf(name: string): string {
  const path = require.resolve(`${name}/package.json`)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

/** JavaScript written by hand, on plain numbers. */
export function handwrittenJavaScript(): Peer {
  return {
    name: `JS by hand, Node ${process.versions.node}`,
    prepare: async benchCase => benchCase.handwritten,
  }
}

/** A WebAssembly module written by hand on i64, with the overflow checks that RTFS has. */
export async function handwrittenWasm(): Promise<Peer> {
  const tools = await wabt()
  return {
    name: 'wasm by hand',
    async prepare(benchCase) {
      const { buffer } = tools.parseWat(`${benchCase.name}.wat`, benchCase.wat).toBinary({})
      const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(buffer)))
      return instance.exports['run'] as () => number
    },
  }
}

/** QuickJS compiled to WebAssembly. */
export async function quickjs(): Promise<Peer> {
  const runtime = await getQuickJS()
  return {
    name: `quickjs-emscripten ${versionOf('quickjs-emscripten')}`,
    async prepare(benchCase) {
      const vm = runtime.newContext()
      const fn = vm.unwrapResult(vm.evalCode(`(${benchCase.javascript})`))
      return () => {
        const result = vm.unwrapResult(vm.callFunction(fn, vm.undefined))
        const value = vm.getNumber(result)
        result.dispose()
        return value
      }
    },
  }
}

/** nbb, an interpreter of ClojureScript (SCI), called in this process. */
export async function nbb(): Promise<Peer> {
  const { loadString } = await import('nbb')
  return {
    name: `nbb ${versionOf('nbb')}`,
    prepare: async benchCase => (await loadString(benchCase.clojure)) as () => number,
  }
}
