/** A small program in both languages; `run` gives the number. */
export interface SmallProgram {
  readonly rtfs: string
  readonly javascript: string
  readonly expected: number
}

type Shape = (i: number, a: number, b: number) => SmallProgram

/*
 * Each program is another text: names and numbers vary, so that nothing that knows texts, names or constants helps.
 * The constants stay small enough that all engines give the same number.
 */
const shapes: readonly Shape[] = [
  (i, a, b) => ({
    rtfs: `(defn area-${i} [w h] (* w h))\n(defn run [] (area-${i} ${a} ${b}))`,
    javascript: `const area${i} = (w, h) => w * h; const run = () => area${i}(${a}, ${b})`,
    expected: a * b,
  }),
  (i, a, b) => ({
    rtfs: `(defn step-${i} [x] (if (> x ${b}) (- x ${b}) (+ x ${a})))
(defn run [] (let [start ${a} once (step-${i} start) twice (step-${i} once)] (+ start once twice)))`,
    javascript: `const step = x => x > ${b} ? x - ${b} : x + ${a}; const run = () => { const s = ${a}, o = step(s), t = step(o); return s + o + t }`,
    expected: (() => {
      const step = (x: number) => (x > b ? x - b : x + a)
      return a + step(a) + step(step(a))
    })(),
  }),
  (i, a) => ({
    rtfs: `(defn run []
  (loop [left-${i} ${5 + (a % 10)} acc 0]
    (if (= left-${i} 0) acc (recur (- left-${i} 1) (+ acc (* left-${i} ${a}))))))`,
    javascript: `const run = () => { let acc = 0; for (let n = ${5 + (a % 10)}; n > 0; n--) acc += n * ${a}; return acc }`,
    expected: (a * (5 + (a % 10)) * (6 + (a % 10))) / 2,
  }),
  (i, a, b) => ({
    rtfs: `(defn grade-${i} [score]
  (cond (> score ${a + b}) 1 (> score ${a}) 2 (= score 0) 3 :else 4))
(defn run [] (+ (grade-${i} 0) (* 10 (grade-${i} ${a + 1})) (* 100 (grade-${i} ${a + b + 1}))))`,
    javascript: `const grade = s => s > ${a + b} ? 1 : s > ${a} ? 2 : s === 0 ? 3 : 4; const run = () => grade(0) + 10 * grade(${a + 1}) + 100 * grade(${a + b + 1})`,
    expected: 3 + 10 * 2 + 100,
  }),
  (i, a, b) => ({
    rtfs: `(defn total-${i} [items] (reduce + 0 (map (fn [x] (* x ${a})) items)))\n(defn run [] (total-${i} [1 2 ${b} 4]))`,
    javascript: `const total = items => items.map(x => x * ${a}).reduce((p, q) => p + q, 0); const run = () => total([1, 2, ${b}, 4])`,
    expected: a * (7 + b),
  }),
  (i, a, b) => ({
    rtfs: `(defn price-${i} [line] (* (:quantity line) (:price line)))
(defn run [] (+ (price-${i} {:quantity ${a} :price ${b}}) (price-${i} {:quantity 2 :price ${a}})))`,
    javascript: `const price = line => line.quantity * line.price; const run = () => price({ quantity: ${a}, price: ${b} }) + price({ quantity: 2, price: ${a} })`,
    expected: a * b + 2 * a,
  }),
  (i, a) => ({
    rtfs: `(defn fact-${i} [n] (if (<= n 1) 1 (* n (fact-${i} (- n 1)))))\n(defn run [] (+ ${a} (fact-${i} 6)))`,
    javascript: `const fact = n => n <= 1 ? 1 : n * fact(n - 1); const run = () => ${a} + fact(6)`,
    expected: a + 720,
  }),
  (i, a, b) => ({
    rtfs: `(defn greet-${i} [name] (str "Hello, " name " ${i}!"))\n(defn run [] (+ ${b} (count (greet-${i} "n${a}"))))`,
    javascript: `const greet = name => 'Hello, ' + name + ' ${i}!'; const run = () => ${b} + greet('n${a}').length`,
    expected: b + `Hello, n${a} ${i}!`.length,
  }),
]

/** The `i`th small program; different ones for different `i`. */
export function smallProgram(i: number): SmallProgram {
  return shapes[i % shapes.length]!(i, 2 + ((i * 7) % 89), 3 + ((i * 13) % 97))
}

/** A program of so many functions, each calling the one before it. */
export function largeProgram(
  i: number,
  functions: number,
): { readonly rtfs: string; readonly names: string[] } {
  const names = Array.from({ length: functions }, (_, n) => `f-${i}-${n}`)
  const texts = names.map((name, n) => {
    const before = n === 0 ? 'x' : `(${names[n - 1]} x)`
    return `(defn ${name} [x y] (if (> x ${n + i}) (+ (* x ${n + 2}) y) (let [z (- y ${n}) w ${before.replace(' x)', ' x z)')}] (+ z w ${i}))))`
  })
  return { rtfs: texts.join('\n'), names }
}
