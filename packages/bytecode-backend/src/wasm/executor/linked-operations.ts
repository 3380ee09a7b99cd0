import { internalError, RtfsError, RtfsMap, type Type, type Value } from '@rtfs/core'
import type { ImportedNames, ModuleHead, UnitServices } from '@rtfs/interfaces'
import type { CatchPattern } from '@rtfs/parser'
import type { Running } from './running.js'

/** A type of the program, and where the aliases it names are looked up. */
export class TypeIn {
  readonly type: Type
  readonly resolve: (name: string) => Type | undefined
  constructor(type: Type, resolve: (name: string) => Type | undefined) {
    this.type = type
    this.resolve = resolve
  }
}

/** The pattern of a catch clause, and where the aliases it names are looked up. */
export class CatchIn {
  readonly pattern: CatchPattern
  readonly resolve: (name: string) => Type | undefined
  constructor(pattern: CatchPattern, resolve: (name: string) => Type | undefined) {
    this.pattern = pattern
    this.resolve = resolve
  }
}

/** A name of a frame that code reads. */
export class Link {
  readonly #frames: LinkedFrames
  readonly #frame: number
  readonly #name: string
  #target: { read(): Value } | undefined
  constructor(frames: LinkedFrames, frame: number, name: string) {
    this.#frames = frames
    this.#frame = frame
    this.#name = name
  }

  read(): Value {
    // The frame of a module is not there before its form runs.
    this.#target ??= this.#frames.at(this.#frame).link(this.#name)
    return this.#target.read()
  }
}

/** The frames that the forms of a linked unit run in: that of the program, and those of its module forms. */
export class LinkedFrames {
  #frames: UnitServices[] = []

  /** Begins a run in the frame of the program; without one, a module that is linked cannot run. */
  begin(unit: UnitServices | undefined): void {
    this.#frames = unit === undefined ? [] : [unit]
  }

  find(frame: number): UnitServices | undefined {
    return this.#frames[frame]
  }

  at(frame: number): UnitServices {
    const unit = this.#frames[frame]
    if (unit !== undefined) return unit
    throw new RtfsError('RTFS_USAGE', 'the module needs the frame of its unit: it was compiled with `linked`')
  }

  open(frame: number, outer: number, head: ModuleHead): void {
    this.#frames[frame] = this.at(outer).openModule(head)
  }

  close(frame: number, outer: number): Value {
    return this.at(outer).closeModule(this.at(frame))
  }

  import(frame: number, request: ImportedNames): void {
    this.at(frame).import(request)
  }

  object(frame: number, kind: string, name: Value, hasName: number, properties: unknown): Value {
    if (!(properties instanceof RtfsMap)) throw internalError('the properties of an object are no map')
    return this.at(frame).object(kind, hasName === 0 ? undefined : name, properties)
  }
}

/** Registers the body of a test, which runs uncharged and at the depth of whoever runs it. */
export function registerTest(running: Running, frame: number, name: string, body: Value): void {
  running.frames.at(frame).registerTest(name, () => running.runTest(body))
}
