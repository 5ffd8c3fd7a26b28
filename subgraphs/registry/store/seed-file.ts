/** The participants a network begins with, as SEED_FILE lists them. Checked whole: a directory is signed over it. */
import { type PartyKeys, parsePartyKeys } from '@kortelijn/kit/trust/keys.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { isParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { CHANNEL_KINDS, CONTACT_READERS, CONTACT_ROLES, PARTICIPANT_KINDS } from '../domain/participant.ts';

export interface SeedParticipant {
  readonly id: string;
  readonly name: string;
  readonly legalName: string;
  readonly kind: string;
  readonly accessionState: string;
  readonly endpoint: string;
  readonly issuer: string;
  /** Public JWKs, as they stand in the file. */
  readonly keys: unknown;
  readonly calendarId: string;
  readonly cooperationModel: number | null;
  readonly contacts: readonly SeedContact[];
}

export interface SeedContact {
  readonly role: string;
  readonly readers: string;
  readonly persons: readonly { readonly name: string; readonly deputy: boolean }[];
  readonly channels: readonly { readonly kind: string; readonly value: string; readonly hours: string | null }[];
}

export function parseSeed(json: unknown): readonly SeedParticipant[] {
  if (!Array.isArray(json)) throw new Error('expected a list of participants');
  const seed = json.map((entry, index) => within(`participant ${index + 1}`, () => participantIn(entry)));
  const repeated = seed.find(({ id }, index) => seed.findIndex((other) => other.id === id) !== index);
  if (repeated) throw new Error(`expected each participant once, found ${repeated.id} twice`);
  return seed;
}

function participantIn(json: Json): SeedParticipant {
  const id = text(json, 'id');
  if (!isParticipantId(id)) throw new Error(`expected a participant id, found "${id}"`);
  return within(id, () => {
    const keys: PartyKeys = parsePartyKeys(json.keys, 'keys');
    if (keys.sign.size === 0 || keys.agree.length === 0) throw new Error('expected a sign and an agree key');
    const { cooperationModel = null, contacts = [] } = json;
    if (cooperationModel !== null && ![1, 2, 3].includes(cooperationModel as number)) {
      throw new Error(`expected cooperationModel 1, 2, 3 or null, found ${cooperationModel}`);
    }
    if (!Array.isArray(contacts)) throw new Error('expected contacts to be a list');
    return {
      id,
      name: text(json, 'name'),
      legalName: typeof json.legalName === 'string' ? json.legalName : text(json, 'name'),
      kind: oneOf(json, 'kind', PARTICIPANT_KINDS),
      accessionState: oneOf(json, 'accessionState', lifecycle.states),
      endpoint: url(json, 'endpoint'),
      issuer: url(json, 'issuer'),
      keys: json.keys,
      calendarId: text(json, 'calendarId'),
      cooperationModel: cooperationModel as number | null,
      contacts: contacts.map(contactIn),
    };
  });
}

function contactIn(json: Json): SeedContact {
  const { persons = [], channels = [] } = json;
  if (!Array.isArray(persons) || !Array.isArray(channels)) throw new Error('expected persons and channels to be lists');
  return {
    role: oneOf(json, 'role', CONTACT_ROLES),
    readers: oneOf(json, 'readers', CONTACT_READERS),
    persons: persons.map((person: Json) => ({ name: text(person, 'name'), deputy: person.deputy === true })),
    channels: channels.map((channel: Json) => ({
      kind: oneOf(channel, 'kind', CHANNEL_KINDS),
      value: text(channel, 'value'),
      hours: typeof channel.hours === 'string' ? channel.hours : null,
    })),
  };
}

type Json = Readonly<Record<string, unknown>>;

function text(json: Json, field: string): string {
  const value = json[field];
  if (typeof value !== 'string' || value === '') throw new Error(`expected ${field} to be text`);
  return value;
}

function oneOf(json: Json, field: string, known: readonly string[]): string {
  const value = text(json, field);
  if (!known.includes(value)) throw new Error(`expected ${field} to be one of ${known.join(', ')}, found "${value}"`);
  return value;
}

function url(json: Json, field: string): string {
  const value = text(json, field);
  if (!/^https?:\/\//.test(value) || !URL.canParse(value))
    throw new Error(`expected ${field} to be a URL, found "${value}"`);
  return value;
}

function within<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`);
  }
}
