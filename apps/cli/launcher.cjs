#!/usr/bin/env node
'use strict'
// Becomes `dist/main.cjs`: starts the bundle beside it with the code that V8 compiled of it at build time. Loading and
// compiling the modules one by one takes most of the time of a short command. V8 checks whether the code is its own;
// where it is not, as with another Node, it compiles as usual. No ES module: their loader takes milliseconds, too.
const { readFileSync } = require('node:fs')
const { Script } = require('node:vm')

function read(name, encoding) {
  try {
    return readFileSync(`${__dirname}/${name}`, encoding)
  } catch {
    return undefined
  }
}

const text = read('rtfs.cjs', 'latin1')
if (text === undefined) import('./main.js')
else {
  const cachedData = read(`rtfs-${process.versions.v8}-${process.arch}.cache`)
  const script = new Script(`(function (module, require) {${text}\n})`, {
    filename: `${__dirname}/rtfs.cjs`,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  const loaded = { exports: {} }
  script.runInThisContext()(loaded, require)
  loaded.exports.runProcess(process.argv.slice(2))
}
