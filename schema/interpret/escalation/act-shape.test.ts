import { expect, test } from 'vitest';
import { actTypes } from './act.ts';
import { readAct } from './act-shape.ts';
import { actBy, context, createStory, raiseAct, sign } from './chain.fixture.ts';
import { composeAct } from './compose.ts';
import { decideAct } from './decide.ts';
import { usualTerms } from './terms.ts';

const raise = raiseAct(['linde', 'niemandsland']);
const story = createStory(['linde', 'niemandsland']);

test('reads an act of every type that carries what the type asks for, and gives it back as it was', () => {
  expect(readAct(raise)).toBe(raise);
  for (const type of actTypes.filter((each) => each !== 'raise')) {
    const { act } = actBy(story.now(), type, 'linde');
    expect(readAct(act), type).toBe(act);
  }
});

test('refuses an act that lacks any of its members', () => {
  for (const type of actTypes) {
    const act = type === 'raise' ? raise : actBy(story.now(), type, 'linde').act;
    for (const name of Object.keys(act)) {
      const { [name]: _, ...rest } = act as unknown as Record<string, unknown>;
      expect(typeof readAct(rest), `${type} without ${name}`).toBe('string');
    }
  }
});

test.each([
  ['a member that nobody knows', { note: 'x' }, 'raise carries no note'],
  ['a member of another type of act', { version: 1 }, 'raise carries no version'],
  ['a text in place of its hash', { texts: { reason: 'Niemand belt terug' } }, 'texts is not of its form'],
  ['a party that cannot be', { party: 'Linde' }, 'party is not of its form'],
  ['a party named twice', { involved: ['linde', 'linde'] }, 'involved is not of its form'],
  ['a time that is no whole number', { atMs: 1.5 }, 'atMs is not of its form'],
  ['an id with another tag', { id: raise.escalation }, 'id is not of its form'],
  ['a name that every object has', { constructor: 1 }, 'raise carries no constructor'],
  [
    'a window of a thousand years',
    { terms: { ...usualTerms, vote: { n: 12_000, unit: 'MONTHS' } } },
    'terms is not of its form',
  ],
  ['a window in no unit', { terms: { ...usualTerms, vote: { n: 1, unit: 'toString' } } }, 'terms is not of its form'],
  ['a window of nothing', { terms: { ...usualTerms, vote: { n: 0, unit: 'DAYS' } } }, 'terms is not of its form'],
])('refuses %s', (_, change, message) => {
  expect(readAct({ ...raise, ...change })).toBe(message);
});

test.each([
  [null],
  [undefined],
  ['text'],
  [[]],
  [{}],
  [{ ...raise, type: 'unknown' }],
  [{ ...raise, type: 'constructor' }],
])('refuses %j', (value) => {
  expect(typeof readAct(value)).toBe('string');
});

test('an act composed of what a party holds is allowed, and the next names the one that is still under way', () => {
  const draft = {
    id: actBy(story.now(), 'takeUp', 'linde').act.id,
    type: 'takeUp',
    party: 'linde',
    role: 'SERVICEMANAGER',
    texts: {},
    atMs: story.nowMs(),
  } as const;
  const act = composeAct(story.now(), draft);
  expect(decideAct(story.now(), sign(act), { ...context, nowMs: story.nowMs() }).ok).toBe(true);
  expect(composeAct(story.now(), draft, sign(act).hash).previousAct).toBe(sign(act).hash);
});
