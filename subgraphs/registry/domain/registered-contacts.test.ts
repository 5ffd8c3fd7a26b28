import { describe, expect, test } from 'vitest';
import { channelToConfirm, type GivenContact, isSame, normalized, refuseContacts } from './registered-contacts.ts';

const mail = { kind: 'EMAIL', value: 'balie@merel.example' } as const;
const manager: GivenContact = { role: 'SERVICEMANAGER', persons: [{ name: 'Mees Merel' }], channels: [mail] };
const desk: GivenContact = { role: 'SERVICEDESK', persons: [{ name: 'Bo Balie' }], channels: [mail] };
const helpdesk: GivenContact = { role: 'HELPDESK', persons: [{ name: 'Vera Vraag' }], channels: [mail] };

const said = (contacts: readonly GivenContact[], isFoundation = false) => {
  const refused = refuseContacts(contacts.map(normalized), isFoundation);
  return refused === undefined ? 'good' : 'code' in refused ? refused.code : refused.kind;
};

describe('the minima of contacts', () => {
  const deputy = { name: 'Dirk Deputy', deputy: true };
  test.each<[string, readonly GivenContact[], string, string]>([
    ['M-03, M-08: three roles with a channel each', [manager, desk, helpdesk], 'good', 'good'],
    ['M-03: no servicemanager', [desk, helpdesk], 'MANAGER_REQUIRED', 'MANAGER_REQUIRED'],
    [
      'M-04: two who are finally responsible',
      [{ ...manager, persons: [{ name: 'A' }, { name: 'B' }] }, desk, helpdesk],
      'MANAGER_REQUIRED',
      'MANAGER_REQUIRED',
    ],
    [
      'M-04: deputies only',
      [{ ...manager, persons: [deputy] }, desk, helpdesk],
      'MANAGER_REQUIRED',
      'MANAGER_REQUIRED',
    ],
    ['M-04: one and a deputy', [{ ...manager, persons: [{ name: 'A' }, deputy] }, desk, helpdesk], 'good', 'good'],
    ['M-05: no servicedesk', [manager, helpdesk], 'DESK_REQUIRED', 'DESK_REQUIRED'],
    [
      'M-05: nobody at the servicedesk',
      [manager, { ...desk, persons: [] }, helpdesk],
      'DESK_REQUIRED',
      'DESK_REQUIRED',
    ],
    ['M-06: no helpdesk', [manager, desk], 'HELPDESK_REQUIRED', 'good'],
    ['M-06: nobody at the helpdesk', [manager, desk, { ...helpdesk, persons: [] }], 'HELPDESK_REQUIRED', 'good'],
    [
      'M-08: a role without a channel',
      [manager, { ...desk, channels: [] }, helpdesk],
      'CHANNEL_REQUIRED',
      'CHANNEL_REQUIRED',
    ],
    ['a role twice', [manager, desk, helpdesk, desk], 'ROLE_REPEATED', 'ROLE_REPEATED'],
    [
      'M-10: a helpdesk that users do not read',
      [manager, desk, { ...helpdesk, readers: 'NETWORK' }],
      'READERS_TOO_NARROW',
      'READERS_TOO_NARROW',
    ],
    [
      'M-10: a servicedesk for the foundation alone',
      [manager, { ...desk, readers: 'FOUNDATION' }, helpdesk],
      'READERS_TOO_NARROW',
      'READERS_TOO_NARROW',
    ],
    ['M-10: a servicedesk that users read', [manager, { ...desk, readers: 'USERS' }, helpdesk], 'good', 'good'],
    ['a name of spaces', [manager, { ...desk, persons: [{ name: ' ' }] }, helpdesk], 'TEXT_REQUIRED', 'TEXT_REQUIRED'],
    [
      'a mail address that is none',
      [manager, { ...desk, channels: [{ kind: 'EMAIL', value: 'a@b, c@d.example' }] }, helpdesk],
      'CHANNEL_MALFORMED',
      'CHANNEL_MALFORMED',
    ],
    [
      'eleven channels',
      [manager, { ...desk, channels: Array.from({ length: 11 }, () => mail) }, helpdesk],
      'VALUE_OUT_OF_RANGE',
      'VALUE_OUT_OF_RANGE',
    ],
  ])('%s', (_title, contacts, ofParticipant, ofFoundation) => {
    expect([said(contacts), said(contacts, true)]).toEqual([ofParticipant, ofFoundation]);
  });
});

test('M-10: without a word about readers users read the helpdesk and the network the others', () => {
  expect([manager, desk, helpdesk].map(normalized).map(({ readers }) => readers)).toEqual([
    'NETWORK',
    'NETWORK',
    'USERS',
  ]);
});

test('M-11: the same contacts in other words are the same, others are not', () => {
  const plain = normalized(desk);
  expect(
    isSame(plain, normalized({ ...desk, readers: 'NETWORK', persons: [{ deputy: false, name: 'Bo Balie' }] })),
  ).toBe(true);
  expect(isSame(plain, normalized({ ...desk, persons: [{ name: 'Bo Ander' }] }))).toBe(false);
  expect(isSame(plain, normalized({ ...desk, readers: 'USERS' }))).toBe(false);
});

test('M-09: the code goes by e-mail when there is any, else by the first channel', () => {
  const phone = { kind: 'PHONE', value: '+31 000 200 200', hours: null } as const;
  expect(channelToConfirm([phone, { ...mail, hours: null }])?.kind).toBe('EMAIL');
  expect(channelToConfirm([phone])?.kind).toBe('PHONE');
  expect(channelToConfirm([])).toBeUndefined();
});
