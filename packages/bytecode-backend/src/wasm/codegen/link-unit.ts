import { primitive } from '@rtfs/core'
import type { CompileOptions, ModuleHead } from '@rtfs/interfaces'
import { forEachChild, type LambdaNode, type ModuleNode, mapChildren, type Node, type Unit } from '@rtfs/ir'
import { topLevelForms } from './globals.js'

/** A module form begins or ends here. */
export interface ModuleStep {
  readonly step: 'open' | 'close'
  /** Number of the frame of the module. */
  readonly frame: number
  /** Number of the frame around. */
  readonly outer: number
  readonly head: ModuleHead
}

/** What a unit whose frames are the host's is compiled as. */
export interface Linkage {
  /** The frame that each form of the top level runs in. */
  readonly frames: ReadonlyMap<Node, number>
  /** The frames of functions inside modules, by node id; all others are those of the program, 0. */
  readonly lambdaFrames: ReadonlyMap<number, number>
  readonly steps: ReadonlyMap<Node, ModuleStep>
  /** Functions, by node id, whose calls the host is asked about. */
  readonly asks: ReadonlySet<number>
  /** Globals, by their names in the unit, that others may define anew. */
  readonly open: ReadonlySet<string>
}

/** A unit with its modules laid out as forms of the top level. */
export interface LinkedUnit {
  readonly unit: Unit
  readonly linkage: Linkage
}

/** The name in the unit of a global of a frame. No name of the language has a space. */
function globalIn(frame: number, name: string): string {
  return frame === 0 ? name : `${frame} ${name}`
}

/** The name that a global has in its frame. */
export function nameInFrame(global: string): string {
  return global.slice(global.indexOf(' ') + 1)
}

/**
 * Lays the modules of a unit out: their forms run in the place of the module form, between two steps that make the
 * frame and register the module; their globals get names of their own. Tests become functions.
 */
export function linkUnit(unit: Unit, { open = [], delegates }: CompileOptions): LinkedUnit {
  const linker = new Linker(unit, delegates)
  linker.lay(topLevelForms(unit), 0, undefined)
  const { frames, lambdaFrames, steps, asks, forms, globals, lastId } = linker
  return {
    unit: { ...unit, forms, globals: [...unit.globals, ...globals], lastId },
    linkage: { frames, lambdaFrames, steps, asks, open: new Set(open) },
  }
}

class Linker {
  readonly forms: Node[] = []
  readonly globals: string[] = []
  readonly frames = new Map<Node, number>()
  readonly lambdaFrames = new Map<number, number>()
  readonly steps = new Map<Node, ModuleStep>()
  readonly asks = new Set<number>()
  readonly #delegates: CompileOptions['delegates']
  lastId: number
  #lastFrame = 0

  constructor(unit: Unit, delegates: CompileOptions['delegates']) {
    this.#delegates = delegates
    this.lastId = unit.lastId
  }

  lay(forms: readonly Node[], frame: number, module: ModuleNode | undefined): void {
    for (const form of forms) {
      if (form.kind === 'module') {
        this.#layModule(form, frame)
        continue
      }
      const placed = frame === 0 ? form : rename(form, frame)
      const laid =
        placed.kind === 'deftest' ? { ...placed, body: [this.#test(placed)], declares: [] } : placed
      this.#note(laid, frame, module?.name)
      this.#add(laid, frame)
    }
  }

  #layModule(node: ModuleNode, outer: number): void {
    const frame = ++this.#lastFrame
    const { name, doc, exports, privates, globals, body } = node
    const head: ModuleHead = { name, doc, exports, privates, globals }
    this.globals.push(...globals.map(global => globalIn(frame, global)))
    const empty = { ...node, body: [] }
    const step = (kind: ModuleStep['step'], form: Node): void => {
      this.steps.set(form, { step: kind, frame, outer, head })
      this.#add(form, outer)
    }
    step('open', { ...empty, id: ++this.lastId })
    this.lay(topLevelForms(unitOf(body)), frame, node)
    step('close', empty)
  }

  #add(form: Node, frame: number): void {
    this.forms.push(form)
    this.frames.set(form, frame)
  }

  /** The body of a test as a function, to be called when the test runs. */
  #test(node: Node & { readonly kind: 'deftest' }): LambdaNode {
    return {
      kind: 'lambda',
      id: ++this.lastId,
      type: primitive('any'),
      span: node.span,
      name: undefined,
      self: undefined,
      params: [],
      rest: undefined,
      returnType: undefined,
      returnSpan: undefined,
      body: node.body,
      declares: node.declares,
      captures: [],
      hint: undefined,
      doc: undefined,
      meta: new Map(),
    }
  }

  /** Notes in which frame functions are, and which the host is asked about. */
  #note(node: Node, frame: number, module: string | undefined): void {
    if (node.kind === 'lambda') {
      if (frame !== 0) this.lambdaFrames.set(node.id, frame)
      if (node.body.length === 0 && node.hint !== undefined) this.asks.add(node.id)
    } else if (node.kind === 'def') {
      const init = node.init.kind === 'cast' ? node.init.value : node.init
      if (init.kind === 'lambda' && init.name !== undefined) {
        const symbol = module === undefined ? init.name : `${module}/${init.name}`
        const asked = this.#delegates?.(symbol, node.variable === undefined, init.hint !== undefined)
        if (asked === true) this.asks.add(init.id)
      }
    }
    forEachChild(node, child => this.#note(child, frame, module))
  }
}

function unitOf(forms: readonly Node[]): Unit {
  return { kind: 'unit', version: 1, forms, globals: [], lastId: 0 }
}

/** The same code with the globals of a module under their names in the unit. */
function rename(node: Node, frame: number): Node {
  const inner = mapChildren(node, child => rename(child, frame))
  switch (inner.kind) {
    case 'ref':
      return inner.scope === 'global' ? { ...inner, name: globalIn(frame, inner.name) } : inner
    case 'def':
    case 'defstruct':
      return inner.variable === undefined ? { ...inner, name: globalIn(frame, inner.name) } : inner
    default:
      return inner
  }
}
