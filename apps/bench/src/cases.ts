/** One program, written for each peer by hand. Every peer must give the same number. */
export interface BenchCase {
  readonly name: string
  readonly expected: number
  /** RTFS definitions; `call` is the expression that is timed. */
  readonly rtfs: { readonly source: string; readonly fn: string }
  /** A JavaScript function expression, also run by QuickJS. */
  readonly javascript: string
  readonly handwritten: () => number
  /** ClojureScript for nbb: evaluates to a function without arguments. */
  readonly clojure: string
  /** WebAssembly text with the same overflow checks, exporting `run` without parameters. */
  readonly wat: string
}

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}

/** The programs of the first table; `apps/bench` grows with the tiers. */
export const cases: readonly BenchCase[] = [
  {
    name: 'fib(27)',
    expected: 196418,
    rtfs: {
      source: '(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))\n(defn run [] (fib 27))',
      fn: 'run',
    },
    javascript: '(() => { const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2); return () => fib(27) })()',
    handwritten: () => fib(27),
    clojure: '(do (defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fn [] (fib 27)))',
    wat: `(module
      (func $add (param $a i64) (param $b i64) (result i64) (local $r i64)
        (local.set $r (i64.add (local.get $a) (local.get $b)))
        (if (i64.lt_s (i64.and (i64.xor (local.get $a) (local.get $r)) (i64.xor (local.get $b) (local.get $r))) (i64.const 0))
          (then unreachable))
        (local.get $r))
      (func $sub (param $a i64) (param $b i64) (result i64) (local $r i64)
        (local.set $r (i64.sub (local.get $a) (local.get $b)))
        (if (i64.lt_s (i64.and (i64.xor (local.get $a) (local.get $b)) (i64.xor (local.get $a) (local.get $r))) (i64.const 0))
          (then unreachable))
        (local.get $r))
      (func $fib (param $n i64) (result i64)
        (if (result i64) (i64.lt_s (local.get $n) (i64.const 2))
          (then (local.get $n))
          (else (call $add
            (call $fib (call $sub (local.get $n) (i64.const 1)))
            (call $fib (call $sub (local.get $n) (i64.const 2)))))))
      (func (export "run") (result f64) (f64.convert_i64_s (call $fib (i64.const 27)))))`,
  },
  {
    name: 'tail loop 1e7',
    expected: 49999995000000,
    rtfs: {
      source: '(defn run [] (loop [i 0 sum 0] (if (< i 10000000) (recur (+ i 1) (+ sum i)) sum)))',
      fn: 'run',
    },
    javascript: '() => { let sum = 0; for (let i = 0; i < 10000000; i++) sum += i; return sum }',
    handwritten: () => {
      let sum = 0
      for (let i = 0; i < 10_000_000; i++) sum += i
      return sum
    },
    clojure: '(fn [] (loop [i 0 sum 0] (if (< i 10000000) (recur (+ i 1) (+ sum i)) sum)))',
    wat: `(module
      (func (export "run") (result f64) (local $i i64) (local $sum i64) (local $next i64)
        (block $done (loop $again
          (br_if $done (i64.ge_s (local.get $i) (i64.const 10000000)))
          (local.set $next (i64.add (local.get $sum) (local.get $i)))
          (if (i64.lt_s (i64.and (i64.xor (local.get $sum) (local.get $next)) (i64.xor (local.get $i) (local.get $next))) (i64.const 0))
            (then unreachable))
          (local.set $sum (local.get $next))
          (local.set $next (i64.add (local.get $i) (i64.const 1)))
          (if (i64.lt_s (local.get $next) (local.get $i)) (then unreachable))
          (local.set $i (local.get $next))
          (br $again)))
        (f64.convert_i64_s (local.get $sum))))`,
  },
  {
    name: 'float loop 1e6',
    expected: 0.5000002500219755,
    rtfs: {
      source:
        '(defn run [] (loop [i 0 x 0.0 y 1.0] (if (< i 1000000) (recur (+ i 1) (+ x (* y 0.0000005)) (+ y 0.000000000001)) x)))',
      fn: 'run',
    },
    javascript:
      '() => { let x = 0, y = 1; for (let i = 0; i < 1000000; i++) { x += y * 0.0000005; y += 0.000000000001 } return x }',
    handwritten: () => {
      let x = 0
      let y = 1
      for (let i = 0; i < 1_000_000; i++) {
        x += y * 0.000_000_5
        y += 0.000_000_000_001
      }
      return x
    },
    clojure:
      '(fn [] (loop [i 0 x 0.0 y 1.0] (if (< i 1000000) (recur (+ i 1) (+ x (* y 0.0000005)) (+ y 0.000000000001)) x)))',
    wat: `(module
      (func (export "run") (result f64) (local $i i64) (local $x f64) (local $y f64)
        (local.set $y (f64.const 1))
        (block $done (loop $again
          (br_if $done (i64.ge_s (local.get $i) (i64.const 1000000)))
          (local.set $x (f64.add (local.get $x) (f64.mul (local.get $y) (f64.const 0.0000005))))
          (local.set $y (f64.add (local.get $y) (f64.const 0.000000000001)))
          (local.set $i (i64.add (local.get $i) (i64.const 1)))
          (br $again)))
        (local.get $x)))`,
  },
]
