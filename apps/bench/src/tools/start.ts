import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { report } from '../delegation.js'
import { median } from '../measure.js'
import { versionOf } from '../peers/peer.js'
import { command, nbbCommand } from './files.js'

/** A process tells its own CPU time when it ends, from its very start. */
const hook = `process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  require('node:fs').writeFileSync(process.env.RTFS_BENCH_CPU, String((user + system) / 1000))
})`

/** CPU milliseconds of whole processes, in turns. */
export function start(rounds: number): void {
  const directory = mkdtempSync(join(tmpdir(), 'rtfs-bench-'))
  try {
    const preload = join(directory, 'hook.cjs')
    const told = join(directory, 'cpu')
    writeFileSync(preload, hook)
    const cpu = (...args: readonly string[]): number => {
      const env = { ...process.env, RTFS_BENCH_CPU: told, RTFS_HOME: directory }
      const { status, stderr } = spawnSync(process.execPath, ['-r', preload, ...args], {
        env,
        cwd: directory,
      })
      if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
      return Number(readFileSync(told, 'utf8'))
    }
    const node: number[] = []
    const rtfs: number[] = []
    const nbb: number[] = []
    for (let round = 0; round < rounds; round++) {
      node.push(cpu('-e', '0'))
      rtfs.push(cpu(command, 'eval', '(+ 1 2)'))
      nbb.push(cpu(nbbCommand, '-e', '(+ 1 2)'))
    }
    const ms = (times: readonly number[]) =>
      `${median(times).toFixed(0)} ms, least ${Math.min(...times).toFixed(0)}`
    console.log(
      `one process, CPU, median of ${rounds}: node ${ms(node)}; rtfs ${ms(rtfs)}; nbb ${versionOf('nbb')} ${ms(nbb)}`,
    )
    report("rtfs eval '(+ 1 2)' over node", median(rtfs) - median(node), 40, 'ms')
    report("rtfs eval '(+ 1 2)' beside nbb", median(rtfs) / median(nbb), 0.55, 'x nbb')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
