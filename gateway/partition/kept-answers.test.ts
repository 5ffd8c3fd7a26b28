import { expect, test } from 'vitest';
import { unheard } from './ask-roots.ts';
import { readContract } from './contract.ts';
import { createKeptAnswers, unknownAfterMs } from './kept-answers.ts';
import { compileFetch } from './rewrite.ts';
import { participantSdl } from './standins/endpoint.ts';

test('what a silent participant said last stands with its age, and is UNKNOWN after three minutes', () => {
  const contract = readContract(participantSdl);
  const [root] = compileFetch(contract, '{ networkStatus { nodes { level } } }').roots;
  if (root === undefined) throw new Error('Expected a root field.');
  const kept = createKeptAnswers(contract.schema);
  const value = { nodes: [{ level: 'DEGRADED', source: 'SELF', service: 'Dossier' }] };
  const silent = unheard('linde', { outcome: 'TIMED_OUT' });
  expect(kept.stand(root, 'q', silent, 0)).toBe(silent);
  kept.stand(root, 'q', { ...silent, said: { outcome: 'FRESH' }, value, receivedAtMs: 1_000 }, 1_000);
  expect(kept.stand(root, 'q', silent, 2_000)).toMatchObject({
    said: { outcome: 'STALE', code: 'TIMED_OUT' },
    receivedAtMs: 1_000,
    value,
  });
  expect(kept.stand(root, 'other', silent, 2_000)).toBe(silent);
  const breach = unheard('linde', { outcome: 'CONTRACT_BREACH' });
  expect(kept.stand(root, 'q', breach, 2_000)).toBe(breach);
  expect(kept.stand(root, 'q', silent, 1_001 + unknownAfterMs).value).toEqual({
    nodes: [{ level: 'UNKNOWN', source: 'SELF', service: 'Dossier' }],
  });
});
