import { getQuickJS } from 'quickjs-emscripten'
import { peerHere } from './here.js'
import { type Peer, versionOf } from './peer.js'

/** QuickJS compiled to WebAssembly; it runs the text of the JavaScript written by hand. */
export async function quickjs(): Promise<Peer> {
  const runtime = await getQuickJS()
  const name = `quickjs-emscripten ${versionOf('quickjs-emscripten')}`
  return peerHere('quickjs', name, async ({ handwritten: { data, run } }) => {
    const vm = runtime.newContext()
    const text =
      data === undefined ? `(${run})` : `(() => { const made = (${data})(); return () => (${run})(made) })()`
    const fn = vm.unwrapResult(vm.evalCode(text))
    return () => {
      const result = vm.unwrapResult(vm.callFunction(fn, vm.undefined))
      const value = vm.getNumber(result)
      result.dispose()
      return value
    }
  })
}
