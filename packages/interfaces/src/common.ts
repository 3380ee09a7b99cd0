/** Every call of a port takes a signal. */
export interface CallOptions {
  readonly signal?: AbortSignal
}
