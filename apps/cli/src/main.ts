#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Script } from 'node:vm'

/*
 * Starts the bundle of this command (`bundle.mjs`) with the code that V8 has compiled at build time: loading and
 * compiling the modules one by one takes most of the time of a short command. V8 checks whether the code is its own
 * and fits the bundle; where it does not, as with another Node, it compiles as usual.
 */
const directory = new URL('.', import.meta.url)
const bundle = new URL('rtfs.cjs', directory)

interface Command {
  runProcess(args: readonly string[]): Promise<void>
}

function read(name: string): Buffer | undefined {
  try {
    return readFileSync(new URL(name, directory))
  } catch {
    return undefined
  }
}

function load(text: Buffer): Command {
  const filename = decodeURIComponent(bundle.pathname)
  const cachedData = read(`rtfs-${process.versions.v8}-${process.arch}.cache`)
  const script = new Script(`(function (module, require) {${text.toString('latin1')}\n})`, {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  const module = { exports: {} }
  script.runInThisContext()(module, createRequire(import.meta.url))
  return module.exports as Command
}

const text = read('rtfs.cjs')
const command = text === undefined ? await import('./run-process.js') : load(text)
await command.runProcess(process.argv.slice(2))
