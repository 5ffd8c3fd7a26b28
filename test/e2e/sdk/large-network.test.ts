/** Above fifty participants a change says only what moved since the last heartbeat: the SDK puts the two together. */
import { createPlace } from '@kortelijn/sdk/place.ts';
import { expect, test } from 'vitest';
import { createWorld, person } from '../../live/world.ts';

const document = `subscription ($after: String) { incidentChanged(after: $after) { __typename
  ... on IncidentChange { id cursor } ... on Gone { id cursor } ... on Gap { cursor reason } ... on Heartbeat { cursor } } }`;
const desk = person('p0', 'desk');

test('F19: a stream of sixty participants goes on from a change, at another gateway too', async () => {
  const participants = Array.from({ length: 60 }, (_, n) => `p${n}`);
  await using world = createWorld({ participants });
  const open = async (after: string | undefined, live = world.startGateway()) => {
    const subscribed = await world.subscribe(live, desk, document, { after });
    if (subscribed.results === undefined) throw new Error(`Expected a stream, got ${subscribed.refused}`);
    return subscribed.results;
  };
  const place = createPlace(undefined);
  const cursors: string[] = [];
  const take = async (results: Awaited<ReturnType<typeof open>>, wanted: string) => {
    for (;;) {
      const { value } = await results.next();
      // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the document.
      const item = (value?.data as any)?.incidentChanged;
      if (item === undefined) throw new Error(`Expected ${wanted}, the stream ended`);
      cursors.push(item.cursor);
      const isNew = place.take(item);
      if (item.__typename === wanted) return isNew;
    }
  };
  const live = world.startGateway();
  const first = await open(undefined, live);
  await take(first, 'Heartbeat');
  await take(first, 'Heartbeat');
  for (let n = 0; n < 3; n += 1) {
    world.report(`p${n}`, `Melding ${n}`, ['p0']);
    expect(await take(first, 'IncidentChange')).toBe(true);
  }
  expect(cursors.at(-1)).toMatch(/^[.]/);
  expect(place.cursor).toMatch(/^[\w-]+[.][\w-]+$/);

  world.report('p9', 'Intussen', ['p0']);
  expect(await take(await open(place.cursor, live), 'IncidentChange')).toBe(true);
  world.report('p10', 'Later', ['p0']);
  expect(await take(await open(place.cursor), 'IncidentChange')).toBe(true);
  expect(place.fallBack()).toBe(cursors.at(-1)?.startsWith('.') === true);
});
