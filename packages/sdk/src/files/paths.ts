import { sep } from 'node:path'

/** True for the prefix itself and for what lies in it. Both are real paths: without links, `.` and `..`. */
export function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith(sep) ? prefix : prefix + sep)
}
