/** The part of hnswlib-node that is used. */
export interface NativeIndex {
  initIndex(maxElements: number, m: number, efConstruction: number, randomSeed: number): void
  readIndexSync(file: string): void
  writeIndexSync(file: string): void
  resizeIndex(maxElements: number): void
  addPoint(point: readonly number[], label: number): void
  markDelete(label: number): void
  searchKnn(
    point: readonly number[],
    k: number,
  ): { readonly distances: number[]; readonly neighbors: number[] }
  getMaxElements(): number
  getNumDimensions(): number
  /** Labels of all points, deleted ones among them. */
  getIdsList(): number[]
  getPoint(label: number): number[]
  setEf(ef: number): void
}

export interface Hnswlib {
  readonly HierarchicalNSW: new (space: 'ip', dimension: number) => NativeIndex
}

let loading: Promise<Hnswlib | undefined> | undefined

/** hnswlib-node; `undefined` where it was not installed or its native part was not built. */
export function loadHnswlib(): Promise<Hnswlib | undefined> {
  loading ??= import('hnswlib-node').then(found).catch(() => undefined)
  return loading
}

function found(module: unknown): Hnswlib | undefined {
  const { HierarchicalNSW, default: whole } = module as Partial<Hnswlib> & {
    readonly default?: Partial<Hnswlib>
  }
  const available = HierarchicalNSW ?? whole?.HierarchicalNSW
  return available && { HierarchicalNSW: available }
}

/** True where the native index can be used; elsewhere `createHnswIndex` gives an exact scan. */
export async function isHnswAvailable(): Promise<boolean> {
  return (await loadHnswlib()) !== undefined
}
