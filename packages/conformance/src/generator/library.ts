import { type GenType, parseShort } from './types.js'

/** A library function as the generator calls it. A name may stand in several rows, one a way of calling it. */
export interface LibraryRow {
  readonly name: string
  readonly params: readonly GenType[]
  readonly result: GenType
}

/** `name: parameters > result` in the short notation of `parseShort`; several ways of calling are parted by `|`. */
const table = `
+: n n > n | i i > i | f f > f | i i i > i | i > i
-: n n > n | i i > i | f f > f | i > i | f > f | i i i > i
*: n n > n | i i > i | f f > f
/: n n > n | f f > f | i i > n | n > n
quot: i i > i | f f > f
rem: i i > i | f f > f
mod: i i > i | n n > n
inc: i > i | f > f
dec: i > i | f > f
max: i i > i | n n n > n
min: i i > i | n n n > n
abs: i > i | f > f
pow: i i > n | f i > f
sqrt: n > f
floor: n > i
ceil: n > i
round: n > i
factorial: i > i
int: n > i | s > i | b > i | 0 > i
float: n > f | s > f
parse-int: s > *
parse-float: s > *
even?: i > b
odd?: i > b
zero?: n > b
pos?: n > b
neg?: n > b
nan?: n > b
=: * * > b | i i > b | s s > b | [*] [*] > b | {*} {*} > b | * * * > b
!=: * * > b
not=: * * > b
==: n n > b
<: n n > b | i i > b | s s > b | i i i > b
<=: n n > b | i i > b | s s > b
>: n n > b | i i > b | s s > b
>=: n n > b | i i > b
compare: * * > i | n n > i | [*] [*] > i
not: * > b
identical?: k k > b | i i > b
str: * > s | * * > s | s s > s | > s
pr-str: * > s | * * > s
string-length: s > i
substring: s i > s | s i i > s
string-contains: s s > b
starts-with?: s s > b
ends-with?: s s > b
string-upper: s > s
string-lower: s > s
string-trim: s > s
split: s s > [s]
join: s [*] > s | [*] > s
string-replace: s s s > s
string-index-of: s s > *
keyword: s > k
symbol: s > y
name: k > s | s > s | y > s
namespace: k > *
vector: * * > [*] | i i > [i] | > [*]
list: * * > [*] | i i > [i] | > [*]
hash-map: k i > {i} | k * k * > {*}
vec: [i] > [i] | {i} > [*] | s > [s]
into: [i] [i] > [i] | {i} {i} > {i} | [*] {*} > [*]
count: [*] > i | s > i | {*} > i | 0 > i
empty?: [*] > b | s > b | {*} > b
get: {i} k i > i | {*} k > * | [i] i i > i | [*] i > *
get-in: {*} [k] > * | [*] [i] * > *
nth: [i] i > i | [i] i i > i | s i s > s
first: [*] > * | s > * | {*} > *
second: [*] > *
last: [*] > *
rest: [i] > [i] | [*] > [*] | s > s
cons: i [i] > [i] | * [*] > [*]
conj: [i] i > [i] | [*] * > [*] | {i} {i} > {i} | 0 i > [i]
concat: [i] [i] > [i] | [*] [*] > [*]
assoc: {i} k i > {i} | {*} k * > {*} | [i] i i > [i]
assoc-in: {*} [k] * > {*}
dissoc: {i} k > {i} | {*} k k > {*}
update: {i} k (i>i) > {i} | [i] i (i>i) > [i] | {i} k (i i>i) i > {i}
update-in: {*} [k] (*>*) > {*}
merge: {i} {i} > {i} | {*} 0 {*} > {*}
select-keys: {i} [k] > {i}
remove: (i>b) [i] > [i]
keys: {*} > [k]
vals: {i} > [i]
find: {*} k > *
contains?: {*} k > b | [i] i > b | s s > b
subvec: [i] i > [i] | [i] i i > [i]
take: i [i] > [i] | i s > s
drop: i [i] > [i] | i s > s
take-while: (i>b) [i] > [i]
drop-while: (i>b) [i] > [i]
reverse: [i] > [i] | s > s
distinct: [i] > [i] | [*] > [*]
sort: [i] > [i] | [*] > [*] | (i i>b) [i] > [i] | (i i>i) [i] > [i]
sort-by: (i>i) [i] > [i] | (*>*) [*] > [*] | (i>i) (i i>b) [i] > [i]
frequencies: [k] > {i} | [i] > *
group-by: (i>b) [i] > * | (i>k) [i] > {[i]}
partition: i [i] > [[i]]
zipmap: [k] [i] > {i}
range: i > [i] | i i > [i] | i i i > [i]
numbers: i i > [i]
repeat: i i > [i] | i * > [*]
map: (i>i) [i] > [i] | (i>s) [i] > [s] | (*>*) [*] > [*] | (s>i) s > [i] | k [{*}] > [*]
mapv: (i>i) [i] > [i]
mapcat: (i>[i]) [i] > [i]
map-indexed: (i i>i) [i] > [i] | (i *>*) [*] > [*]
filter: (i>b) [i] > [i] | (*>b) [*] > [*] | (*>b) {*} > [*]
reduce: (i i>i) i [i] > i | (i i>i) [i] > i | (s i>s) s [i] > s | (f i>f) f [i] > f
every?: (i>b) [i] > b | (*>b) [*] > b
some?: (i>b) [i] > b | * > b
some: (i>b) [i] > *
apply: (i i>i) i [i] > i | (i i>i) [i] > i
identity: i > i | s > s | * > *
constantly: i > (i>i) | * > (*>*)
comp: (i>i) (i>i) > (i>i) | (i>s) (i>i) > (i>s)
partial: (i i>i) i > (i>i)
complement: (i>b) > (i>b)
int?: * > b
float?: * > b
number?: * > b
string?: * > b
nil?: * > b
map?: * > b
vector?: * > b
keyword?: * > b
symbol?: * > b
fn?: * > b
bool?: * > b
list?: * > b
coll?: * > b
seq?: * > b
error?: * > b
type-name: * > s
serialize-json: {*} > s | [*] > s | * > s
parse-json: s > *
re-find: s s > *
re-seq: s s > *
re-matches: s s > *
ex-info: s {*} > e
ex-message: e > s
ex-data: e > *
`

function parseTable(): readonly LibraryRow[] {
  const rows: LibraryRow[] = []
  for (const line of table.trim().split('\n')) {
    const colon = line.indexOf(': ', 1)
    const name = line.slice(0, colon)
    for (const way of line.slice(colon + 2).split(' | ')) {
      const arrow = way.lastIndexOf('> ')
      const [result] = parseShort(way.slice(arrow + 2).trim())
      rows.push({ name, params: parseShort(way.slice(0, arrow)), result: result! })
    }
  }
  return rows
}

let rows: readonly LibraryRow[] | undefined

/** Every way in which the generator calls the library. */
export function libraryRows(): readonly LibraryRow[] {
  rows ??= parseTable()
  return rows
}

/** The names of the table. */
export function libraryNames(): readonly string[] {
  return [...new Set(libraryRows().map(row => row.name))]
}
