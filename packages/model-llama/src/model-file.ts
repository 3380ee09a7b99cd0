import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { RtfsError } from '@rtfs/core'
import { abortedBy, throwIfAborted } from '@rtfs/core/http'
import type { CallOptions } from '@rtfs/interfaces'
import { nameOf } from './load.js'

const magic = 'GGUF'
/** The magic word and the version of the format. */
const headerSize = 8
/** Bytes read at a time. */
const chunkSize = 1024 * 1024

/**
 * The SHA-256 of a file of weights, `sha256:<hex>`, or `given` when that says what the weights are. Another ending than
 * .gguf is `RTFS_USAGE`; no file, no access and other first bytes are `RTFS_MODEL`. Messages hold the name of the file,
 * not where it is.
 */
export async function revisionOfFile(
  id: string,
  path: string,
  given: string | undefined,
  options: CallOptions,
): Promise<string> {
  const name = basename(path)
  if (extname(name).toLowerCase() !== '.gguf') {
    throw new RtfsError('RTFS_USAGE', `model ${id}: ${name} is no .gguf file`)
  }
  const fault = (reason: string) => new RtfsError('RTFS_MODEL', `model ${id}: ${name} ${reason}`)
  throwIfAborted(options)
  const file = await open(path, 'r').catch(error => {
    const code = nameOf(error)
    throw fault(code === 'ENOENT' ? 'is not there' : `cannot be opened (${code})`)
  })
  try {
    if (!(await file.stat()).isFile()) throw fault('is no file')
    const hash = createHash('sha256')
    const bytes = new Uint8Array(chunkSize)
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(bytes, 0, chunkSize, position)
      if (position === 0) {
        const reason = problemOf(bytes.subarray(0, Math.min(bytesRead, headerSize)))
        if (reason !== undefined) throw fault(reason)
      }
      if (given !== undefined) return given
      if (bytesRead === 0) return `sha256:${hash.digest('hex')}`
      hash.update(bytes.subarray(0, bytesRead))
      position += bytesRead
      if (options.signal?.aborted) throw abortedBy(options.signal)
    }
  } finally {
    await file.close()
  }
}

/** Why a file that begins so is no GGUF file. */
function problemOf(header: Uint8Array): string | undefined {
  if (header.length < headerSize || new TextDecoder('latin1').decode(header.subarray(0, 4)) !== magic) {
    return 'does not begin as a GGUF file does'
  }
  const version = new DataView(header.buffer, header.byteOffset).getUint32(4, true)
  // Now at 3; the library takes a file of another byte order, or none, for one of version 3.
  return version >= 1 && version <= 255 ? undefined : 'has no version of GGUF that there is'
}
