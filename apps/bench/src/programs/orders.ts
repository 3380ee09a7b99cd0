import type { BenchCase, JavaScriptProgram } from './case.js'

/** Objects made before; the total of all lines with a discount for many of one thing. */
const handwritten: JavaScriptProgram = {
  data: () =>
    Array.from({ length: 1000 }, (_, i) => ({
      id: i,
      name: `item ${i}`,
      price: 0.25 * (1 + (i % 40)),
      quantity: 1 + (i % 12),
    })),
  run: (lines: { readonly price: number; readonly quantity: number }[]) => {
    function lineTotal(line: { readonly price: number; readonly quantity: number }): number {
      const total = line.price * line.quantity
      return line.quantity > 9 ? total * 0.5 : total
    }
    return lines.map(lineTotal).reduce((sum, total) => sum + total, 0)
  },
}

const data = `
(defn data []
  (vec (map (fn [i] {:id i :name (str "item " i) :price (* 0.25 (+ 1 (mod i 40))) :quantity (+ 1 (mod i 12))})
            (range 1000))))`

const expected = 26_331.625

const repeated: readonly BenchCase[] = [
  {
    id: 'orders',
    name: 'order totals 1,000 maps',
    expected,
    source: `${data}

(defn line-total [line]
  (let [total (* (:price line) (:quantity line))]
    (if (> (:quantity line) 9) (* total 0.5) total)))

(defn run [lines] (reduce + 0.0 (map line-total lines)))`,
    handwritten,
  },
  {
    // What declared types buy.
    id: 'typed-orders',
    name: 'order totals, types',
    expected,
    source: `${data}

(defn line-total [{:keys [price quantity]}]
  (let [total (* price quantity)]
    (if (> quantity 9) (* total 0.5) total)))

(defn run [lines] (reduce + 0.0 (map line-total lines)))`,
    rtfsSource: `${data}

(defn line-total [line : [:record {:price float :quantity int}]] :float
  (let [total (* (:price line) (:quantity line))]
    (if (> (:quantity line) 9) (* total 0.5) total)))

(defn run [lines : [:vector [:record {:price float :quantity int}]]] :float
  (reduce + 0.0 (map line-total lines)))`,
    handwritten,
  },
]

/** Calls with the same vector each time, and first calls: with a vector that nobody has looked at before. */
export const orderCases: readonly BenchCase[] = [
  ...repeated,
  ...repeated.map(each => ({
    ...each,
    id: `${each.id}-first`,
    name: `${each.name}, first call`,
    freshData: true,
    leaveOut: ['nbb', 'nbb-strict', 'quickjs', 'ast'],
  })),
]
