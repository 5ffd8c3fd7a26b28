import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type FeedPlace, openPlace, sealPlace } from './live-cursor.ts';
import { cursorKeys, sealCursor } from './sealed-cursor.ts';

const keys = cursorKeys([randomBytes(32)]);
const epoch = 'c0ffee00-1111-4222-8333-444455556666';
const feeds = (...places: [string, number][]) =>
  new Map<string, FeedPlace>(places.map(([feed, seq]) => [feed, { epoch, seq }]));
const place = { binding: 'incidents', feeds: feeds(['linde', 7], ['denkbeeld', 3]), atMs: 1_000 };

test('F19: a cursor comes back as it was sealed, under an older key too, for the stream it is of', () => {
  const cursor = sealPlace(keys, { ...place, log: { id: 'g1', index: 12 } });
  const rotated = cursorKeys([randomBytes(32), keys[0].key]);
  expect(openPlace(rotated, cursor, 'incidents')).toEqual({
    ...place,
    feeds: new Map([
      ['linde', { epoch: 'c0ffee00', seq: 7 }],
      ['denkbeeld', { epoch: 'c0ffee00', seq: 3 }],
    ]),
    log: { id: 'g1', index: 12 },
  });
});

test('F19: a cursor of another filter is refused, that of an answer goes with every stream', () => {
  expect(openPlace(keys, sealPlace(keys, place), 'others')).toBe('CURSOR_OF_ANOTHER_QUERY');
  const ofAnswer = openPlace(keys, sealPlace(keys, { ...place, binding: undefined }), 'others');
  expect(ofAnswer).toMatchObject({
    feeds: new Map([
      ['linde', { seq: 7 }],
      ['denkbeeld', { seq: 3 }],
    ]),
  });
});

test('F19 A11: what was changed, is of another use or was never ours is refused', () => {
  const cursor = sealPlace(keys, place);
  const flipped = `${cursor.slice(0, 40)}${cursor[40] === 'A' ? 'B' : 'A'}${cursor.slice(41)}`;
  const page = sealCursor(keys, 'page', JSON.stringify({ f: {}, t: 0 }));
  for (const bad of [
    flipped,
    page,
    '',
    'x',
    '.',
    `${cursor}.`,
    `${cursor}.${cursor}`,
    `${cursor}.x.y`,
    'A'.repeat(300_000),
  ]) {
    expect(openPlace(keys, bad, 'incidents'), bad.slice(0, 60)).toBe('CURSOR_MALFORMED');
  }
});

test('the short cursor of a change stands on its own heartbeat and on no other', () => {
  const heartbeat = sealPlace(keys, place);
  const short = sealPlace(keys, { binding: 'incidents', feeds: feeds(['linde', 9]), atMs: 2_000 }, heartbeat);
  expect(short.length).toBeLessThan(heartbeat.length + 20);
  expect(openPlace(keys, `${heartbeat}.${short}`, 'incidents')).toMatchObject({
    atMs: 2_000,
    feeds: new Map([
      ['linde', { seq: 9 }],
      ['denkbeeld', { seq: 3 }],
    ]),
  });
  const other = sealPlace(keys, place);
  for (const bad of [short, `${other}.${short}`, `${short}.${heartbeat}`]) {
    expect(openPlace(keys, bad, 'incidents')).toBe('CURSOR_MALFORMED');
  }
});
