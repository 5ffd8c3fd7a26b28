import { describe, expect, it } from 'vitest';
import { openDoors, sse, subscription, websocket } from './door-fixture.ts';

for (const door of [websocket, sse]) {
  describe(`over ${door.name}, a live door`, () => {
    it('streams what the engine gives, in order, and completes', async () => {
      await using doors = await openDoors();
      const followed = door.follow(doors.url, { query: subscription });
      const stream = await doors.stream(0);
      for (let index = 0; index < 5; index += 1) stream.push({ data: { incidentChanged: { id: String(index) } } });
      const results = await followed.has(5);
      expect(results.map(({ data }) => (data as { incidentChanged: { id: string } }).incidentChanged.id)).toEqual([
        '0',
        '1',
        '2',
        '3',
        '4',
      ]);
      stream.end();
      expect(await followed.ended).toBeUndefined();
    });
  });
}
