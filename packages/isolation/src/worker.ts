/** A thread or process that answers one request at a time. */
export interface IsolatedWorker {
  /** Keys of modules that it was sent. */
  readonly sent: Set<string>
  send(message: unknown): void
  /** Set by the call in progress. */
  onReply: ((message: unknown) => void) | undefined
  /** Told once, with words for the error; then the worker is gone. */
  onEnd: ((reason: string) => void) | undefined
  /** Bytes of resident memory; `undefined` where it cannot be told. */
  residentBytes(): number | undefined
  /** Ends it at once, whatever it does. */
  kill(): Promise<void>
  /** A worker that is idle does not keep the host from ending. */
  setBusy(busy: boolean): void
}
