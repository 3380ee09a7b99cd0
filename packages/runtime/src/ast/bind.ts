import type { Value } from '@rtfs/core'
import type { Expr, Pattern } from '@rtfs/parser'
import { mapForPattern, restOfMap, restOfSequence, sequenceForPattern } from '../shared/patterns.js'
import type { Done } from './continuation.js'
import type { NewFrame } from './frame.js'
import type { Machine } from './machine.js'

/** What is left to bind, the next thing last: a part of the pattern, a name, or a default to evaluate. */
type Task =
  | { readonly kind: 'part'; readonly pattern: Pattern; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string; readonly value: Value }
  | { readonly kind: 'default'; readonly pattern: Pattern; readonly expr: Expr }

/**
 * Destructures a value into a frame (LANGUAGE §6), left to right. True when it is done; false when an `:or` default
 * has to be evaluated first: `done` is called when the rest is bound then.
 */
export function bind(
  machine: Machine,
  pattern: Pattern,
  value: Value,
  frame: NewFrame,
  done: () => Done,
): boolean {
  if (pattern.kind === 'bind') {
    frame.bind(pattern.name, value)
    return true
  }
  if (pattern.kind === 'wildcard') return true
  return bindTasks(machine, [{ kind: 'part', pattern, value }], frame, done)
}

function bindTasks(machine: Machine, tasks: Task[], frame: NewFrame, done: () => Done): boolean {
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    switch (task.kind) {
      case 'name':
        frame.bind(task.name, task.value)
        break
      case 'part':
        takeApart(machine, task.pattern, task.value, frame, tasks)
        break
      case 'default': {
        const { pattern, expr } = task
        machine.after(expr, frame.plain, value => {
          tasks.push({ kind: 'part', pattern, value })
          if (bindTasks(machine, tasks, frame, done)) done()
        })
        return false
      }
    }
  }
  return true
}

/** Adds the parts of a pattern to the tasks, the first one last. */
function takeApart(machine: Machine, pattern: Pattern, value: Value, frame: NewFrame, tasks: Task[]): Done {
  switch (pattern.kind) {
    case 'bind':
      return frame.bind(pattern.name, value)
    case 'wildcard':
      return
    case 'vector-pattern': {
      machine.at(pattern, frame.plain.unit)
      const sequence = sequenceForPattern(value)
      if (pattern.as !== undefined) tasks.push({ kind: 'name', name: pattern.as, value })
      if (pattern.rest !== undefined) {
        const rest = restOfSequence(sequence, pattern.elements.length, machine.meter)
        tasks.push({ kind: 'part', pattern: pattern.rest, value: rest })
      }
      for (let i = pattern.elements.length - 1; i >= 0; i--) {
        const element = i < sequence.size ? sequence.at(i) : null
        tasks.push({ kind: 'part', pattern: pattern.elements[i]!, value: element })
      }
      return
    }
    case 'map-pattern': {
      machine.at(pattern, frame.plain.unit)
      const map = mapForPattern(value)
      if (pattern.as !== undefined) tasks.push({ kind: 'name', name: pattern.as, value })
      if (pattern.rest !== undefined) {
        const keys = pattern.entries.map(entry => entry.key)
        tasks.push({ kind: 'name', name: pattern.rest, value: restOfMap(map, keys, machine.meter) })
      }
      for (let i = pattern.entries.length - 1; i >= 0; i--) {
        const entry = pattern.entries[i]!
        const found = map.get(entry.key)
        if (found === undefined && entry.default !== undefined) {
          tasks.push({ kind: 'default', pattern: entry.pattern, expr: entry.default })
        } else {
          tasks.push({ kind: 'part', pattern: entry.pattern, value: found ?? null })
        }
      }
      return
    }
  }
}
