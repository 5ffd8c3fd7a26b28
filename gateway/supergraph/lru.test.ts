import { describe, expect, it } from 'vitest';
import { createLru } from './lru.ts';

describe('createLru', () => {
  it('forgets what was used longest ago', () => {
    const lru = createLru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.get('a');
    lru.set('c', 3);
    expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([1, undefined, 3]);
    expect(lru.count).toBe(2);
  });

  it('keeps nothing when it may keep nothing', () => {
    const lru = createLru<number>(0);
    lru.set('a', 1);
    expect(lru.count).toBe(0);
  });

  it('replaces and deletes', () => {
    const lru = createLru<number>(2);
    lru.set('a', 1);
    lru.set('a', 2);
    expect([lru.get('a'), lru.count]).toEqual([2, 1]);
    lru.delete('a');
    expect(lru.get('a')).toBeUndefined();
  });
});
