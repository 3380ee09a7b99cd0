export { addressBelow, checkedBaseUrl } from './http-address.js'
export {
  bytesOf,
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  textOf,
  textParts,
} from './http-client.js'
export { HttpFailure, type HttpFailureClass, privateAddressCode, retryHttp } from './http-failure.js'
export { type RetryJudge, type RetryOptions, retrying } from './retrying.js'
export {
  type Abortable,
  abortedBy,
  systemTiming,
  type Timing,
  throwIfAborted,
  withDeadline,
} from './timing.js'
