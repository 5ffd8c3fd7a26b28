import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStreamEvents } from './stream-events.ts';

const stream =
  'event: next\ndata: {"data":{"a":"é"}}\n\n: still here\n\nevent:next\r\ndata:first\r\ndata: second\r\nid: 7\r\n\r\nretry: 5\n\ndata\rdata: x\r\r';
const events = [
  { event: 'next', data: '{"data":{"a":"é"}}' },
  { event: 'next', data: 'first\nsecond' },
  { event: 'message', data: '\nx' },
];

test('events are the same wherever the bytes were cut', () => {
  const bytes = Buffer.from(stream);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (given) => {
      const cuts = [0, ...given.sort((a, b) => a - b), bytes.length];
      const reader = createStreamEvents(100);
      expect(cuts.flatMap((cut, index) => reader.take(bytes.subarray(cuts[index - 1] ?? 0, cut)))).toEqual(events);
    }),
  );
});

test('F12: an event that does not end is cut off before it is whole', () => {
  const reader = createStreamEvents(1_000);
  const chunk = Buffer.from(`data: ${'x'.repeat(300)}\n`);
  for (let index = 0; index < 3; index += 1) expect(reader.take(chunk)).toEqual([]);
  expect(() => reader.take(chunk)).toThrow('Expected events of at most 1000 characters, found a longer one.');
  const endless = createStreamEvents(1_000);
  endless.take(Buffer.alloc(999, 0x20));
  expect(() => endless.take(Buffer.from('  '))).toThrow(/longer/);
});

test('many events may pass that are small each', () => {
  const reader = createStreamEvents(50);
  const one = Buffer.from('event: next\ndata: {}\n\n');
  for (let index = 0; index < 100; index += 1) expect(reader.take(one)).toHaveLength(1);
});
