import { describe, expect, it } from 'vitest';
import { createErrorLedger, fetchFailure } from './errors.ts';

describe('createErrorLedger', () => {
  it.each([
    [['a', 0, 'b'], true, 'at the path'],
    [['a', 0, 'b', 'c'], true, 'below the path of the error'],
    [['a', 0], true, 'above it'],
    [['a'], true, 'at the root field above it'],
    [['a', 1, 'b'], false, 'beside it'],
    [['b'], false, 'elsewhere'],
  ])('says of %j: %s, it is %s', (path, isExplained) => {
    const ledger = createErrorLedger();
    ledger.add({ message: 'x' }, ['a', 0, 'b']);
    expect(ledger.explains(path)).toBe(isExplained);
  });

  it('explains with errors that came after the first question', () => {
    const ledger = createErrorLedger();
    expect(ledger.explains(['a'])).toBe(false);
    ledger.add({ message: 'x' }, ['a']);
    expect(ledger.explains(['a', 'b'])).toBe(true);
  });

  it('explains nothing with an error of the whole request', () => {
    const ledger = createErrorLedger();
    ledger.add({ message: 'x' }, undefined);
    expect(ledger.explains(['a'])).toBe(false);
    expect(ledger.list()[0]?.path).toBeUndefined();
  });

  it('counts what it leaves out beyond its bound', () => {
    const ledger = createErrorLedger();
    for (let at = 0; at < 1005; at += 1) ledger.add({ message: 'x' }, ['a', at]);
    expect(ledger.isFull()).toBe(true);
    ledger.leaveOut(10);
    expect(ledger.list()).toHaveLength(1001);
    expect(ledger.list().at(-1)?.message).toContain('15 more');
  });
});

describe('fetchFailure', () => {
  it('keeps a coded error and hides any other', () => {
    const coded = Object.assign(new Error('Closed.'), { extensions: { code: 'UNREACHABLE' } });
    expect(fetchFailure(coded)).toEqual({ message: 'Closed.', extensions: { code: 'UNREACHABLE' } });
    expect(JSON.stringify(fetchFailure(new Error('password=1')))).not.toContain('password');
    expect(JSON.stringify(fetchFailure('secret'))).not.toContain('secret');
  });
});
