import { hasErrors, parse } from '@rtfs/parser'
import { formatUnit, type LowerOptions, lower, type Unit, verifyUnit } from './index.js'

/** The unit of a program text; fails when the text has errors or lowering gives an ill-formed unit. */
export function unitOf(text: string, options?: LowerOptions): Unit {
  const parsed = parse(text)
  if (hasErrors(parsed))
    throw new Error(`${text}\n${parsed.diagnostics.map(each => each.message).join('\n')}`)
  const { unit } = lower(parsed.program, options)
  requireVerified(unit, text)
  return unit
}

/** Fails with the program when a unit is not well formed. */
export function requireVerified(unit: Unit, text: string): void {
  const problems = verifyUnit(unit)
  if (problems.length === 0) return
  throw new Error(
    `${text}\n${problems.map(each => `${each.id}: ${each.message}`).join('\n')}\n${formatUnit(unit)}`,
  )
}

/** The brief IR text of the forms of a program, on one line. */
export function irOf(text: string, options?: LowerOptions): string {
  return briefForms(unitOf(text, options))
}

/** The brief text of the forms of a unit, on one line. */
export function briefForms(unit: Unit): string {
  const text = formatUnit(unit, { brief: true })
    .replace(/\n\s*/g, ' ')
    .replace(/([[{]) /g, '$1')
  return text.replace(/^\(unit(?: globals=\[[^\]]*\])? ?/, '').replace(/\)$/, '')
}

/** Programs that together have every kind of node and part. */
export const samples: readonly string[] = [
  '(defn fact "n!" [n] (if (= n 0) 1 (* n (fact (- n 1)))))\n(fact 5)',
  '(defn ratio [a :float, b :[:and float [:> 0]]] :float (/ a b))\n(ratio 1 4)',
  '(let [even2? (fn [n] (if (= n 0) true (odd2? (- n 1)))) odd2? (fn [n] (if (= n 0) false (even2? (- n 1))))] (even2? 9))',
  '(loop [i :int 0 [a b] [1 2]] (if (> i 4) [a b] (recur (inc i) [b (+ a b)])))',
  '(let [[a [b & cs] :as all] [1 [2 3 4] 5]] [a b cs (count all)])',
  '(let [{:keys [host port] :or {port 80} "id" id & more :as whole} {:host "h" "id" 7 :z 0}] [host port id more whole])',
  '(match {:status 200 :body "hi"} {:status 404 & _} :missing {:status s :body b} when (< s 300) (str s ":" b) _ :other)',
  '(match [1 2 3] [h & t] [h t] (:as w [x x]) [w x] (:is :string) :s 1.5 :float nil :nil)',
  '(case 3 1 :one (2 3) :few :many)',
  '(try (throw {:type :order/bad}) (catch :order/bad e (:message e)) (catch TypeError 1) (catch [:map [:a int]] e 2) (catch _ 3) (finally (str 1)))',
  '(parallel [a (+ 1 2)] [b :int (* 4 5)])',
  '(with-resource [f FileHandle (call :ccos.io.open-file "x")] (call :ccos.io.read-line f))',
  '(log-step :warn 1 "two" :three)',
  '(step "s" :expose-context true :context-keys ["k"] :params {"a" 1} (get %params "a"))',
  '(step-if (> 1 2) :a :b) (step-loop false 1) (step-parallel 1 2)',
  '(for [x [1 2 3] y [10 20] :when (odd? x) :while (< y 30) :let [z (+ x y)]] (def q z) (+ q x))',
  '(dotimes [i 3] (def j i) (str j))',
  '(discover-agents {:capability-id "x"} {:timeout-ms 5})',
  '(get :name) @id (resource:ref "r1")',
  '\'(a [b {:k 1.5}] #_ gone "s")',
  '(and 1 nil 2) (or nil 3) (and) (or)',
  '(the [:map [:id int] [:tag string ?] [:* any]] {:id 1}) (conforms? [:union int nil] 3)',
  '^{:runtime.timeout 5} (call :a.b "x")',
  '(deftype Price [:and float [:>= 0]]) (defstruct Point :x :float :label :string?) (Point {:x 1.5})',
  '(deftest t (def x 1) (is (= x 1) "same") (is true))',
  '(module a.b "doc" (:exports [f]) (defn f [x] (g x)) ^{:private true} (defn g [x] x))\n(import a.b :as m :only [f])\n(f 1) (m/f 2) (a.b/f 3)',
  '(intent buy :type :rtfs.core:v2.0:intent :goal "g" :intent-id "i" :created-at "t" :created-by "u" :status :active)',
  '(defn with-tax "Price including tax." ^:delegation :l4 [price :float rate :float] :float)',
  '(defn ask ^:delegation :remote "m1" [q :string] :string q) (defn loc ^:delegation :local [x] x) (defn lm ^:delegation :local-model "m" [x] x)',
  '(#(+ %1 (count %&)) 1 2 3)',
  '(fn self [n] (if (> n 0) (self (dec n)) (fn [] self)))',
  '(defn outer [x] (def y (+ x 1)) (defn inner [z] (+ x y z)) (inner 2))',
  '(let [x 1] (def x (+ x 1)) x)',
  '(defn f [x] (def x (+ x 1)) (fn [] x))',
  '[2026-01-31T08:00:00Z 123e4567-e89b-12d3-a456-426614174000 resource://files/7 9007199254740993 -0.0 ##NaN ##-Inf "a\\u{1F642}"]',
  '{:a 1 "b" 2.0 3 [4] true (str 1)}',
  '(defmacro twice [x] x) (do (def a 1) (def b [a a])) (map :k [{:k 1}])',
]
