import { contains, type KernelFunction, type Numeric } from '../form.js'
import { type Account, OwnAccount, sharedAccount } from './account.js'
import { Body, typeOf } from './body.js'
import { Bytes } from './bytes.js'
import { depthType, FormEmitter } from './emit-forms.js'
import { code, f64, nothing } from './opcodes.js'
import { firstSlot, stateSlot } from './slots.js'

/** The module of a kernel: it imports `k.m`, the memory, and `k.t`, `tick`, and exports `run`. */
export function emitModule(kernel: KernelFunction): Uint8Array<ArrayBuffer> {
  return contains(kernel.body, form => form.kind === 'call') ? recursive(kernel) : single(kernel)
}

/** One function without parameters, which keeps its account in locals. */
function single(kernel: KernelFunction): Uint8Array<ArrayBuffer> {
  const body = new Body(0)
  const locals = kernel.locals.map(type => body.local(typeOf(type)))
  const account = new OwnAccount(body)
  account.begin(body)
  for (const [i, type] of kernel.locals.slice(0, kernel.params).entries()) {
    loadInput(body, i, type)
    body.set(locals[i]!)
  }
  const leave = body.open(code.block, nothing)
  const isLoop = kernel.result === 'none'
  const finish = (): void => {
    storeResult(body, kernel)
    account.report(body)
    storeState(body, 0)
    body.op(code.return)
  }
  const rounds = isLoop ? { id: kernel.id, account } : undefined
  new FormEmitter({ body, account, locals, leave, finish, self: undefined, rounds }).repeated(
    kernel.id,
    kernel.body,
  )
  body.close()
  if (isLoop) {
    for (let i = 0; i < kernel.variables; i++) {
      body.store(code.f64Store, firstSlot + i, () => asFloat(body.get(locals[i]!), kernel.locals[i]!))
    }
    account.reportComplete(body)
    storeState(body, 0)
  } else {
    account.report(body)
    storeState(body, 1)
  }
  return assemble([{ params: [], results: [], body }])
}

/** A function that calls itself, with the depth as its last parameter, and one that enters it. */
function recursive(kernel: KernelFunction): Uint8Array<ArrayBuffer> {
  const { params, result } = kernel
  if (result === 'none') throw new Error('rounds of a loop call nothing')
  const account: Account = sharedAccount
  const body = new Body(params + 1)
  const locals = kernel.locals.map((type, i) => (i < params ? i : body.local(typeOf(type))))
  const leave = body.open(code.block, nothing)
  const self = { index: 1, depth: params }
  const finish = (): void => {
    body.op(code.return)
  }
  new FormEmitter({ body, account, locals, leave, finish, self, rounds: undefined }).repeated(
    kernel.id,
    kernel.body,
  )
  body.close().op(code.unreachable)

  const run = new Body(0)
  account.begin(run)
  const types = kernel.locals.slice(0, params)
  for (const [i, type] of types.entries()) loadInput(run, i, type)
  run.load(code.f64Load, stateSlot).op(code.i32TruncF64S).call(self.index)
  storeResult(run, kernel)
  account.report(run)
  storeState(run, 0)
  return assemble([
    { params: [...types.map(typeOf), depthType], results: [typeOf(result)], body },
    { params: [], results: [], body: run },
  ])
}

function loadInput(body: Body, index: number, type: Numeric): void {
  body.load(code.f64Load, firstSlot + index)
  if (type === 'int') body.op(code.i64TruncF64S)
  else if (type === 'bool') body.op(code.i32TruncF64S)
}

function asFloat(body: Body, type: Numeric): void {
  if (type === 'int') body.op(code.f64ConvertI64S)
  else if (type === 'bool') body.op(code.f64ConvertI32S)
}

/** Stores the value on the stack where the caller finds it. */
function storeResult(body: Body, { result }: KernelFunction): void {
  if (result === 'none') return
  const value = body.temporary(typeOf(result), 'result')
  body.set(value).store(code.f64Store, firstSlot, () => asFloat(body.get(value), result))
}

function storeState(body: Body, state: number): void {
  body.store(code.f64Store, stateSlot, () => body.f64(state))
}

interface EmittedFunction {
  readonly params: readonly number[]
  readonly results: readonly number[]
  readonly body: Body
}

/** The last function is `run`. */
function assemble(functions: readonly EmittedFunction[]): Uint8Array<ArrayBuffer> {
  const module = new Bytes().push(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)
  const section = (id: number, content: Bytes): void => {
    module.push(id).sized(content)
  }
  const types = new Bytes().unsigned(functions.length + 1)
  types.push(0x60, 1, f64, 1, f64)
  for (const { params, results } of functions) {
    types
      .push(0x60)
      .unsigned(params.length)
      .push(...params)
    types.unsigned(results.length).push(...results)
  }
  section(1, types)
  const imports = new Bytes().unsigned(2)
  imports.name('k').name('m').push(0x02, 0x00).unsigned(1)
  imports.name('k').name('t').push(0x00).unsigned(0)
  section(2, imports)
  const declared = new Bytes().unsigned(functions.length)
  for (let i = 0; i < functions.length; i++) declared.unsigned(i + 1)
  section(3, declared)
  section(7, new Bytes().unsigned(1).name('run').push(0x00).unsigned(functions.length))
  const bodies = new Bytes().unsigned(functions.length)
  for (const { body } of functions) bodies.append(body.take())
  section(10, bodies)
  return module.take()
}
