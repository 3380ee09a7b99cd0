import type { Command } from 'commander'
import type { Io } from './io.js'
import { collect, examples, type Finish, perform } from './program.js'

/** `rtfs keys …`: signing keys and trusted publishers. */
export function addKeysCommands(program: Command, io: Io, finish: Finish): void {
  const keys = program
    .command('keys')
    .description('signing keys and trusted publishers')
    .addHelpText('after', examples('rtfs keys new laptop', 'rtfs keys ls', 'rtfs keys revoke sha256:1a2b'))
  const load = () => import('./commands/keys.js')
  keys
    .command('new')
    .description('make a signing key of your own, and trust it')
    .argument('[label]', 'what it is called')
    .option(
      '--namespace <pattern>',
      'namespaces it may sign for: NS, NS/* or * (repeatable; default *)',
      collect,
    )
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs keys new laptop', 'rtfs keys new build --namespace acme/*'))
    .action(
      perform<[string | undefined]>(finish, async ([label], flags) =>
        (await load()).keysNew(label, flags, io),
      ),
    )
  keys
    .command('ls')
    .description('list signing keys and trusted keys')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs keys ls', 'rtfs keys ls --json'))
    .action(perform<[]>(finish, async (_, flags) => (await load()).keysList(flags, io)))
  keys
    .command('trust')
    .description("trust somebody's modules")
    .argument('<public-key>', 'as `rtfs keys new` printed it: 32 bytes in base64 or hexadecimal')
    .option('--label <text>', 'whose key it is')
    .option(
      '--namespace <pattern>',
      'namespaces it may sign for: NS, NS/* or * (repeatable; default *)',
      collect,
    )
    .option('--json', 'answer with one JSON document')
    .addHelpText(
      'after',
      examples('rtfs keys trust 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= --namespace acme'),
    )
    .action(perform<[string]>(finish, async ([key], flags) => (await load()).keysTrust(key, flags, io)))
  keys
    .command('revoke')
    .description('from now on accept nothing that this key has ever signed')
    .argument('<key>', 'id of a trusted key, or its beginning')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs keys revoke sha256:1a2b3c'))
    .action(perform<[string]>(finish, async ([key], flags) => (await load()).keysRevoke(key, flags, io)))
  keys
    .command('rotate')
    .description('make a new key, sign with it what the old one has signed, and let the old one expire')
    .argument('[key]', 'id of the key to replace, or its beginning (default: the newest that signs)')
    .option('--overlap-days <n>', 'how long the old key stays valid, for others (default 30)')
    .option('--label <text>', 'what the new key is called')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples('rtfs keys rotate', 'rtfs keys rotate sha256:1a2b --overlap-days 7'))
    .action(
      perform<[string | undefined]>(finish, async ([key], flags) =>
        (await load()).keysRotate(key, flags, io),
      ),
    )
}
