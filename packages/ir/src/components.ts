/**
 * Strongly connected components of a graph, those that others depend on first (Tarjan, with its own stack: a chain of
 * definitions may be long). `edges` of a node may name nodes that do not exist; they are ignored.
 */
export function components(
  nodes: readonly string[],
  edges: (node: string) => Iterable<string>,
): readonly (readonly string[])[] {
  const known = new Set(nodes)
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const found: string[][] = []
  for (const start of nodes) {
    if (index.has(start)) continue
    const work: { readonly node: string; readonly rest: Iterator<string> }[] = []
    const enter = (node: string): void => {
      index.set(node, index.size)
      low.set(node, index.get(node)!)
      open.push(node)
      isOpen.add(node)
      work.push({ node, rest: edges(node)[Symbol.iterator]() })
    }
    enter(start)
    while (work.length > 0) {
      const { node, rest } = work[work.length - 1]!
      const next = rest.next()
      if (next.done !== true) {
        if (!known.has(next.value)) continue
        if (!index.has(next.value)) enter(next.value)
        else if (isOpen.has(next.value)) low.set(node, Math.min(low.get(node)!, index.get(next.value)!))
        continue
      }
      work.pop()
      const parent = work[work.length - 1]
      if (parent !== undefined) low.set(parent.node, Math.min(low.get(parent.node)!, low.get(node)!))
      if (low.get(node) === index.get(node)) found.push(closeComponent(node, open, isOpen))
    }
  }
  return found
}

function closeComponent(root: string, open: string[], isOpen: Set<string>): string[] {
  const members: string[] = []
  for (;;) {
    const member = open.pop()!
    isOpen.delete(member)
    members.push(member)
    if (member === root) return members
  }
}
