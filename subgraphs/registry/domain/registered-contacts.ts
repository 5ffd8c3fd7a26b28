/** M-03…M-08, M-10: what a party must have registered of how it can be reached, and who must be able to read it. */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import { refuseText } from './bounds.ts';
import type { ChannelKind, ContactReaders, ContactRole } from './participant.ts';
import { invalidInput, type Refusal } from './refusal.ts';

export interface RegisteredContact {
  readonly role: ContactRole;
  readonly readers: ContactReaders;
  readonly persons: readonly { readonly name: string; readonly deputy: boolean }[];
  readonly channels: readonly Channel[];
}

export interface Channel {
  readonly kind: ChannelKind;
  readonly value: string;
  readonly hours: string | null;
}

/** A contact as somebody sends it. */
export interface GivenContact {
  readonly role: ContactRole;
  readonly readers?: ContactReaders | null | undefined;
  readonly persons: readonly { readonly name: string; readonly deputy?: boolean | null | undefined }[];
  readonly channels: readonly {
    readonly kind: ChannelKind;
    readonly value: string;
    readonly hours?: string | null | undefined;
  }[];
}

const PERSONS_MAX = 50;
const CHANNELS_MAX = 10;
const TEXT_MAX = { name: 100, value: 200, hours: 100 } as const;

/** In one form, so that what was said twice can be seen to be the same. */
export const normalized = ({ role, readers, persons, channels }: GivenContact): RegisteredContact => ({
  role,
  readers: readers ?? (role === 'HELPDESK' ? 'USERS' : 'NETWORK'),
  persons: persons.map(({ name, deputy }) => ({ name, deputy: deputy === true })),
  channels: channels.map(({ kind, value, hours }) => ({ kind, value, hours: hours ?? null })),
});

export const isSame = (a: RegisteredContact, b: RegisteredContact): boolean =>
  JSON.stringify(normalized(a)) === JSON.stringify(normalized(b));

/** The whole set at once: what is left out is taken away, so the last person of a role cannot be. */
export function refuseContacts(contacts: readonly RegisteredContact[], isFoundation: boolean): Refusal | undefined {
  for (const [index, contact] of contacts.entries()) {
    const path = `input.contacts.${index}`;
    if (contacts.findIndex(({ role }) => role === contact.role) !== index) {
      return invalidInput('ROLE_REPEATED', path, `Expected each role once, found ${contact.role} again.`);
    }
    const refused = refuseContact(contact, path);
    if (refused) return refused;
  }
  const missing = missingRole(contacts, isFoundation);
  return missing && invalidInput(missing.code, 'input.contacts', missing.message);
}

/** M-03…M-06: which role nobody fills. The foundation has no users, and so no helpdesk. */
export function missingRole(
  contacts: readonly Pick<RegisteredContact, 'role' | 'persons' | 'channels'>[],
  isFoundation: boolean,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  const personsOf = (wanted: ContactRole) => contacts.find(({ role }) => role === wanted)?.persons ?? [];
  const responsible = personsOf('SERVICEMANAGER').filter(({ deputy }) => !deputy).length;
  if (responsible !== 1) {
    const message = `Expected one servicemanager who is finally responsible, found ${responsible}; others are deputies.`;
    return { code: 'MANAGER_REQUIRED', message };
  }
  if (personsOf('SERVICEDESK').length === 0) {
    return { code: 'DESK_REQUIRED', message: 'Expected at least one person of the servicedesk, found none.' };
  }
  if (!isFoundation && personsOf('HELPDESK').length === 0) {
    return { code: 'HELPDESK_REQUIRED', message: 'Expected at least one person of the helpdesk, found none.' };
  }
  const silent = contacts.find(({ channels }) => channels.length === 0);
  if (!silent) return undefined;
  return { code: 'CHANNEL_REQUIRED', message: `Expected at least one channel of ${silent.role}, found none.` };
}

function refuseContact({ role, readers, persons, channels }: RegisteredContact, path: string): Refusal | undefined {
  if (persons.length > PERSONS_MAX || channels.length > CHANNELS_MAX) {
    const message = `Expected at most ${PERSONS_MAX} persons and ${CHANNELS_MAX} channels, found more.`;
    return invalidInput('VALUE_OUT_OF_RANGE', path, message);
  }
  if (readers === 'FOUNDATION' || (role === 'HELPDESK' && readers !== 'USERS')) {
    const message = `Expected ${role} to be read by ${role === 'HELPDESK' ? 'USERS' : 'NETWORK or USERS'}, found ${readers}.`;
    return invalidInput('READERS_TOO_NARROW', `${path}.readers`, message);
  }
  for (const [index, { name }] of persons.entries()) {
    const refused = refuseText(name, `${path}.persons.${index}.name`, TEXT_MAX.name);
    if (refused) return refused;
  }
  for (const [index, { kind, value, hours }] of channels.entries()) {
    const at = `${path}.channels.${index}`;
    const refused =
      refuseText(value, `${at}.value`, TEXT_MAX.value) ??
      (hours === null ? undefined : refuseText(hours, `${at}.hours`, TEXT_MAX.hours));
    if (refused) return refused;
    if (!FORMS[kind].test(value)) {
      return invalidInput('CHANNEL_MALFORMED', `${at}.value`, `Expected ${EXPECTED[kind]}, found something else.`);
    }
  }
  return undefined;
}

/** Enough to see that a value stands in the wrong place; whether it reaches anybody only a message shows. */
const FORMS: { readonly [kind in ChannelKind]: RegExp } = {
  PHONE: /^\+?[\d ()-]{6,30}$/,
  EMAIL: /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/,
  PORTAL: /^https?:\/\/\S+$/,
  CHAT: /^.+$/,
  POST: /^.+$/s,
};
const EXPECTED: { readonly [kind in ChannelKind]: string } = {
  PHONE: 'a telephone number',
  EMAIL: 'one e-mail address',
  PORTAL: 'the URL of a page',
  CHAT: 'an address of one line',
  POST: 'an address',
};

/** Where the code for a role goes: e-mail when there is any, for that arrives at once. */
export const channelToConfirm = (channels: readonly Channel[]): Channel | undefined =>
  channels.find(({ kind }) => kind === 'EMAIL') ?? channels[0];
