import { describe, expect, it } from 'vitest';
import { defaultLimits } from './limits.ts';
import { newMessageRate, takeMessage } from './message-rate.ts';

const limits = { ...defaultLimits, messageBurst: 10, messagesPerSecond: 2 };

describe('A20: the messages of a connection', () => {
  it('may come at once up to a number, then as fast as they come back', () => {
    const rate = newMessageRate(limits, 0);
    for (let index = 0; index < 10; index += 1) expect(takeMessage(rate, 100, 0, limits)).toBe(true);
    expect(takeMessage(rate, 100, 0, limits)).toBe(false);
    const later = newMessageRate(limits, 0);
    for (let second = 0; second < 60; second += 1) {
      for (let index = 0; index < 2; index += 1) expect(takeMessage(later, 100, second * 1_000, limits)).toBe(true);
    }
  });

  it('count for several when they are long', () => {
    const rate = newMessageRate(limits, 0);
    expect(takeMessage(rate, 9 * 16_384, 0, limits)).toBe(true);
    expect(takeMessage(rate, 0, 0, limits)).toBe(false);
  });

  it('never come back beyond that number, nor by a clock that goes back', () => {
    const rate = newMessageRate(limits, 1_000_000);
    expect(takeMessage(rate, 9 * 16_384, 0, limits)).toBe(true);
    expect(takeMessage(rate, 0, 0, limits)).toBe(false);
    const idle = newMessageRate(limits, 0);
    expect(takeMessage(idle, 10 * 16_384, 3_600_000, limits)).toBe(false);
  });
});
