import type { Command } from 'commander'
import type { Io } from './io.js'
import { collect, examples, type Finish, perform, withRunFlags } from './program.js'

/** `rtfs l4 …`: the module cache. */
export function addL4Commands(program: Command, io: Io, finish: Finish): void {
  const l4 = program
    .command('l4')
    .description('the cache of verified, signed modules')
    .addHelpText(
      'after',
      examples(
        'rtfs l4 publish tax.rtfs --task "add a tax rate to a price"',
        "rtfs l4 find --signature '[:=> [:float :float] :float]' --task 'price with tax' --explain",
        'rtfs l4 call add-tax 50.0 0.1',
      ),
    )
  addPublish(l4, io, finish)
  addFind(l4, io, finish)
  addCall(l4, io, finish)
  addUpkeep(l4, io, finish)
  addHouse(l4, io, finish)
}

function addPublish(l4: Command, io: Io, finish: Finish): void {
  l4.command('publish')
    .description('verify, sign and store the functions of a program; prints what was tested, signed, stored')
    .argument('[file]', 'program or module; - for standard input')
    .option('-e, --expression <text>', 'the program itself')
    .option('--task <text>', 'what the function is for (default: its :task or documentation)')
    .option('--fn <name>', 'only this function')
    .option('--name <ns/name>', 'publish one function under this name')
    .option('--json', 'answer with one JSON document')
    .addHelpText(
      'after',
      examples(
        'rtfs l4 publish tax.rtfs --task "add a tax rate to a price"',
        'rtfs l4 publish shop.rtfs --fn total --name acme/total',
      ),
    )
    .action(
      perform<[string | undefined]>(finish, async ([file], flags) => {
        return (await import('./commands/l4-publish.js')).publishCommand(file, flags, io)
      }),
    )
}

function addFind(l4: Command, io: Io, finish: Finish): void {
  l4.command('find')
    .description('look for a module; exit 1 when there is none')
    .requiredOption('--signature <type>', "type of the function: '[:=> [:int] :int]'")
    .option('--task <text>', 'what it is for, in words')
    .option('--example <call>', "'[args] => result' that it must answer (repeatable)", collect)
    .option('--threshold <n>', 'similarity from 0 to 1 for --accept similarity (default 0.95)')
    .option(
      '--margin <n>',
      'how far above the next the best one must be, for --accept similarity (default 0)',
    )
    .option(
      '--accept <mode>',
      'behaviour: examples or the same description decide; similarity: the score does',
    )
    .option('--code-hash <digest>', 'the very code')
    .option('--namespace <ns>', 'where to look (default local)')
    .option('--allow <id>', 'a capability that it may use (repeatable)', collect)
    .option('--explain', 'show every candidate with its gates and scores')
    .option('--json', 'answer with one JSON document')
    .addHelpText(
      'after',
      examples(
        "rtfs l4 find --signature '[:=> [:float :float] :float]' --task 'price with tax'",
        "rtfs l4 find --signature '[:=> [:int] :int]' --task double --example '[2] => 4' --explain",
      ),
    )
    .action(
      perform<[]>(finish, async (_, flags) => {
        return (await import('./commands/l4-find.js')).findCommand(flags as never, io)
      }),
    )
}

function addCall(l4: Command, io: Io, finish: Finish): void {
  withRunFlags(l4.command('call'))
    .description('call a module of the cache and print the value')
    .argument('<module>', 'id, beginning of an id, name, or namespace/name')
    .argument('[args...]', 'arguments as RTFS values')
    .allowUnknownOption(false)
    .addHelpText(
      'after',
      examples('rtfs l4 call add-tax 50.0 0.1', 'rtfs l4 call acme/greet \'"Ada"\' --json'),
    )
    .action(
      perform<[string, readonly string[]]>(finish, async ([module, args], flags) => {
        return (await import('./commands/l4-call.js')).callCommand(module, args, flags, io)
      }),
    )
}

function addUpkeep(l4: Command, io: Io, finish: Finish): void {
  const load = () => import('./commands/l4-upkeep.js')
  l4.command('ls')
    .description('list modules, newest first')
    .option('--namespace <ns>', 'only of this namespace')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs l4 ls', 'rtfs l4 ls --namespace acme --json'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).lsCommand(flags, io)))
  l4.command('show')
    .description('what is known and signed about a module')
    .argument('<module>', 'id, beginning of an id, name, or namespace/name')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs l4 show add-tax', 'rtfs l4 show 1a2b3c4d --json'))
    .action(
      perform<[string]>(finish, async ([module], flags) => (await load()).showCommand(module, flags, io)),
    )
  l4.command('verify')
    .description('check every record, signature and blob; exit 4 when something is wrong')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs l4 verify', 'rtfs l4 verify --json'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).verifyCommand(flags, io)))
  l4.command('stats')
    .description('how much there is, and of what')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs l4 stats'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).statsCommand(flags, io)))
  l4.command('revoke')
    .description('never use a module again')
    .argument('<module>', 'id, beginning of an id, name, or namespace/name')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs l4 revoke 1a2b3c4d'))
    .action(
      perform<[string]>(finish, async ([module], flags) => (await load()).revokeCommand(module, flags, io)),
    )
}

function addHouse(l4: Command, io: Io, finish: Finish): void {
  const load = () => import('./commands/l4-house.js')
  const json = ['--json', 'answer with one JSON document'] as const
  const module = ['<module>', 'id, beginning of an id, name, or namespace/name'] as const
  l4.command('search')
    .description('find modules by what they are for, whatever their types')
    .argument('<text>', 'what the function is for')
    .option('--namespace <ns>', 'only of this namespace')
    .option('--limit <n>', 'at most so many (default 10)')
    .option(...json)
    .addHelpText('after', examples("rtfs l4 search 'price with tax'"))
    .action(perform<[string]>(finish, async ([text], flags) => (await load()).searchCommand(text, flags, io)))
  l4.command('calibrate')
    .description(
      'find the similarity that keeps a budget of false hits on labelled pairs; exit 1 when there is none',
    )
    .argument(
      '<file>',
      'a line for each pair: {"a": "text", "b": "text", "same": true}; - for standard input',
    )
    .option('--budget <n>', 'part of the different pairs that may be taken for the same, 0 to 1 (default 0)')
    .option(...json)
    .addHelpText('after', examples('rtfs l4 calibrate pairs.jsonl --budget 0.01'))
    .action(
      perform<[string]>(finish, async ([file], flags) => {
        return (await import('./commands/l4-calibrate.js')).calibrateCommand(file, flags, io)
      }),
    )
  l4.command('gc')
    .description(
      'evict what is beyond the limits, least recently used first, and remove what no module needs',
    )
    .option('--dry-run', 'only say what would go')
    .option('--max-records <n>', 'modules to keep (default: all)')
    .option('--max-bytes <n>', 'bytes to keep (default: all)')
    .option('--max-age-days <n>', 'evict what was not used for longer (default: never)')
    .option('--grace-minutes <n>', 'leave alone what is newer; at least 1 (default 60)')
    .option(...json)
    .addHelpText('after', examples('rtfs l4 gc --dry-run', 'rtfs l4 gc --max-records 1000 --max-age-days 90'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).collectCommand(flags, io)))
  for (const [name, pinned, description] of [
    ['pin', true, 'never evict a module'],
    ['unpin', false, 'let a module be evicted again'],
  ] as const) {
    l4.command(name)
      .description(description)
      .argument(...module)
      .option(...json)
      .addHelpText('after', examples(`rtfs l4 ${name} add-tax`))
      .action(
        perform<[string]>(finish, async ([reference], flags) =>
          (await load()).pinCommand(reference, pinned, flags, io),
        ),
      )
  }
  l4.command('export')
    .description('write modules, with their signatures, into one file')
    .argument('<file>', 'where to')
    .argument('[modules...]', 'ids or names (default: all)')
    .option('--namespace <ns>', 'only of this namespace')
    .option(...json)
    .addHelpText('after', examples('rtfs l4 export all.rtfsb', 'rtfs l4 export tax.rtfsb add-tax'))
    .action(
      perform<[string, readonly string[]]>(finish, async ([file, modules], flags) =>
        (await load()).exportCommand(file, modules, flags, io),
      ),
    )
  l4.command('import')
    .description('add the modules of such a file that trusted keys have signed; exit 3 when one is refused')
    .argument('<file>', 'what `rtfs l4 export` wrote')
    .option('--max-bytes <n>', 'refuse a larger file (default 268435456)')
    .option(...json)
    .addHelpText('after', examples('rtfs l4 import all.rtfsb'))
    .action(perform<[string]>(finish, async ([file], flags) => (await load()).importCommand(file, flags, io)))
  l4.command('resign')
    .description('sign with the newest key what other trusted keys have signed')
    .option('--namespace <ns>', 'only of this namespace')
    .option(...json)
    .addHelpText('after', examples('rtfs l4 resign', 'rtfs l4 resign --namespace acme'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).resignCommand(flags, io)))
  l4.command('recompile')
    .description('compile modules of an older version anew from their signed source, test and sign them')
    .option('--namespace <ns>', 'only of this namespace')
    .option(...json)
    .addHelpText('after', examples('rtfs l4 recompile'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).recompileCommand(flags, io)))
  l4.command('reindex')
    .description('embed anew what another model has embedded, and sign it')
    .option('--namespace <ns>', 'only of this namespace')
    .option(...json)
    .addHelpText('after', examples('rtfs l4 reindex'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).reindexCommand(flags, io)))
}
