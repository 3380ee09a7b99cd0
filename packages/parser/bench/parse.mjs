// How fast texts are read and parsed: `node bench/parse.mjs` after a build. CPU time of this process, several rounds;
// minimum and median, since other processes only make it slower.
import { formatSource, hasErrors, parse, readForms } from '@rtfs/parser'

const unit = `;; Orders: totals and discounts.
(defn line-total "Price of one line." [line :map] :float
  (let [{:keys [price quantity] :or {quantity 1}} line
        subtotal (* price quantity)]
    (if (> quantity 10)
      (* subtotal 0.9)
      subtotal)))

(defn order-total [lines]
  (reduce + 0.0 (map line-total lines)))

(defn classify [order]
  (match order
    {:status :paid :total t & _} when (> t 1000.0) "large"
    {:status :paid & _} "small"
    {:status s & _} (str "open: " s)
    _ "unknown"))

(def sample {:status :paid, :total 1250.5, :customer {:name "Ada \\"L\\"" :tags ["vip" "eu"]}})

(defn factorial [n :int] :int
  (loop [i n acc 1]
    (if (<= i 1) acc (recur (dec i) (* acc i)))))

`

function textOf(size) {
  let text = ''
  for (let part = 0; text.length < size; part++) text += unit.replaceAll('total', `total-${part % 50}`)
  return text
}

const work = {
  'read forms': text => readForms(text),
  parse: text => parse(text),
  format: text => formatSource(text),
}

for (const size of [1_000, 10_000, 100_000]) {
  const text = textOf(size)
  if (hasErrors(parse(text))) throw new Error('the program is not valid')
  for (const [name, run] of Object.entries(work)) {
    const times = Math.max(3, Math.round(2e7 / size / (name === 'format' ? 10 : 1)))
    for (let i = 0; i < times / 4; i++) run(text)
    const rounds = []
    for (let round = 0; round < 7; round++) {
      const started = process.cpuUsage()
      for (let i = 0; i < times; i++) run(text)
      const { user, system } = process.cpuUsage(started)
      rounds.push((text.length * times) / (user + system))
    }
    rounds.sort((a, b) => b - a)
    const line = `${String(text.length).padStart(7)} bytes  ${name.padEnd(10)}`
    console.log(`${line}  best ${rounds[0].toFixed(1)} MB/s  median ${rounds[3].toFixed(1)} MB/s`)
  }
}
