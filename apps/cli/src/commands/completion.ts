import type { Command } from 'commander'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { Io } from '../io.js'

const shells = ['bash', 'zsh', 'fish'] as const

/** A command with what may stand behind it. */
interface Words {
  /** `rtfs l4 find`, without the first word. */
  readonly path: string
  readonly words: readonly string[]
  /** True when files may stand there. */
  readonly files: boolean
}

/** Prints a script that completes commands and flags in a shell. Made from the commands themselves. */
export function completionCommand(shell: string, program: Command, io: Io): ExitCode {
  const chosen = shells.find(each => each === shell)
  if (chosen === undefined) throw new UsageError(`a shell is one of ${shells.join(', ')}, not '${shell}'`)
  const all = wordsOf(program, '')
  io.out(chosen === 'fish' ? fish(all) : bash(all, chosen === 'zsh'))
  return exitCodes.done
}

function wordsOf(command: Command, path: string): readonly Words[] {
  const flags = command.options.flatMap(({ short, long }) => [short, long]).filter(flag => flag != null)
  const subcommands = command.commands.map(each => each.name())
  const own = { path, words: [...subcommands, ...flags, '--help'], files: subcommands.length === 0 }
  const below = command.commands.flatMap(each =>
    wordsOf(each, path === '' ? each.name() : `${path} ${each.name()}`),
  )
  return [own, ...below]
}

/** zsh runs the same function through its own bridge. */
function bash(all: readonly Words[], isZsh: boolean): string {
  const cases = all.map(
    ({ path, words, files }) => `    '${path}') words="${words.join(' ')}"${files ? ' files=1' : ''} ;;`,
  )
  return `${isZsh ? '#compdef rtfs\nautoload -U +X bashcompinit && bashcompinit\n' : ''}# eval "$(rtfs completion ${isZsh ? 'zsh' : 'bash'})"
_rtfs() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" files="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case " ${all
      .filter(({ path }) => path !== '')
      .map(({ path }) => `|${path}|`)
      .join(' ')} " in
      *"|\${path:+$path }$word|"*) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ "$current" != -* && -n "$files" ]]; then
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _rtfs rtfs
`
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, words }) => {
    const [first, second] = path.split(' ')
    const seen = [first, second].filter(word => word !== undefined && word !== '')
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : seen.map(word => `__fish_seen_subcommand_from ${word}`).join('; and ')
    return words.map(word => {
      const what = word.startsWith('--')
        ? `-l ${word.slice(2)}`
        : word.startsWith('-')
          ? `-s ${word.slice(1)}`
          : `-a ${word}`
      return `complete -c rtfs -n '${condition}' ${what}`
    })
  })
  return `# rtfs completion fish | source\n${lines.join('\n')}\n`
}
