import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createContractFit } from './contract-fit.ts';

const sdl = readFileSync(new URL('../../../schema/subgraphs/participant.graphql', import.meta.url), 'utf8');
const problemsOf = createContractFit(sdl);
/** The SDL with one thing changed, which must be there to be changed. */
const changed = (from: string | RegExp, to: string) => {
  const other = sdl.replace(from, to);
  expect(other).not.toBe(sdl);
  return other;
};

test('the contract itself fits, and so does one that lacks fields or has more of its own', () => {
  expect(problemsOf(sdl)).toEqual([]);
  expect(problemsOf(`${sdl}\nextend type Query { own: String }`)).toEqual([]);
  expect(problemsOf(changed(/\bstatusReport\(/, 'statusReportOfLater('))).toEqual([]);
});

test('a schema without what the hub must ask, or of another form, does not', () => {
  expect(problemsOf(changed(/\bdeliver\(/, 'deliverLater('))).toContain('Mutation.deliver is missing.');
  expect(problemsOf(changed(/\bchanges\(/g, 'news('))).toEqual([
    'Query.changes is missing.',
    'Subscription.changes is missing.',
  ]);
  expect(problemsOf('type Query { hello: String }')).toContain('Mutation.deliver is missing.');
  expect(problemsOf('no SDL')).toEqual(['The endpoint gave no SDL that can be read.']);
});
