import { type Form, readForms } from '@rtfs/parser'

/*
 * Source texts to parse: the forms that programs are made of, each time with other names and numbers, so that no
 * parser lives on what it has seen. Reader macros (`#(…)`, quasiquotes) are left out, since EDN has none and all peers
 * read the same text.
 */

const subjects = ['order', 'invoice', 'parcel', 'payment', 'customer', 'session', 'reading', 'ticket']

const units: readonly ((i: number, name: string) => string)[] = [
  (i, name) => `;; What ${name}s cost, number ${i}.
(defn ${name}-total-${i} "Sum of all lines, less the discount." [lines :map discount :float] :float
  (let [subtotal (reduce + 0.0 (map ${name}-line-price lines))
        reduced (* subtotal (- 1.0 discount))]
    (if (> reduced ${i % 500}.5)
      (- reduced ${i % 7}.25)
      reduced)))
`,
  (i, name) => `(defn classify-${name}-${i} [${name}]
  (match ${name}
    {:status :paid :total t & _} when (> t ${1000 + i}.0) "large"
    {:status :paid & _} "small"
    {:status s & _} (str "open: " s)
    _ "unknown"))
`,
  (i, name) => `(def ${name}-sample-${i}
  {:id ${i} :status :paid :total ${i % 97}.5
   :customer {:name "Ada \\"L\\" Lovelace" :tags ["vip" "eu" "n${i % 31}"]}
   :lines [{:sku "A-${i}" :quantity 2 :price 12.5} {:sku "B-${i}" :quantity ${i % 9} :price 99.0}]})
`,
  (i, name) => `(deftype ${name.charAt(0).toUpperCase()}${name.slice(1)}${i}
  [:map [:id :int] [:status [:enum :open :paid :closed]] [:total :float] [:note :string ?]])
`,
  (i, name) => `(defn count-${name}s-${i} [n :int] :int
  (loop [left n seen 0 acc 1]
    (cond
      (<= left 0) acc
      (= 0 (mod left 3)) (recur (dec left) (inc seen) (* acc 2))
      :else (recur (- left 1) seen (+ acc left)))))
`,
  (i, name) => `(defn validate-${name}-${i} [${name} errors]
  (let [{:keys [id status lines] :or {status :open}} ${name}
        missing (filter (fn [key] (nil? (get ${name} key))) [:id :status :total])]
    (when (and (some? id) (not (empty? lines)))
      (-> errors
          (conj {:code "E${i}" :message (str "missing " (count missing))})
          (assoc-in [:seen id] true)))))
`,
  (i, name) => `(defn store-${name}-${i} [${name} retries]
  (try
    (call :store.put {:table "${name}s" :key (:id ${name}) :value ${name}})
    (catch NetworkError e
      (if (> retries 0)
        (store-${name}-${i} ${name} (dec retries))
        (throw {:type :${name}/not-stored :message (:message e) :attempt ${i}})))
    (finally (log :debug "stored" (:id ${name})))))
`,
  (i, name) => `(defn summarize-${name}s-${i} [${name}s]
  (->> ${name}s
       (group-by :status)
       (map (fn [[status group]] [status (count group) (reduce max 0 (map :total group))]))
       (sort-by second)
       (take ${1 + (i % 20)})))
`,
]

function unit(i: number): string {
  return `${units[i % units.length]!(i, subjects[(i * 5 + (i >> 3)) % subjects.length]!)}\n`
}

/** A program of at least `size` characters, the same for the same size. */
export function programText(size: number): string {
  let text = ''
  for (let i = 0; text.length < size; i++) text += unit(i)
  return text
}

/** The forms of the same programs as JSON of at least `size` characters: lists are arrays, names are strings. */
export function jsonText(size: number): string {
  const parts: string[] = []
  for (let i = 0, length = 0; length < size; i++) {
    for (const form of readForms(unit(i)).forms) {
      const part = JSON.stringify(plain(form))
      parts.push(part)
      length += part.length + 1
    }
  }
  return `[${parts.join(',')}]`
}

function plain(form: Form): unknown {
  if (form.kind === 'symbol') return form.name
  if (form.kind === 'map') {
    const entries = Array.from({ length: form.items.length / 2 }, (_, i): [string, unknown] => [
      String(plain(form.items[2 * i]!)),
      plain(form.items[2 * i + 1]!),
    ])
    return Object.fromEntries(entries)
  }
  if ('items' in form) return form.items.map(plain)
  if (form.kind !== 'atom') return null
  const { value } = form
  if (typeof value !== 'object' || value === null) return value
  return 'name' in value ? `:${value.name}` : 'value' in value ? value.value : null
}
