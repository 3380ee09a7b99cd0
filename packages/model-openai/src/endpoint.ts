import { addressBelow, checkedBaseUrl } from '@rtfs/core/http'

/** Where chat completions are, below a base URL. */
export const path = 'chat/completions'

/** The address of chat completions under a base URL that may be talked to. Throws `RTFS_USAGE` for any other. */
export function endpointOf(baseUrl: string, allow: readonly string[] | undefined): URL {
  return addressBelow(checkedBaseUrl(baseUrl, allow), path)
}
