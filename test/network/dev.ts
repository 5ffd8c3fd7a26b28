/**
 * `npm start`: the whole network on this machine, with demo identities and the story of the last weeks.
 *
 *   --reset        throw the data away and seed anew
 *   --data DIR     where the data lives (default: .kortelijn/demo in the checkout)
 *   --port N       the hub's port (default: PORT, else 4000); the other processes follow it
 *   --empty        no story
 *   --json         one line of JSON when ready, for programs that start the network
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stopLeftovers } from './leftovers.ts';
import { createNetwork, type Network, removeData } from './network.ts';
import { keepReporting } from './seeds/service-status.ts';
import { tellStory } from './seeds/story.ts';

const { values } = parseArgs({
  options: {
    reset: { type: 'boolean', default: false },
    data: { type: 'string' },
    port: { type: 'string' },
    empty: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const dataDir = resolve(values.data ?? join(root, '.kortelijn/demo'));
const port = Number(values.port ?? process.env.PORT ?? 4000);
const say = (line: string) => void process.stderr.write(`${line}\n`);

const startedAt = Date.now();
await stopLeftovers(dataDir);
if (values.reset) await removeData(dataDir);
const firstStart = !existsSync(join(dataDir, 'story-told'));

const network = await createNetwork({
  dataDir,
  port,
  onReady: (name, url, pid) => say(`  ${name.padEnd(16)} ${url.padEnd(34)} process ${pid}`),
});
let stopping: Promise<void> | undefined;
const stop = () => {
  stopping ??= network.stop().then(() => process.exit(0));
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

say(`Ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
if (!values.empty && firstStart) {
  try {
    await tellStory(network, say);
  } catch (error) {
    say(String(error));
    say('The story broke off; `npm start -- --reset` begins again.');
    await network.stop();
    process.exit(1);
  }
  // Written last: a story that broke off is not taken for a whole one.
  writeFileSync(join(dataDir, 'story-told'), new Date().toISOString());
}
if (!values.empty) keepReporting(network);
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ ready: true, name: 'network', url: `${network.hubUrl}/graphql`, dataDir })}\n`,
  );
else say(welcome(network));

function welcome({ hubUrl, participants }: Network): string {
  const people = participants.flatMap(({ id, name, personas }) => [
    `  ${name}`,
    ...personas.map((one) => `    ${`${id}/${one.key}`.padEnd(26)} ${one.name}, ${one.roles.join(' ').toLowerCase()}`),
  ]);
  return [
    '',
    'Kortelijn is running. Everything and everybody here is made up.',
    '',
    `  Start here        ${hubUrl}/`,
    `  Explorer          ${hubUrl}/explorer`,
    `  GraphQL           ${hubUrl}/graphql`,
    `  Health, metrics   ${hubUrl}/health/ready  ${hubUrl}/metrics`,
    '',
    'Demo identities:',
    ...people,
    '',
    `Data: ${dataDir} (a second start keeps it; npm start -- --reset seeds anew). Ctrl-C stops everything.`,
  ].join('\n');
}
