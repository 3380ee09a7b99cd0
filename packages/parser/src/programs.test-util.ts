/** Valid programs that together use every form; seeds of the fuzzing and of the layout tests. */
export const programs: readonly string[] = [
  `;; Orders
(defn line-total "Price of one line." [line :map] :float
  (let [{:keys [price quantity] :or {quantity 1}} line
        subtotal (* price quantity)]
    (if (> quantity 10)
      (* subtotal 0.9)
      subtotal)))`,
  `(module a.b.c "Doc." (:exports [f T])
  (import m.n :as m :only [g])
  (deftype T [:map [:id int] [:tag string ?] [:* any]])
  (defstruct P :x :float :y string?)
  (def ^{:private true} k : [:vector :int] [1 2 3])
  (defn f [x : Int & rest : :string] : Int (m/g x rest))
  (deftest works (is (= (f 1) 1) "one")))`,
  `(match x
  {:status 200 :body b & _} when (< b 3) b
  [h & t] h
  (:as n (:is [:union :int :nil])) n
  "s" 1.5
  _ nil)`,
  `(try (f) (catch DivisionByZero e (:type e)) (catch :order/bad 1) (catch _ x 2) (finally (g)))`,
  `(loop [i 0 acc []] (cond (> i 4) acc :else (recur (inc i) (conj acc i))))`,
  "(defmacro swap [f a b & r] `(~f ~b ~a ~@r x# '(1 ~r) `(n ~~a)))",
  `(-> x (assoc :a 1) .name (->> (map #(+ % %2)) (filter odd?)))`,
  `(for [x [1 2] :when (odd? x) y xs :let [z (+ x y)] :while z] [x y z])`,
  `(parallel [a (f)] [b :int (g)]) (with-resource [f FileHandle (open "p")] (read f))`,
  `(step "s" :expose-context true :params {"k" 1} (log-step :info %params)) (step-loop (c) (b))`,
  `(plan demo :type :rtfs.core:v2.0:plan, :created-at 2026-01-05T09:00:00Z, :program (do (call :ccos.echo "hi")))`,
  `^{:runtime.x 1} (f @id @:id 123e4567-e89b-12d3-a456-426614174000 resource://files/7 ##Inf -1e3 "a\\n\\u{1F642}")`,
  `(defn g ^:delegation :remote "m" [price :float] :float) #_ (dropped) #| block #| nested |# |# (g 1.0)`,
  `(let [[a [b & cs] :as all] xs {n :name "id" id :strs [s] & more :as m} y k :kw] (when-let [q (get :k)] q))`,
  `(case x 1 :a (2 3) :b [4] :c :d) (if-let [[p] (f)] p (unless a b)) (dotimes [i 3] (and i (or)))`,
  `(the [:and int [:in-range 0 9]] (conforms? [:=> [int & string] bool] f)) (discover-agents {:limit 1} {})`,
]
