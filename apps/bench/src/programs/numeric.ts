import type { BenchCase } from './case.js'

const add = `(func $add (param $a i64) (param $b i64) (result i64) (local $r i64)
        (local.set $r (i64.add (local.get $a) (local.get $b)))
        (if (i64.lt_s (i64.and (i64.xor (local.get $a) (local.get $r)) (i64.xor (local.get $b) (local.get $r))) (i64.const 0))
          (then unreachable))
        (local.get $r))`

export const numericCases: readonly BenchCase[] = [
  {
    id: 'fib',
    name: 'fib(27)',
    expected: 196418,
    source: `
(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(defn run [] (fib 27))`,
    handwritten: {
      run: () => {
        function fib(n: number): number {
          return n < 2 ? n : fib(n - 1) + fib(n - 2)
        }
        return fib(27)
      },
    },
    wat: `(module
      ${add}
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
    id: 'loop',
    name: 'tail loop 1e7',
    expected: 49999995000000,
    source: `
(defn run [] (loop [i 0 sum 0] (if (< i 10000000) (recur (+ i 1) (+ sum i)) sum)))`,
    handwritten: {
      run: () => {
        let sum = 0
        for (let i = 0; i < 10_000_000; i++) sum += i
        return sum
      },
    },
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
    leaveOut: ['ast'],
  },
  {
    // The logistic map: chaotic, so that any other order of operations ends somewhere else.
    id: 'orbit',
    name: 'float orbit 2e5',
    expected: 0.9649654926657113,
    source: `
(defn run []
  (loop [i 0 x 0.5]
    (if (< i 200000)
      (recur (+ i 1) (* 3.9 x (- 1.0 x)))
      x)))`,
    handwritten: {
      run: () => {
        let x = 0.5
        for (let i = 0; i < 200_000; i++) x = 3.9 * x * (1 - x)
        return x
      },
    },
    wat: `(module
      (func (export "run") (result f64) (local $i i64) (local $x f64)
        (local.set $x (f64.const 0.5))
        (block $done (loop $again
          (br_if $done (i64.ge_s (local.get $i) (i64.const 200000)))
          (local.set $x (f64.mul
            (f64.mul (f64.const 3.9) (local.get $x))
            (f64.sub (f64.const 1) (local.get $x))))
          (local.set $i (i64.add (local.get $i) (i64.const 1)))
          (br $again)))
        (local.get $x)))`,
  },
  {
    id: 'mandelbrot',
    name: 'mandelbrot 200x200',
    expected: 492_806,
    source: `
(defn rounds [cr ci limit]
  (loop [zr 0.0 zi 0.0 n 0]
    (if (and (< n limit) (< (+ (* zr zr) (* zi zi)) 4.0))
      (recur (+ (- (* zr zr) (* zi zi)) cr) (+ (* 2.0 zr zi) ci) (+ n 1))
      n)))

(defn run []
  (reduce + 0
    (for [y (range 200) x (range 200)]
      (rounds (- (* 0.015 x) 2.0) (- (* 0.015 y) 1.5) 50))))`,
    handwritten: {
      run: () => {
        function rounds(cr: number, ci: number, limit: number): number {
          let zr = 0
          let zi = 0
          let n = 0
          while (n < limit && zr * zr + zi * zi < 4) {
            const next = zr * zr - zi * zi + cr
            zi = 2 * zr * zi + ci
            zr = next
            n++
          }
          return n
        }
        let sum = 0
        for (let y = 0; y < 200; y++) {
          for (let x = 0; x < 200; x++) sum += rounds(0.015 * x - 2, 0.015 * y - 1.5, 50)
        }
        return sum
      },
    },
    wat: `(module
      ${add}
      (func $rounds (param $cr f64) (param $ci f64) (param $limit i64) (result i64)
        (local $zr f64) (local $zi f64) (local $next f64) (local $n i64)
        (block $done (loop $again
          (br_if $done (i64.ge_s (local.get $n) (local.get $limit)))
          (br_if $done (i32.eqz (f64.lt
            (f64.add (f64.mul (local.get $zr) (local.get $zr)) (f64.mul (local.get $zi) (local.get $zi)))
            (f64.const 4))))
          (local.set $next (f64.add
            (f64.sub (f64.mul (local.get $zr) (local.get $zr)) (f64.mul (local.get $zi) (local.get $zi)))
            (local.get $cr)))
          (local.set $zi (f64.add
            (f64.mul (f64.mul (f64.const 2) (local.get $zr)) (local.get $zi)) (local.get $ci)))
          (local.set $zr (local.get $next))
          (local.set $n (call $add (local.get $n) (i64.const 1)))
          (br $again)))
        (local.get $n))
      (func (export "run") (result f64) (local $x i64) (local $y i64) (local $sum i64)
        (block $end (loop $rows
          (br_if $end (i64.ge_s (local.get $y) (i64.const 200)))
          (local.set $x (i64.const 0))
          (block $row (loop $columns
            (br_if $row (i64.ge_s (local.get $x) (i64.const 200)))
            (local.set $sum (call $add (local.get $sum) (call $rounds
              (f64.sub (f64.mul (f64.const 0.015) (f64.convert_i64_s (local.get $x))) (f64.const 2))
              (f64.sub (f64.mul (f64.const 0.015) (f64.convert_i64_s (local.get $y))) (f64.const 1.5))
              (i64.const 50))))
            (local.set $x (call $add (local.get $x) (i64.const 1)))
            (br $columns)))
          (local.set $y (call $add (local.get $y) (i64.const 1)))
          (br $rows)))
        (f64.convert_i64_s (local.get $sum))))`,
    leaveOut: ['ast'],
  },
]
