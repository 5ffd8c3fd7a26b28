/**
 * What names and links cost in process: `_entities` of 100 participants and of 100 links, as a board asks them.
 * 1,000 distinct sets of representations. Prints JSON, one line each.
 * node --import tsx test/bench/hub.bench.ts [fetches]
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { createHub } from '@kortelijn/gateway/hub/hub.ts';
import { createSnapshot } from '@kortelijn/gateway/partition/directory-snapshot.ts';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { benchParticipant } from './scatter-names.ts';

const fetches = Number(process.argv[2] ?? 20_000);
const names = Array.from({ length: 200 }, (_, index) => benchParticipant(index));
const directory = createSnapshot(
  1,
  '',
  names.map((id) => ({
    id,
    name: `Name of ${id}`,
    kind: 'OTHER',
    accessionState: 'ACTIVE' as const,
    endpoint: '',
    keys: { sign: [], agree: [] },
  })),
);
const sdl = readFileSync(new URL('../../schema/subgraphs/hub.graphql', import.meta.url), 'utf8');
const hub = createHub(sdl, () => directory);

const name = (index: number) => names[index % names.length] as string;
const scenarios = {
  'Participant { name }': {
    document:
      'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Participant { name } } }',
    representation: (index: number) => ({ __typename: 'Participant', id: name(index) }),
  },
  'IncidentLink { participant { name } incident }': {
    document:
      'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on IncidentLink { participant { name } incident { __typename linkId } } } }',
    representation: (index: number) => ({ __typename: 'IncidentLink', id: newId(participantId(name(index)), 'inc') }),
  },
};

for (const [asked, { document, representation }] of Object.entries(scenarios)) {
  const sets = Array.from({ length: 1_000 }, (_, set) =>
    Array.from({ length: 100 }, (_, index) => representation(set * 7 + index)),
  );
  const entities = [{ alias: '_entities', variable: 'representations' }];
  const fetch = (index: number) =>
    hub({ document, operationKind: 'query', entities, variables: { representations: sets[index % sets.length] } });
  for (let index = 0; index < 1_000; index += 1) fetch(index);
  const before = process.cpuUsage();
  for (let index = 0; index < fetches; index += 1) {
    if (fetch(index).errors.length > 0) throw new Error('Expected every entity to be known, found one that is not.');
  }
  const { user, system } = process.cpuUsage(before);
  const cpuUsPerEntity = Math.round(((user + system) / fetches / 100) * 1_000) / 1_000;
  console.log(
    JSON.stringify({
      bench: 'hub',
      asked,
      fetches,
      entities: 100,
      cpuUsPerFetch: Math.round(cpuUsPerEntity * 100),
      cpuUsPerEntity,
      node: process.version,
      cpu: cpus()[0]?.model,
      cores: cpus().length,
    }),
  );
}
