import { keyword } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { ast } from './ast-factories.js'
import { printExpr } from './format.js'
import { errors, last, parsed, shape } from './parser.test-util.js'

const at = { start: 0, end: 0 }
const a = ast.symbol('a', at)
const one = ast.literal(1, at)
const bind = (name: string) => ast.bind(name, at)
const param = (name: string) => ast.param(bind(name), undefined, at)
const int = ast.typeExpr({ kind: 'primitive', name: 'int' }, at)

describe('nodes', () => {
  test.each([
    ['1', one],
    ['a', a],
    ['m/f', ast.symbol('m/f', at, 'm')],
    ['org.lib:v2.1/f', ast.symbol('org.lib:v2.1/f', at, 'org.lib', '2.1')],
    ['/', ast.symbol('/', at)],
    ['[1 a]', ast.vector([one, a], at)],
    ['{a 1}', ast.map([{ key: a, value: one }], at)],
    ['(a 1)', ast.call(a, [one], at)],
    ['(:k a)', ast.call(ast.literal(keyword('k'), at), [a], at)],
    ['(if a 1)', ast.if(a, one, undefined, at)],
    ['(do)', ast.do([], at)],
    ['(and)', ast.and([], at)],
    ['(or a 1)', ast.or([a, one], at)],
    ['(let [x 1] a)', ast.let([ast.binding(bind('x'), undefined, one, at)], [a], at)],
    ['(let [x:int 1] a)', ast.let([ast.binding(bind('x'), int, one, at)], [a], at)],
    [
      '(fn [x] a)',
      ast.fn(
        { name: undefined, params: [param('x')], rest: undefined, returnType: undefined, body: [a] },
        at,
      ),
    ],
    [
      '(fn f [& r] 1)',
      ast.fn({ name: 'f', params: [], rest: param('r'), returnType: undefined, body: [one] }, at),
    ],
    [
      '(fn [x :int] :int a)',
      ast.fn(
        {
          name: undefined,
          params: [ast.param(bind('x'), int, at)],
          rest: undefined,
          returnType: int,
          body: [a],
        },
        at,
      ),
    ],
    ['(def x 1)', ast.def('x', at, undefined, one, new Map(), at)],
    ['(def x :int 1)', ast.def('x', at, int, one, new Map(), at)],
    ['(throw a)', ast.throw(a, at)],
    ['(recur-free a)', ast.call(ast.symbol('recur-free', at), [a], at)],
    ['(log-step :warn a)', ast.logStep('warn', [a], at)],
    ['(log-step a)', ast.logStep('info', [a], at)],
    ['(call :c a)', ast.hostCall(ast.literal(keyword('c'), at), [a], at)],
    ['(llm-execute a 1)', ast.hostCall(ast.literal(keyword('ccos.ai.llm-execute'), at), [a, one], at)],
    ['(get :k)', ast.contextGet('k', at)],
    ["(get 'k)", ast.contextGet('k', at)],
    ['@id', ast.taskContext('id', at)],
    ['@:id', ast.taskContext('id', at)],
    ['(resource:ref "r")', ast.resourceRef('r', at)],
    ['(the :int a)', ast.the(int, a, at)],
    ['(conforms? int a)', ast.conforms(int, a, at)],
    ['(discover-agents a)', ast.discoverAgents(a, undefined, at)],
    [
      '(parallel [x 1] [y int a])',
      ast.parallel(
        [
          { name: 'x', type: undefined, init: one },
          { name: 'y', type: int, init: a },
        ],
        at,
      ),
    ],
    ['(with-resource [f int a] 1)', ast.withResource('f', int, a, [one], at)],
    ['(dotimes [i a] 1)', ast.dotimes('i', a, [one], at)],
    ['^{:runtime.x 1} a', ast.withMetadata(new Map([['runtime.x', 1]]), a, at)],
    ['(deftype T :int)', ast.deftype('T', int, at)],
    ['(import m.n :as m :only [f g])', ast.import('m.n', 'm', ['f', 'g'], false, at)],
    ['(import [m.n :as m])', ast.import('m.n', 'm', undefined, false, at)],
    ['(import m.n :refer [f] :only [g f])', ast.import('m.n', undefined, ['f', 'g'], false, at)],
    ['(import m.n :refer :all)', ast.import('m.n', undefined, undefined, true, at)],
    ['(intent "n" :goal a)', ast.object('intent', 'n', [{ key: 'goal', value: a }], at)],
    ['(intent :goal a)', ast.object('intent', undefined, [{ key: 'goal', value: a }], at)],
  ])('%s', (text, expected) => expect(shape(last(text))).toEqual(shape(expected)))
})

describe('rewriting', () => {
  test.each([
    ['(when a b c)', '(if a (do b c))'],
    ['(when a b)', '(if a b)'],
    ['(when-not a b c)', '(if a nil (do b c))'],
    ['(unless a b)', '(if a nil b)'],
    ['(cond)', 'nil'],
    ['(cond a 1 :else 2)', '(if a 1 (if :else 2))'],
    ['(case x 1 :a (2 3) :b [4] :c q :d :z)', "(case x 1 :a (2 3) :b [4] :c 'q :d :z)"],
    ['(-> x (f a) g :k .m (.n 1))', '(n (m (:k (g (f x a)))) 1)'],
    ['(->> x (f a) g)', '(g (f a x))'],
    ['(-> x)', 'x'],
    ['(letrec [f (fn [] (g)) g (fn [] 1)] (f))', '(let [f (fn [] (g)) g (fn [] 1)] (f))'],
    ['(if-let [a (f)] a)', '(let [a (f)] (if a a))'],
    ['(when-let [a (f)] 1 a)', '(let [a (f)] (if a (do 1 a)))'],
    ['(if-let [[a] (f)] a b)', '(let [%if-let (f)] (if %if-let (let [[a] %if-let] a) b))'],
    ['(if-let [a :int (f)] a)', '(let [%if-let (f)] (if %if-let (let [a :int %if-let] a)))'],
    ['(.getMessage e)', '(getMessage e)'],
    ['(.if e)', '(.if e)'],
    ['(Exception. "m")', '(Exception. "m")'],
    ['#(+ % (* 2 %2))', '(fn [%1 %2] (+ %1 (* 2 %2)))'],
    ['#(f %3 %&)', '(fn [%1 %2 %3 & %&] (f %3 %&))'],
    ['#(f)', '(fn [] (f))'],
    ["'#(f %)", "'(fn [%1] (f %1))"],
    ["'5", '5'],
    ["'^:a :k", ':k'],
    ["'()", '()'],
    ['(quote a)', "'a"],
    ["'('a `b ~c @id)", "'((quote a) (quasiquote b) (unquote c) @id)"],
    ['(λ [x] x)', '(fn [x] x)'],
    ['(let [{n :name [x] :pos} m] n)', '(let [{n :name :pos [x]} m] n)'],
    ['(let [{:keys [a ns/b] :strs [c] :or {a 1}} m] a)', '(let [{a :a b :ns/b c "c" :or {a 1}} m] a)'],
    ['(step-if :expose-context true a b)', '(step-if {:expose-context true} a b)'],
    ['(defstruct P :x Float :y string?)', '(defstruct P :x :float :y :string?)'],
    ['(fn [x : Int & rest : :string] : Int x)', '(fn [x :int & rest :string] :int x)'],
    ['(fn [x:int y:int]:int x)', '(fn [x :int y :int] :int x)'],
    [
      '(match x (:as n [a & b]) when a b {:k 1 & _} 2 (:is int) 3)',
      '(match x (:as n [a & b]) when a b {:k 1 & _} 2 (:is :int) 3)',
    ],
    ['(for [x xs :when a y ys :let [z 1] :while b] x)', '(for [x xs :when a y ys :let [z 1] :while b] x)'],
  ])('%s is %s', (text, expected) => expect(printExpr(last(text))).toBe(expected))

  test('rewritten forms keep the span of what was written', () => {
    const text = '(-> x (f a) g)'
    const outer = last(text)
    const inner = outer.kind === 'call' ? outer.args[0]! : outer
    expect([text.slice(outer.start, outer.end), text.slice(inner.start, inner.end)]).toEqual(['g', '(f a)'])
  })
})

describe('annotation or value', () => {
  test.each([
    ['(let [x :int 1] x)', '(let [x :int 1] x)', true],
    ['(let [x :int] x)', '(let [x :int] x)', false],
    ['(let [a :k b 2] a)', '(let [a :k b 2] a)', false],
    ['(let [a :k b :m c] a)', '(let [a :k b :m c] a)', false],
    ['(let [a :x b c d e] a)', '(let [a :x b c d e] a)', false],
    ['(let [a :x b [c] d] a)', '(let [a :x b [c] d] a)', true],
    ['(let [a :x [b] c] a)', '(let [a :x [b] c] a)', false],
    ['(let [x :int 1 y :string "a" z :k] x)', '(let [x :int 1 y :string "a" z :k] x)', true],
    ['(let [x : int 1] x)', '(let [x :int 1] x)', true],
    ['(let [x :[:vector :int] [1]] x)', '(let [x :[:vector :int] [1]] x)', true],
    ['(loop [x :int 1] x)', '(loop [x :int 1] x)', true],
  ])('%s', (text, expected, annotated) => {
    const node = last(text)
    expect(printExpr(node)).toBe(expected)
    expect((node.kind === 'let' || node.kind === 'loop') && node.bindings[0]!.type !== undefined).toBe(
      annotated,
    )
  })

  test.each([
    ['(fn [] :ok)', undefined, 1],
    ['(fn [] :a :b)', 'a', 1],
    ['(fn [x] : int x)', 'int', 1],
    ['(fn ^:delegation :l4 [x] :int)', 'int', 0],
    ['(fn ^:delegation :local [x] :int)', undefined, 1],
    ['(fn ^:delegation :remote "m" [x])', undefined, 0],
    ['(fn [x] {:pre 1} x)', undefined, 2],
  ])('%s', (text, type, body) => {
    const node = last(text)
    if (node.kind !== 'fn') throw new Error(node.kind)
    const found = node.returnType?.type
    expect(found !== undefined && 'name' in found ? found.name : undefined).toBe(type)
    expect(node.body).toHaveLength(body)
  })
})

describe('metadata', () => {
  test.each([
    ['before the form', '^:delegation :l4 ^{:a 1} (defn f "d" [x] x)'],
    ['before the name', '(defn ^:delegation :l4 ^{:a 1} f "d" [x] x)'],
    ['after the name', '(defn f ^:delegation :l4 ^{:a 1} "d" [x] x)'],
    ['before the parameters', '(defn f "d" ^{:a 1} ^:delegation :l4 [x] x)'],
    ['in one map', '(defn f "d" ^{:a 1 :delegation :l4} [x] x)'],
  ])('of a function: %s', (_, text) => {
    expect(last(text)).toMatchObject({
      kind: 'defn',
      fn: { hint: { kind: 'l4' }, doc: 'd', meta: new Map([['a', 1]]) },
    })
  })

  test.each([
    ['(defn f "doc" [x] x)', 'doc'],
    ['(defn f ^{:doc "m"} [x] x)', 'm'],
    ['(defn f [x] "first" x)', 'first'],
    ['(defn f [x] "only")', undefined],
    ['(def f (fn [x] "first" x))', undefined],
  ])('docstring of %s', (text, doc) => {
    const node = last(text)
    expect(
      node.kind === 'defn'
        ? node.fn.doc
        : node.kind === 'def' && node.init.kind === 'fn'
          ? node.init.doc
          : 'none',
    ).toBe(doc)
  })

  test('a hint before a def goes to its function', () => {
    expect(last('(def ^:delegation :remote "m" f (fn [x] x))')).toMatchObject({
      init: { hint: { kind: 'remote', id: 'm' } },
    })
  })
})

describe('names', () => {
  test.each([
    ['a parameter', '((fn [when] (when 1)) inc)'],
    ['a let', '(let [case inc] (case 1))'],
    ['a later function of the same let', '(let [f (fn [] (step "x")) step (fn [x] x)] (f))'],
    ['a definition', '(defn get [x] x) (get :k)'],
    ['a definition that comes later', '(defn f [] (when 1)) (defn when [x] x)'],
    ['an imported name', '(import m :only [cond]) (cond 1)'],
    ['a match pattern', '(match 1 call (call))'],
    ['a caught error', '(try 1 (catch throw (throw)))'],
    ['a for binding', '(for [loop xs] (loop))'],
  ])('a special form can be shadowed by %s', (_, text) => expect(errors(text)).toEqual([]))

  test.each([
    ['after its let', '(do (let [when 1] when) (when))'],
    ['outside of the function', '(do (fn [when] 1) (when))'],
    ['in the other clause', '(match 1 when 1 _ (when))'],
    ['after the module', '(module m (defn when [x] x)) (when)'],
  ])('and is itself again %s', (_, text) => expect(errors(text)).toEqual(['P002 (when)']))

  test('names known before the text shadow, too', () => {
    expect(errors('(when 1)', { knownGlobals: new Set(['when']) })).toEqual([])
    expect(errors('(if 1)', { knownGlobals: new Set(['if']) })).toEqual(['P002 (if 1)'])
  })

  test.each([
    ['(let [if 1] 2)', 'P001 if'],
    ['(fn [let] 2)', 'P001 let'],
    ['(def fn 1)', 'P001 fn'],
    ['(defn recur [] 1)', 'P001 recur'],
    ['(defmacro is [] 1)', 'P001 is'],
    ['(defstruct import)', 'P001 import'],
    ['(for [do xs] 1)', 'P001 do'],
    ['(match 1 let 2)', 'P001 let'],
    ['(try 1 (catch e if 2))', 'P001 if'],
    ['(parallel [the 1])', 'P001 the'],
    ['(let [a/b 1] 2)', 'P001 a/b'],
    ['(let [@a 1] 2)', 'P001 @a'],
    ['(let [& 1] 2)', 'P001 &'],
    ['(let [5 1] 2)', 'P001 5'],
    ['(let [(a) 1] 2)', 'P001 (a)'],
    ['(fn [x x] 1)', 'P001 x'],
    ['(fn [x & x] 1)', 'P001 x'],
    ['(let [[a a] x] 1)', 'P001 a'],
    ['(let [{:keys [a] a :b} x] 1)', 'P001 a'],
    ['(let [[a:int] x] 1)', 'P001 a:int'],
  ])('%s cannot be bound', (text, expected) => expect(errors(text)).toEqual([expected]))

  test('an alias may be any name', () => {
    expect(printExpr(last('(import m :as fn) (fn/curry 1)'))).toBe('(fn/curry 1)')
    expect(errors('(let [x 1 x 2] x)')).toEqual([])
    expect(errors('(fn [_ _] 1)')).toEqual([])
  })
})

describe('recur', () => {
  test.each([
    '(loop [i 0] (recur 1))',
    '(fn [a b] (recur 1 2))',
    '(fn [a & r] (recur 1 []))',
    '(defn f [x] (if x 1 (do 2 (recur x))))',
    '(loop [i 0] (let [x 1] (when x (cond x (case 1 1 (match 1 _ (and 1 (or 2 (recur 3)))))))))',
    '(loop [i 0] (if-let [x 1] (recur x) (recur 2)))',
    '(loop [i 0] (fn [x y] (recur 1 2)))',
    '(loop [i 0] (-> 1 (recur)))',
  ])('%s', text => expect(errors(text)).toEqual([]))

  test.each([
    ['(recur)', 'P001 (recur)'],
    ['(loop [i 0] (+ 1 (recur 1)))', 'P001 (recur 1)'],
    ['(loop [i (recur)] 1)', 'P001 (recur)'],
    ['(loop [i 0] (recur 1) 2)', 'P001 (recur 1)'],
    ['(loop [i 0] (if (recur 1) 1 2))', 'P001 (recur 1)'],
    ['(loop [i 0] (try (recur 1) (catch e 1)))', 'P001 (recur 1)'],
    ['(loop [i 0] (with-resource [f int 1] (recur 1)))', 'P001 (recur 1)'],
    ['(loop [i 0] (step "s" (recur 1)))', 'P001 (recur 1)'],
    ['(loop [i 0] (parallel [a (recur 1)]))', 'P001 (recur 1)'],
    ['(loop [i 0] (for [x xs] (recur 1)))', 'P001 (recur 1)'],
    ['(loop [i 0] (match 1 x when (recur 1) 2))', 'P001 (recur 1)'],
    ['(loop [i 0] (recur 1 2))', 'P001 (recur 1 2)'],
    ['(fn [a] (recur))', 'P001 (recur)'],
  ])('%s', (text, expected) => expect(errors(text)).toEqual([expected]))
})

describe('try', () => {
  test.each([
    ['_', { kind: 'catch-any' }, ['e']],
    [':any', { kind: 'catch-any' }, ['e']],
    [':error/any', { kind: 'catch-any' }, ['e']],
    [':network', { kind: 'catch-type', type: 'network' }, ['e']],
    [':order/bad', { kind: 'catch-type', type: 'order/bad' }, ['e']],
    ['DivisionByZero', { kind: 'catch-kind', errorKind: 'DivisionByZero' }, ['e']],
    ['Exception', { kind: 'catch-any' }, ['e']],
    ['RuntimeError', { kind: 'catch-any' }, ['e']],
    ['Known', { kind: 'catch-conforms', type: { kind: 'ref', name: 'Known' } }, ['e']],
    ['[:vector :int]', { kind: 'catch-conforms' }, ['e']],
    ['other', { kind: 'catch-any' }, ['other', 'e']],
    ['Unknown', { kind: 'catch-any' }, ['Unknown', 'e']],
    ['e', { kind: 'catch-any' }, ['e']],
  ])('catch %s', (pattern, expected, names) => {
    const node = last(`(deftype Known :map) (try 1 (catch ${pattern} e 2))`)
    expect(node).toMatchObject({ kind: 'try', catches: [{ pattern: expected, names, body: [{ value: 2 }] }] })
  })

  test('a symbol after the pattern is a name only if a body follows', () => {
    expect(last('(try 1 (catch :x e))')).toMatchObject({
      catches: [{ names: [], body: [{ kind: 'symbol', name: 'e' }] }],
    })
  })

  test.each([
    ['a qualified name', '(try 1 (catch geo/Point e 2))'],
    ['an imported name', '(import geo :only [Point]) (try 1 (catch Point e 2))'],
  ])('%s is a type', (_, text) => {
    expect(last(text)).toMatchObject({ catches: [{ pattern: { kind: 'catch-conforms' }, names: ['e'] }] })
  })

  test('types known before the text count', () => {
    const node = last('(try 1 (catch Known e 2))', { knownTypes: new Set(['Known']) })
    expect(node).toMatchObject({ catches: [{ pattern: { kind: 'catch-conforms' } }] })
  })
})

describe('objects, modules, tests', () => {
  test('code of a plan is kept as data, other properties are expressions', () => {
    const node = last('(plan demo :language rtfs20 :program (do (f)) :status (g))')
    expect(node).toMatchObject({
      kind: 'object',
      properties: [
        { key: 'language', value: { kind: 'quote' } },
        { key: 'program', value: { kind: 'quote' } },
        { key: 'status', value: { kind: 'call' } },
      ],
    })
  })

  test.each([
    ['an odd shape', '(intent x :a)'],
    ['no keyword', '(intent x y 1)'],
    ['not at the top level', '(let [] (intent x))'],
    ['shadowed', '(defn task [x] x) (task x)'],
    ['shadowed later', '(do (task x) (defn task [x] x))'],
  ])('an ordinary call: %s', (_, text) => {
    const node = last(text)
    const call = node.kind === 'let' ? node.body[0]! : node.kind === 'do' ? node.body[0]! : node
    // In a `do` at the top level only the names of the whole unit are known beforehand.
    expect(call.kind).toBe('call')
  })

  test('a module', () => {
    const node = last('(module a.b "Doc." (:exports [f g]) (import c) (defn f [] 1))')
    expect(node).toMatchObject({
      name: 'a.b',
      doc: 'Doc.',
      exports: ['f', 'g'],
      forms: [{ kind: 'import' }, { kind: 'defn' }],
    })
  })

  test('types and macros of a module end with it', () => {
    expect(last('(module m (deftype T :map)) (try 1 (catch T e 2))')).toMatchObject({
      catches: [{ names: ['T', 'e'] }],
    })
    expect([...parsed('(module m (defmacro t [] 1)) (defmacro u [] 1)').macros.keys()]).toEqual(['u'])
  })

  test('a module sees nothing of the program around it', () => {
    const text = '(defn when [x] x) (deftype T :map) (module m (try (when 1 2) (catch T e 3)))'
    expect(last(text, { knownGlobals: new Set(['when']) })).toMatchObject({
      forms: [{ body: [{ kind: 'if' }], catches: [{ pattern: { kind: 'catch-any' }, names: ['T', 'e'] }] }],
    })
  })

  test('is keeps the source of its form', () => {
    expect(last('(deftest t (is (=  1 2) "m"))')).toMatchObject({ name: 't', body: [{ text: '(=  1 2)' }] })
  })
})
