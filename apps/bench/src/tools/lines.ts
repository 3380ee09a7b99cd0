import { spawn } from 'node:child_process'
import { command } from './files.js'

const counts = { auto: 10_000, ast: 10_000, wasm: 1_000 }

/** Lines of `rtfs eval --jsonl` in a second, all of them different programs. */
export async function lines(): Promise<void> {
  for (const [tier, count] of Object.entries(counts)) {
    const requests = Array.from({ length: count }, (_, i) => {
      const source = `(defn f${i} [x] (* x ${i})) (reduce + 0 (map f${i} [1 2 3]))`
      return JSON.stringify({ id: i, source, ...(tier === 'auto' ? {} : { tier }) })
    })
    const began = performance.now()
    const child = spawn(process.execPath, [command, 'eval', '--jsonl'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let answers = ''
    child.stdout.setEncoding('utf8').on('data', chunk => {
      answers += chunk
    })
    child.stdin.end(`${requests.join('\n')}\n`)
    await new Promise(done => child.on('close', done))
    const seconds = (performance.now() - began) / 1000
    const right = answers.split('\n').filter((line, i) => line.includes(`"value":"${6 * i}"`)).length
    if (right !== count) throw new Error(`${right} of ${count} answers are right`)
    console.log(
      `eval --jsonl, ${tier}: ${count} lines in ${seconds.toFixed(2)} s, ${(count / seconds).toFixed(0)} a second`,
    )
  }
}
