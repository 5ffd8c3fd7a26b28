/** The command line of operators and partners. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { check } from './check/check.ts';
import { replay } from './replay/replay.ts';
import { streams } from './tail/streams.ts';
import { tail } from './tail/tail.ts';
import { verify } from './verify/verify.ts';

const wholeNumber = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Expected a whole number above 0.');
  return number;
};

const program = new Command('kortelijn').description('Work with a Kortelijn hub from the command line.');
// Before the commands are made: they take it over from here, and wrong use of any of them ends with 2.
program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('replay')
  .description(
    'Send a real incident log (XES, also gzipped) through the hub and compare what the hub then knows with the log.',
  )
  .argument('<file>', 'the log')
  .option('--data <folder>', 'the network and the progress of this replay; a second start goes on', '.kortelijn/replay')
  .option('--port <number>', "the port of the replay's own hub", wholeNumber, 4100)
  .option('--into <url>', 'the GraphQL address of another hub, instead of a network of its own')
  .option('--programs <file>', 'credentials of the importing programs there')
  .option('--limit <number>', 'only the first incidents of the log', wholeNumber)
  .option('--concurrency <number>', 'incidents under way at once', wholeNumber, 32)
  .option('--boards <number>', 'boards that are open meanwhile and must hold the same in the end', wholeNumber)
  .option('--report <file>', 'write the report here too')
  .option('--json', 'the table as one line of JSON on standard output', false)
  .addHelpText('after', '\nExit codes: 0 every figure equal or explained, 1 a figure is not, or stopped, 2 wrong use.')
  .action(async (file: string, options) => {
    process.exitCode = await replay({ file, ...options });
  });

program
  .command('verify')
  .description('Judge a dispute file off-line: signatures, order, hashes and disclosure; name the first bad entry.')
  .argument('<file>', 'the dispute file')
  .option('--registry-key <file>', "the registry's public keys: a JWK, a list of them, or a file of pins")
  .option('--json', 'the verdict as one line of JSON', false)
  .addHelpText('after', '\nExit codes: 0 sound, 1 not sound, 2 wrong use.')
  .action(async (file: string, options) => {
    process.exitCode = await verify({ file, ...options });
  });

program
  .command('check')
  .description("Judge any participant's endpoint as the hub would meet it: every rule of the contract, with an id.")
  .argument('<url>', "the endpoint's address")
  .requiredOption('--name <participant>', "the endpoint's name: the participant's id")
  .requiredOption('--keys <file>', "the hub's private keys, to assert and seal with: { sign, agree }, each a JWK")
  .requiredOption('--participant-keys <file>', "the participant's public keys: { sign: [JWK], agree: [JWK] }")
  .option('--write', 'it may be written to: the checks report incidents there and work on them', false)
  .option('--sender <participant>', 'a party that the endpoint finds ACTIVE in the directory, to send envelopes as')
  .option('--sender-keys <file>', "that party's private keys")
  .option('--subject <subject>', 'the person that acts at the participant, as its own issuer calls it')
  .option('--service <service>', 'the service that the incidents are about')
  .option('--report <file>', 'write the report here as canonical JSON: the bytes that a signature is made over')
  .option('--json', 'the report as one line of JSON instead of the table', false)
  .addHelpText('after', '\nExit codes: 0 conform, 1 a MUST fails, 2 wrong use, 3 a MUST could not be judged.')
  .action(async (url: string, options) => {
    process.exitCode = await check({ url, ...options });
  });

program
  .command('tail')
  .description('Watch a stream of the hub: changes, what is gone, gaps, and how far behind each participant is.')
  .option('--hub <url>', 'where the hub answers', process.env.KORTELIJN_HUB ?? 'http://localhost:4000')
  .addOption(new Option('--stream <name>', 'which stream').choices(Object.keys(streams)).default('incidents'))
  .option('--participants <ids>', 'only of these, with commas between them', (ids) => ids.split(',').filter(Boolean))
  .addOption(new Option('--token <token>', 'a token of your own').env('KORTELIJN_TOKEN'))
  .option('--programs <file>', 'credentials of programs, to log in with')
  .option('--program <client id>', 'which program of that file')
  .option('--as <persona>', 'a persona of the demo, such as linde/desk')
  .option('--demo-identities <url>', "where the demo's identity provider answers", 'http://localhost:4001')
  .option('--resume <file>', 'keep the place here after each item; the next watch goes on from it')
  .option('--json', 'every item as one line of JSON on standard output, heartbeats too', false)
  .addHelpText('after', '\nExit codes: 0 stopped, 1 the hub refuses, 2 wrong use.')
  .action(async (options) => {
    process.exitCode = await tail(options);
  });

await program.parseAsync();
