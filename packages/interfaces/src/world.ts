import type { CallOptions } from './common.js'

/* The outside world. Everything that reads a clock, a file, randomness or the network takes one of these ports. */

/** Milliseconds since the epoch, and a monotonic reading in milliseconds from any fixed point. */
export interface Clock {
  now(): number
  monotonic(): number
}

/** A source of random bytes fit for keys. */
export interface Random {
  bytes(length: number): Uint8Array
}

/** The part of a file system that stores need. Paths are absolute. A missing file is `undefined`, a fault throws. */
export interface FileSystem {
  readFile(path: string, options?: CallOptions): Promise<Uint8Array | undefined>
  /** Creates the file, which must not exist, writes, flushes to the disk and closes. */
  writeNew(path: string, bytes: Uint8Array, options?: CallOptions): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Flushes a directory, so that a rename in it survives a power cut. */
  syncDirectory(path: string): Promise<void>
  makeDirectory(path: string): Promise<void>
  /** Sets when the file was modified (milliseconds since the epoch). False when there is none. */
  touch(path: string, modifiedAt: number): Promise<boolean>
  remove(path: string): Promise<void>
  /** Names in a directory; empty when it does not exist. */
  list(path: string): Promise<readonly string[]>
  stat(path: string): Promise<{ readonly size: number; readonly modifiedAt: number } | undefined>
}

/** HTTP as adapters need it; never follows redirects. */
export interface Network {
  fetch(url: string, init: RequestInit & CallOptions): Promise<Response>
}

/** Starts a child process; for isolation. */
export interface Spawner {
  spawn(
    command: string,
    args: readonly string[],
    options: { readonly env: Readonly<Record<string, string>> },
  ): SpawnedProcess
}

export interface SpawnedProcess {
  readonly pid: number | undefined
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onExit(listener: (code: number | null) => void): void
  kill(): void
}

/** Structured log. `fields` never hold secrets. */
export interface Logger {
  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    event: string,
    fields: Readonly<Record<string, unknown>>,
  ): void
}
