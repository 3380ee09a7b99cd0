import { RtfsVector, types } from '@rtfs/core'
import { expect, test } from 'vitest'
import { ir, mapChildren, type Node, type Unit, verifyUnit } from './index.js'
import { unitOf } from './programs.test-util.js'

/** The unit with the first node of a kind replaced. */
function changed<K extends Node['kind']>(
  unit: Unit,
  kind: K,
  change: (node: Extract<Node, { kind: K }>) => Node,
): Unit {
  let done = false
  const visit = (node: Node): Node => {
    if (!done && node.kind === kind) {
      done = true
      return change(node as Extract<Node, { kind: K }>)
    }
    return mapChildren(node, visit)
  }
  return { ...unit, forms: unit.forms.map(visit) }
}

const at = { id: 8, type: types.any, span: { start: 0, end: 0 } }

const cases: readonly (readonly [string, Unit, RegExp])[] = [
  [
    'an id that occurs twice',
    changed(unitOf('[1 2]'), 'vector', node => ({
      ...node,
      elements: [node.elements[0]!, node.elements[0]!],
    })),
    /id 2 occurs twice/,
  ],
  [
    'an id beyond the last one',
    changed(unitOf('1'), 'literal', node => ({ ...node, id: 99 })),
    /id 99 is not in 1…1/,
  ],
  ['an id that is no count', changed(unitOf('1'), 'literal', node => ({ ...node, id: 0.5 })), /id 0.5/],
  [
    'a node without type',
    changed(unitOf('1'), 'literal', node => ({ ...node, type: undefined as never })),
    /has no type/,
  ],
  [
    'a place that ends before it starts',
    changed(unitOf('1'), 'literal', node => ({ ...node, span: { start: 2, end: 1 } })),
    /ends before/,
  ],
  ['a reference out of scope', withRefOutside(), /is not in scope/],
  [
    'a reference by another name',
    changed(unitOf('(let [x 1] x)'), 'ref', node => ({ ...node, name: 'y' })),
    /y is called x/,
  ],
  [
    'a global with a variable',
    changed(unitOf('(def x 1) x'), 'ref', node => ({ ...node, variable: 1 })),
    /not local/,
  ],
  [
    'an unknown library function',
    changed(unitOf('inc'), 'ref', node => ({ ...node, name: 'no-such' })),
    /no library function/,
  ],
  [
    'a library function by its alias',
    changed(unitOf('count'), 'ref', node => ({ ...node, name: 'length' })),
    /no library function/,
  ],
  [
    'a missing capture',
    changed(unitOf('(let [x 1] (fn [] x))'), 'lambda', node => ({ ...node, captures: [] })),
    /without capturing/,
  ],
  [
    'a capture without use',
    changed(unitOf('(let [x 1] (fn [] 1))'), 'lambda', node => ({
      ...node,
      captures: [{ id: 2, name: 'x', cell: false }],
    })),
    /without using/,
  ],
  [
    'a capture that is another variable',
    changed(unitOf('(let [x 1] (fn [] x))'), 'lambda', node => ({
      ...node,
      captures: node.captures.map(v => ({ ...v, cell: true })),
    })),
    /as another variable/,
  ],
  [
    'a tail call in an argument',
    changed(unitOf('(fn [g] (g 1))'), 'apply', node => ({
      ...node,
      args: [ir.apply(at, node.callee, [], 'yes')],
    })),
    /tail is 'yes' where 'no'/,
  ],
  [
    'a tail call past a result check',
    changed(unitOf('(fn [g] :int (g 1))'), 'apply', node => ({ ...node, tail: 'yes' })),
    /tail is 'yes' where 'self'/,
  ],
  [
    'a tail call outside of functions',
    changed(unitOf('(str 1)'), 'apply', node => ({ ...node, tail: 'yes' })),
    /tail is 'yes'/,
  ],
  [
    'recur to nowhere',
    changed(unitOf('(loop [i 0] (recur i))'), 'recur', node => ({ ...node, target: 77 })),
    /77 is not what a recur here/,
  ],
  [
    'recur with too many arguments',
    changed(unitOf('(loop [i 0] (recur i))'), 'recur', node => ({
      ...node,
      args: [...node.args, ir.literal(at, 1)],
    })),
    /2 arguments for 1/,
  ],
  [
    'recur that is not last',
    changed(unitOf('(loop [i 0] (recur i))'), 'loop', node => ({
      ...node,
      body: [...node.body, ir.literal(at, 1)],
    })),
    /is not what a recur here/,
  ],
  [
    'def of a cell that the frame does not declare',
    changed(unitOf('(fn [] (def x 1))'), 'lambda', node => ({ ...node, declares: [] })),
    /not declared by its frame/,
  ],
  [
    'def without cell in a frame',
    changed(unitOf('(fn [] (def x 1))'), 'def', node => ({ ...node, variable: undefined })),
    /in a frame without a cell/,
  ],
  ['def of a captured cell', defOfOuter(), /not declared by its frame/],
  [
    'a declared variable that is no cell',
    changed(unitOf('(fn [] (def x 1))'), 'lambda', node => ({
      ...node,
      declares: node.declares.map(v => ({ ...v, cell: false })),
    })),
    /which is no cell/,
  ],
  [
    'match of a name not bound before',
    changed(unitOf('(match 1 [x x] x)'), 'match', node => ({
      ...node,
      clauses: node.clauses.map(clause => ({
        ...clause,
        pattern: { kind: 'match-same', variable: { id: 3, name: 'x', cell: false } },
      })),
    })),
    /not bound before/,
  ],
  [
    'a collection as literal',
    changed(unitOf('1'), 'literal', node => ({ ...node, value: RtfsVector.empty })),
    /collection as literal/,
  ],
  [
    'a module below the top level',
    changed(unitOf('(module m 1) (fn [] 2)'), 'lambda', node => ({
      ...node,
      body: [
        ir.module(at, { name: 'n', doc: undefined, exports: undefined, body: [], globals: [], privates: [] }),
      ],
    })),
    /module below/,
  ],
  ['a charge of nothing', changed(unitOf('1'), 'literal', node => ir.charge(at, 0, node)), /charges nothing/],
  [
    'params without their variable',
    changed(unitOf('(step "s" :params {"a" 1} 1)'), 'step', node => ({ ...node, paramsVariable: undefined })),
    /params without/,
  ],
]

/** `[(let [x 1] x) x]` with the second `x` resolved to the first one's variable. */
function withRefOutside(): Unit {
  const unit = unitOf('[(let [x 1] x) 2]')
  return changed(unit, 'vector', vector => {
    const [inside] = vector.elements
    const binding = inside?.kind === 'let' ? inside.bindings[0] : undefined
    if (inside === undefined || binding?.pattern.kind !== 'bind') throw new Error('another shape')
    return { ...vector, elements: [inside, ir.ref(at, 'local', 'x', binding.pattern.variable.id)] }
  })
}

function defOfOuter(): Unit {
  const unit = unitOf('(fn [] (def x 1) (fn [] x))')
  return changed(unit, 'lambda', outer => ({
    ...outer,
    body: outer.body.map(node => {
      if (node.kind !== 'lambda') return node
      return {
        ...node,
        body: [
          ir.def(
            { ...at, id: unit.lastId + 1 },
            'x',
            outer.declares[0],
            ir.literal({ ...at, id: unit.lastId + 2 }, 2),
          ),
          ...node.body,
        ],
      }
    }),
  }))
}

test('the units that the cases start from are well formed', () => {
  for (const text of ['[1 2]', '(let [x 1] (fn [] x))', '(loop [i 0] (recur i))', '(fn [] (def x 1))']) {
    expect(verifyUnit(unitOf(text))).toEqual([])
  }
})

test.each(cases)('%s', (_, unit, message) => {
  const problems = verifyUnit(unit)
  expect(problems.map(problem => problem.message).join('\n')).toMatch(message)
})
