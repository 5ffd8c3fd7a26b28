import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type IdTag, idTags, isParticipantId, newId, parseId, participantId } from './ids.ts';

const linde = participantId('linde');

test('reads back every id it makes', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z][a-z0-9-]{1,30}$/).filter(isParticipantId),
      fc.constantFrom(...(Object.keys(idTags) as IdTag[])),
      fc.integer({ min: 0, max: 2 ** 47 }),
      (participant, tag, nowMs) => {
        const parsed = parseId(newId(participant, tag, nowMs));
        return parsed?.participant === participant && parsed.tag === tag;
      },
    ),
  );
});

test('orders ids of one type by the time they were made', () => {
  const made = [1_000, 2_000, 1_779_264_000_000].map((nowMs) => newId(linde, 'inc', nowMs));
  expect([...made].sort()).toEqual(made);
});

test('writes time, version and variant where RFC 9562 puts them', () => {
  expect(newId(linde, 'inc', 0x017f22e279b0, (bytes) => bytes.fill(0xff))).toBe(
    'linde:inc_017f22e2-79b0-7fff-bfff-ffffffffffff',
  );
});

test.each([
  ['', 'nothing'],
  ['linde', 'a participant alone'],
  ['linde:inc_0198', 'half an id'],
  ['Linde:inc_017f22e2-79b0-7fff-bfff-ffffffffffff', 'capitals in the prefix'],
  ['linde:inc_017F22E2-79B0-7FFF-BFFF-FFFFFFFFFFFF', 'capitals in the UUID'],
  ['linde:xyz_017f22e2-79b0-7fff-bfff-ffffffffffff', 'an unknown tag'],
  ['linde:constructor_017f22e2-79b0-7fff-bfff-ffffffffffff', 'a tag that every object has'],
  ['registry:net_017f22e2-79b0-7fff-bfff-ffffffffffff', 'the registry as a party'],
  ['linde:inc_017f22e2-79b0-4fff-bfff-ffffffffffff', 'a UUID of version 4'],
  ['linde:inc_017f22e2-79b0-7fff-bfff-ffffffffffff ', 'a space behind it'],
  ['linde:inc_017f22e2-79b0-7fff-bfff-ffffffffffff\n', 'a line end behind it'],
  ['linde:inc_017f22e2-79b0-7fff-bfff-fffffffffffff', 'one digit too many'],
])('refuses %j: %s', (id) => {
  expect(parseId(id)).toBeUndefined();
});

test('says what a participant id looks like', () => {
  expect(() => participantId('registry')).toThrow(/is not "registry"; found "registry"/);
  expect(() => participantId('L')).toThrow(/2 to 31 characters/);
});
