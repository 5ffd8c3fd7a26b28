import { randomFillSync } from 'node:crypto';

/**
 * Ids are party-qualified and typed: `linde:inc_0198…` is the participant, a colon, the tag of the type and a UUIDv7.
 * The prefix is the route, so an id is read here and nowhere else.
 */
export type ParticipantId = string & { readonly __brand: 'ParticipantId' };

/** What the tag after the colon stands for, and where such an object lives. */
export const idTags = {
  inc: { type: 'Incident', home: 'participant' },
  note: { type: 'Note', home: 'participant' },
  tm: { type: 'Team', home: 'participant' },
  prs: { type: 'Person', home: 'participant' },
  env: { type: 'Envelope', home: 'participant' },
  asr: { type: 'AssistanceRequest', home: 'participant' },
  sst: { type: 'ServiceStatus', home: 'participant' },
  ntf: { type: 'Notification', home: 'participant' },
  esc: { type: 'Escalation', home: 'participant' },
  act: { type: 'EscalationAct', home: 'participant' },
  med: { type: 'Mediation', home: 'registry' },
  net: { type: 'NetworkIncident', home: 'registry' },
  prg: { type: 'Program', home: 'registry' },
  whk: { type: 'Webhook', home: 'registry' },
} as const satisfies Record<string, { readonly type: string; readonly home: 'participant' | 'registry' }>;

export type IdTag = keyof typeof idTags;

export interface ParsedId {
  readonly participant: ParticipantId;
  readonly tag: IdTag;
  readonly uuid: string;
}

/** The endpoint name of the registry: no participant may bear it. */
export const REGISTRY = 'registry';

const participantForm = /^[a-z][a-z0-9-]{1,30}$/;
const idForm =
  /^([a-z][a-z0-9-]{1,30}):([a-z]+)_([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$/;

export function isParticipantId(text: string): text is ParticipantId {
  return participantForm.test(text) && text !== REGISTRY;
}

/** For names that come from configuration; input of callers goes through isParticipantId and gets a coded refusal. */
export function participantId(text: string): ParticipantId {
  if (isParticipantId(text)) return text;
  throw new TypeError(
    `A participant id is 2 to 31 characters of a-z, 0-9 and "-", begins with a letter and is not "${REGISTRY}"; found "${text}".`,
  );
}

export function parseId(id: string): ParsedId | undefined {
  const [, participant, tag, uuid] = idForm.exec(id) ?? [];
  if (participant === undefined || tag === undefined || uuid === undefined) return undefined;
  if (!isParticipantId(participant) || !isIdTag(tag)) return undefined;
  return { participant, tag, uuid };
}

export function isIdTag(tag: string): tag is IdTag {
  return Object.hasOwn(idTags, tag);
}

/** `random` fills ten bytes; tests hand in a seeded one. */
export function newId(
  participant: ParticipantId,
  tag: IdTag,
  nowMs: number = Date.now(),
  random: (bytes: Uint8Array) => Uint8Array = (bytes) => randomFillSync(bytes),
): string {
  return `${participant}:${tag}_${uuidV7(nowMs, random)}`;
}

/** RFC 9562 §5.7: 48 bits of milliseconds, then version, variant and 74 random bits. */
function uuidV7(nowMs: number, random: (bytes: Uint8Array) => Uint8Array): string {
  if (!Number.isSafeInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 48) {
    throw new RangeError(`The time of an id is in milliseconds since 1970, below 2^48; found ${nowMs}.`);
  }
  const tail = random(new Uint8Array(10));
  tail[0] = 0x70 | ((tail[0] ?? 0) & 0x0f);
  tail[2] = 0x80 | ((tail[2] ?? 0) & 0x3f);
  const hex = nowMs.toString(16).padStart(12, '0') + Buffer.from(tail).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
