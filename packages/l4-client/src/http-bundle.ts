import {
  bytesOf,
  createHttpClient,
  type HttpClientOptions,
  type RetryOptions,
  retryHttp,
  retrying,
} from '@rtfs/core/http'
import type { CallOptions } from '@rtfs/interfaces'
import { defaultMaxBundleSize } from './bundle.js'
import { storeFault } from './http-faults.js'

/** Address, key and limits: `HttpClientOptions` of `@rtfs/core/http`. `maxBytes` is 256 MiB by default. */
export interface HttpBundleOptions extends Omit<HttpClientOptions, 'hint404'>, CallOptions {
  /** Below `baseUrl`: `team.rtfs-bundle`. */
  readonly path: string
  /** Waits after 429, 5xx and lost connections. `false`: none. Default: 3 attempts. */
  readonly retry?: RetryOptions | false
}

/**
 * The bytes of a bundle that a server keeps, for `importBundle`, which trusts nothing of them that is not signed by a key
 * that is trusted here. Throws `RTFS_STORE_IO` when they are not to be had.
 */
export async function fetchBundle(options: HttpBundleOptions): Promise<Uint8Array> {
  const { path, signal, retry = {}, ...rest } = options
  const client = createHttpClient({
    maxBytes: defaultMaxBundleSize,
    ...rest,
    hint404: '; is the bundle there?',
  })
  const call = signal === undefined ? {} : { signal }
  const attempt = () => client.exchange({ method: 'GET', path: path.replace(/^\/+/, '') }, call, bytesOf)
  try {
    return await (retry === false ? attempt() : retrying(attempt, retryHttp, retry, call))
  } catch (error) {
    throw storeFault(error)
  }
}
