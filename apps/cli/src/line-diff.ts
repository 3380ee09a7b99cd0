/** The lines that differ between two texts, with a line around; those that went with `-`, those that came with `+`. */
export function lineDiff(before: string, after: string, color: boolean): string {
  const old = before.split('\n')
  const now = after.split('\n')
  let first = 0
  while (first < old.length && first < now.length && old[first] === now[first]) first++
  let end = 0
  while (end < old.length - first && end < now.length - first && old.at(-1 - end) === now.at(-1 - end)) end++
  const paint = (line: string, code: string): string => (color ? `\u001b[${code}m${line}\u001b[0m` : line)
  const oldEnd = old.length - end
  const nowEnd = now.length - end
  const lines = [
    paint(`@@ line ${first + 1} @@`, '36'),
    ...old.slice(Math.max(0, first - 1), first).map(line => `  ${shown(line)}`),
    ...old.slice(first, oldEnd).map(line => paint(`- ${shown(line)}`, '31')),
    ...now.slice(first, nowEnd).map(line => paint(`+ ${shown(line)}`, '32')),
    ...old.slice(oldEnd, oldEnd + 1).map(line => `  ${shown(line)}`),
  ]
  return `${lines.join('\n')}\n`
}

/** Control characters of a program do not drive the terminal. */
function shown(line: string): string {
  return line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\u00b7')
}
