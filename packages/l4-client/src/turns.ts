/** Sections of which only one runs at a time in this process. */
export interface Turns {
  /**
   * Ends with the task that runs, `undefined` when none does. Whoever must not be at work meanwhile waits in a loop
   * (`while (turns.running !== undefined) await turns.running`) and then does its work without waiting.
   */
  readonly running: Promise<void> | undefined
  /** Runs a task when no other one runs. */
  run<T>(task: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  let running: Promise<void> | undefined
  return {
    get running() {
      return running
    },
    async run(task) {
      while (running !== undefined) await running
      let end = () => {}
      running = new Promise(resolve => (end = resolve))
      try {
        return await task()
      } finally {
        running = undefined
        end()
      }
    },
  }
}
