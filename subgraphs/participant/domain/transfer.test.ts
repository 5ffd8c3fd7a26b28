import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { T0, transfer } from './situations.fixture.ts';
import { readTransfer, type Transfer, transferBody } from './transfer.ts';

const handover: Transfer = {
  ...transfer,
  holders: ['fictiviteit', 'denkbeeld'],
  involved: ['denkbeeld', 'fictiviteit', 'linde'],
  previousId: 'denkbeeld:inc_01900000-0000-7000-8000-00000000000c',
  reason: 'Hoort daar',
};
const report: Transfer = { ...transfer, description: 'Twee\nregels', affected: ['denkbeeld'] };
const wire = (of: Transfer) => JSON.parse(JSON.stringify(transferBody(of))) as Record<string, unknown>;
const read = (kind: 'incident.reported' | 'incident.handedOver', body: unknown, from: string) =>
  readTransfer(kind, body, from, 'linde');

describe('what an incident takes along', () => {
  test('comes out as it went in', () => {
    expect(read('incident.handedOver', wire(handover), 'denkbeeld')).toEqual({ ok: true, transfer: handover });
    expect(read('incident.reported', wire(report), 'fictiviteit')).toEqual({ ok: true, transfer: report });
  });

  test('is refused for every field that is missing, of another type or too long, and the field is named', () => {
    const optional = ['description', 'teamName', 'affected', 'previousId', 'reason', 'importBatch'];
    for (const field of Object.keys(handover)) {
      const broken: unknown[] = [7, {}, ['x '], 'x'.repeat(30_000)];
      if (!optional.includes(field)) broken.push(undefined, null, '');
      for (const value of broken) {
        const verdict = read('incident.handedOver', { ...wire(handover), [field]: value }, 'denkbeeld');
        expect({ field, verdict }).toEqual({ field, verdict: { ok: false, code: 'ENVELOPE_MALFORMED', what: field } });
      }
    }
  });

  test.each([
    ['an id below another prefix', handover, { id: 'denkbeeld:inc_01900000-0000-7000-8000-00000000000d' }, 'id'],
    ['a chain that somebody else held last', handover, { holders: ['denkbeeld', 'fictiviteit'] }, 'holders'],
    ['no holders at all', handover, { holders: [] }, 'holders'],
    [
      'another’s record before it',
      handover,
      { previousId: 'fictiviteit:inc_01900000-0000-7000-8000-00000000000c' },
      'previousId',
    ],
    ['a list without the sender', handover, { involved: ['linde'] }, 'involved'],
    ['a report in another’s name', report, { reporter: 'denkbeeld' }, 'reporter'],
    [
      'a report in the middle of a chain',
      report,
      { chainId: 'linde:inc_01900000-0000-7000-8000-00000000000e' },
      'chainId',
    ],
    ['a report that was held before', report, { holders: ['fictiviteit'] }, 'holders'],
  ])('with %s is not for us to take', (_, of, wrong, what) => {
    const kind = of === handover ? 'incident.handedOver' : 'incident.reported';
    const from = of === handover ? 'denkbeeld' : 'fictiviteit';
    expect(read(kind, { ...wire(of), ...wrong }, from)).toEqual({ ok: false, code: 'ENVELOPE_NOT_FOR_ME', what });
  });

  test('cannot have been reported after it was sent', () => {
    const late = { ...wire(handover), firstReportedAt: new Date(T0.getTime() + 1).toISOString() };
    expect(read('incident.handedOver', late, 'denkbeeld')).toMatchObject({ ok: false, what: 'firstReportedAt' });
  });

  test('is judged whatever it is, and never thrown at', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.dictionary(fc.constantFrom(...Object.keys(handover)), fc.anything()),
        (any, some) => {
          expect(read('incident.handedOver', any, 'denkbeeld').ok).toBe(false);
          expect(typeof read('incident.handedOver', { ...wire(handover), ...some }, 'denkbeeld').ok).toBe('boolean');
        },
      ),
    );
  });
});
