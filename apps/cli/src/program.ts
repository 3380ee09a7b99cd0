import { closest } from '@rtfs/core'
import { Command } from 'commander'
import { applyConfig } from './config/apply-config.js'
import type { ExitCode } from './exit-codes.js'
import type { Io } from './io.js'
import { addKeysCommands } from './program-keys.js'
import { addL4Commands } from './program-l4.js'
import { targetNames } from './targets.js'
import { version } from './version.js'

/** Told how a command ended. */
export type Finish = (code: ExitCode) => void

/** What a command takes from the words of the command line, its own flags and those of the commands above it. */
export type Action<Words extends readonly unknown[]> = (words: Words, flags: object) => Promise<ExitCode>

/**
 * The command line: words, flags, help. What a command does is loaded when it is called. When `first`, the first word,
 * is a command, the others are left out.
 */
export function createProgram(io: Io, finish: Finish, first?: string): Command {
  const program = new Command('rtfs')
    .description('RTFS: a small, typed language, compiled to WebAssembly, verified, signed and cached.')
    .version(version(), '--version', 'print the version')
    .option(
      '--dir <dir>',
      'directory of cache, keys and journal (default: RTFS_HOME, else the XDG data directory)',
    )
    .option('--offline', 'never leave the machine')
    .option('--config <file>', 'read this file, not rtfs.toml and the own config.toml')
    .option('--no-config', 'read no configuration file')
    .option('--no-color', 'no colour, as with NO_COLOR')
    .helpCommand(false)
    .hook('preAction', (_, command) => applyConfig(command, io))
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .usage('COMMAND [options]')
    .addHelpText('after', examples('rtfs eval "(+ 1 2)"', 'rtfs run program.rtfs', 'rtfs check *.rtfs'))
    .on('command:*', ([name]: readonly string[]) => unknownCommand(program, name!))
  // Most of what a short command takes at its start is describing the others. One of them describes them all.
  const only = first !== undefined && first !== 'completion' ? adders.get(first) : undefined
  for (const add of only === undefined ? adders.values() : [only]) add(program, io, finish)
  return program
}

/** Lines of help that show a command at work. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map(line => `  $ ${line}\n`).join('')}`
}

/** Runs a command with its flags and those above it, and tells how it ended. */
export function perform<Words extends readonly unknown[]>(finish: Finish, action: Action<Words>) {
  return async (...args: unknown[]): Promise<void> => {
    const command = args.at(-1) as Command
    const words = args.slice(0, -2) as unknown as Words
    finish(await action(words, command.optsWithGlobals()))
  }
}

/** Gathers a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Flags of commands that run programs. */
export function withRunFlags(command: Command): Command {
  return command
    .option(
      '--allow <id[=scope]>',
      'grant a capability, for a path, host or name prefix (repeatable)',
      collect,
    )
    .option('--max-fuel <n>', 'units of work (default 1e9)')
    .option('--max-ms <n>', 'milliseconds (default 10000)')
    .option('--max-depth <n>', 'calls in progress (default 10000)')
    .option('--max-output <n>', 'bytes of output (default 1048576)')
    .option('--max-memory <n>', 'bytes of collections and strings (default 268435456)')
    .option('--json', 'answer with one JSON document')
}

function unknownCommand(program: Command, name: string): never {
  const known = program.commands.map(command => command.name()).join(', ')
  // Commander suggests, too, but does not say what there is.
  const meant = closest(
    name,
    program.commands.map(command => command.name()),
  )
  const hint = meant === undefined ? '' : `\n(Did you mean ${meant}?)`
  return program.error(`rtfs: there is no command '${name}'; there are ${known}${hint}`, { exitCode: 2 })
}

function addRun(program: Command, io: Io, finish: Finish): void {
  withRunFlags(program.command('run'))
    .description('run a program, or one of its functions, and print the value')
    .argument('[file]', 'program; - for standard input')
    .option('-e, --expression <text>', 'the program itself')
    .option('--fn <name>', 'call this function when the program has run')
    .option('--journal <name>', 'keep the effects under this name; go on there when it is run again')
    .option('--args <vector>', 'its arguments: \'[1 "a"]\'')
    .option('--tier <tier>', 'auto, ast, ir or wasm; a tier that is named does not fall back')
    .addHelpText(
      'after',
      examples(
        'rtfs run program.rtfs',
        "rtfs run tax.rtfs --fn add-tax --args '[50 0.1]'",
        'rtfs run report.rtfs --allow read-file=./data --max-ms 2000',
        'rtfs run order.rtfs --allow write-file=./out --journal order-17',
        "echo '(+ 1 2)' | rtfs run -",
      ),
    )
    .action(
      perform<[string | undefined]>(finish, async ([file], flags) => {
        return (await import('./commands/run.js')).runCommand(file, flags, io)
      }),
    )
}

function addEval(program: Command, io: Io, finish: Finish): void {
  withRunFlags(program.command('eval'))
    .description('evaluate a form and print its value; with --jsonl one request a line')
    .argument('[form]', 'form; - for standard input')
    .option('-e, --expression <text>', 'the form, when it begins with a dash')
    .option('--tier <tier>', 'auto, ast, ir or wasm; a tier that is named does not fall back')
    .option(
      '--jsonl',
      'read {"id", "source", "context", "files", "tier", "allow", "limits"} a line, answer a line',
    )
    .addHelpText(
      'after',
      examples(
        "rtfs eval '(+ 1 2)'",
        "rtfs eval '(map inc [1 2 3])' --json",
        `echo '{"id": 1, "source": "(+ 1 2)"}' | rtfs eval --jsonl`,
      ),
    )
    .action(
      perform<[string | undefined]>(finish, async ([form], flags) => {
        return (await import('./commands/eval.js')).evalCommand(form, flags, io)
      }),
    )
}

function addCheck(program: Command, io: Io, finish: Finish): void {
  program
    .command('check')
    .description('report what is wrong with programs: syntax, names, types')
    .argument('[files...]', 'programs; a directory stands for all below it, - for standard input')
    .option('-e, --expression <text>', 'the program itself')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs check program.rtfs lib', 'rtfs check -e \'(+ 1 "a")\' --json'))
    .action(
      perform<[readonly string[]]>(finish, async ([files], flags) => {
        return (await import('./commands/check.js')).checkCommand(files, flags, io)
      }),
    )
}

function addRepl(program: Command, io: Io, finish: Finish): void {
  withRunFlags(program.command('repl'))
    .description('type forms and see their values; :help there says what else')
    .argument('[file]', 'program to begin with')
    .option('--tier <tier>', 'auto, ast, ir or wasm', 'auto')
    .addHelpText(
      'after',
      examples('rtfs repl', 'rtfs repl shop.rtfs --allow read-file=.', 'rtfs repl < session.rtfs'),
    )
    .action(
      perform<[string | undefined]>(finish, async ([file], flags) => {
        return (await import('./commands/repl.js')).replCommand(file, flags, io)
      }),
    )
}

function addFix(program: Command, io: Io, finish: Finish): void {
  program
    .command('fix')
    .description('mend what can be mended safely, and show what changes')
    .argument('<files...>', 'programs; a directory stands for all below it, - for standard input')
    .option('--unsafe', 'also what is only likely to be meant, such as names that were mistyped')
    .option('--check', 'change nothing; exit 1 when something can be mended')
    .option('--json', 'answer with one JSON document')
    .addHelpText(
      'after',
      examples('rtfs fix program.rtfs', 'rtfs fix --check lib/*.rtfs', 'rtfs fix --unsafe - < draft.rtfs'),
    )
    .action(
      perform<[readonly string[]]>(finish, async ([files], flags) => {
        return (await import('./commands/fix.js')).fixCommand(files, flags, io)
      }),
    )
}

function addDoctor(program: Command, io: Io, finish: Finish): void {
  program
    .command('doctor')
    .description('what is installed, what works, and how to mend what does not')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs doctor', 'rtfs doctor --dir ./store --json'))
    .action(
      perform<[]>(finish, async (_, flags) => {
        return (await import('./commands/doctor.js')).doctorCommand(flags, io)
      }),
    )
}

function addCompletion(program: Command, io: Io, finish: Finish): void {
  program
    .command('completion')
    .description('print a script that completes commands and flags: bash, zsh or fish')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', examples('rtfs completion bash > ~/.local/share/bash-completion/completions/rtfs'))
    .action(
      perform<[string]>(finish, async ([shell]) => {
        return (await import('./commands/completion.js')).completionCommand(shell, program, io)
      }),
    )
}

function addFmt(program: Command, io: Io, finish: Finish): void {
  program
    .command('fmt')
    .description('format programs in place; - formats standard input')
    .argument('<files...>', 'programs; a directory stands for all below it, - for standard input')
    .option('--check', 'change nothing; exit 1 when a file is not formatted')
    .option('--json', 'answer with one JSON document')
    .addHelpText(
      'after',
      examples('rtfs fmt program.rtfs', 'rtfs fmt --check lib/*.rtfs', 'rtfs fmt - < program.rtfs'),
    )
    .action(
      perform<[readonly string[]]>(finish, async ([files], flags) => {
        return (await import('./commands/fmt.js')).fmtCommand(files, flags, io)
      }),
    )
}

function addTest(program: Command, io: Io, finish: Finish): void {
  withRunFlags(program.command('test'))
    .description(
      'run the deftest forms and the examples of modules, in every tier; what passed before does not run again',
    )
    .argument('<files...>', 'programs or modules; a directory stands for all below it')
    .option('--tier <tier>', 'only this tier: ast, ir or wasm')
    .option('--no-cache', 'run what passed before, too')
    .addHelpText(
      'after',
      examples('rtfs test shop.rtfs', 'rtfs test lib --no-cache', 'rtfs test lib/*.rtfs --tier ir --json'),
    )
    .action(
      perform<[readonly string[]]>(finish, async ([files], flags) => {
        return (await import('./commands/test.js')).testCommand(files, flags, io)
      }),
    )
}

function addCompile(program: Command, io: Io, finish: Finish): void {
  program
    .command('compile')
    .description('compile a program; refuses one with errors')
    .argument('[file]', 'program; - for standard input')
    .option('-e, --expression <text>', 'the program itself')
    .option('-o, --output <file>', 'where to write; default: standard output')
    .option('--target <target>', targetNames.join(' or '), targetNames[0])
    .option('--emit <form>', 'ast, ir, wat or wasm', 'wasm')
    .option('--json', 'ast and ir as JSON; for wasm, describe what was written')
    .addHelpText(
      'after',
      examples(
        'rtfs compile tax.rtfs -o tax.wasm',
        'rtfs compile tax.rtfs --emit wat',
        "rtfs compile -e '(+ 1 2)' --emit ir",
      ),
    )
    .action(
      perform<[string | undefined]>(finish, async ([file], flags) => {
        return (await import('./commands/compile.js')).compileCommand(file, flags as never, io)
      }),
    )
}

/** What adds each command, in the order of the help. */
const adders: ReadonlyMap<string, (program: Command, io: Io, finish: Finish) => void> = new Map([
  ['run', addRun],
  ['eval', addEval],
  ['repl', addRepl],
  ['check', addCheck],
  ['fix', addFix],
  ['fmt', addFmt],
  ['test', addTest],
  ['compile', addCompile],
  ['l4', addL4Commands],
  ['keys', addKeysCommands],
  ['doctor', addDoctor],
  ['completion', addCompletion],
])
