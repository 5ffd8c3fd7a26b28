import { isParticipantId, parseId } from '../../vocabulary/ids.ts';
import type { Target, TargetUnit } from '../clock.ts';
import { type Act, type ActType, actRoles, actTypes, CHANNEL, outcomeRoutes } from './act.ts';

/**
 * Reads an act from JSON that others made. Every member is known and of its type, those of the act's type are there,
 * and no other is: what nobody checks must not be signed. Says what was wrong, in words.
 */
export function readAct(value: unknown): Act | string {
  if (!isObject(value)) return 'an act is an object';
  const type = actTypes.find((each) => each === value.type);
  if (!type) return 'type is not of its form';
  const members = [...always, ...(membersOf[type] ?? [])];
  for (const name of members) if (!Object.hasOwn(value, name)) return `the act has no ${name}`;
  for (const [name, member] of Object.entries(value)) {
    if (!members.includes(name)) return `${type} carries no ${name}`;
    if (!forms[name]?.(member)) return `${name} is not of its form`;
  }
  return value as unknown as Act;
}

const always = ['id', 'escalation', 'type', 'party', 'role', 'previousAct', 'seen', 'texts', 'atMs'];

/** What the type asks for besides; everything else it carries are texts. */
const membersOf: Partial<Record<ActType, readonly string[]>> = {
  raise: ['to', 'involved', 'incidents', 'calendar', 'terms'],
  addParty: ['about'],
  leaveParty: ['about'],
  partyLeft: ['about'],
  propose: ['version', 'actions'],
  consent: ['version'],
  object: ['version'],
  accept: ['mediator'],
  completeAction: ['action'],
  waiveAction: ['action'],
  actionOverdue: ['action'],
  recordOutcome: ['route'],
  disclose: ['items'],
  withhold: ['items'],
  moveHome: ['move'],
};

type Form = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Form = (value) => typeof value === 'string' && value.length > 0 && value.length <= 200;
const whole: Form = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const hash: Form = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
const party: Form = (value) => typeof value === 'string' && isParticipantId(value);
const id =
  (tag: string): Form =>
  (value) =>
    typeof value === 'string' && parseId(value)?.tag === tag;
const oneOf =
  (values: readonly string[]): Form =>
  (value) =>
    values.includes(value as string);
const listOf =
  (form: Form, countMax: number): Form =>
  (value) =>
    Array.isArray(value) && value.length <= countMax && value.every((each) => form(each));
const shape =
  (members: Record<string, Form>): Form =>
  (value) =>
    isObject(value) &&
    Object.keys(value).length === Object.keys(members).length &&
    Object.entries(members).every(([name, form]) => Object.hasOwn(value, name) && form(value[name]));
const once =
  (form: Form): Form =>
  (value) =>
    form(value) && new Set(value as readonly unknown[]).size === (value as readonly unknown[]).length;
const orNull =
  (form: Form): Form =>
  (value) =>
    value === null || form(value);

/** A year in each unit: longer windows are a mistake, and counting them costs. */
const unitMax: Readonly<Record<TargetUnit, number>> = {
  MINUTES: 366 * 24 * 60,
  HOURS: 366 * 24,
  SERVICE_MINUTES: 366 * 24 * 60,
  SERVICE_HOURS: 366 * 24,
  WORKING_DAYS: 366,
  DAYS: 366,
  WEEKS: 52,
  MONTHS: 12,
};
const target: Form = (value) => {
  if (!isObject(value) || !Object.keys(value).every((name) => ['n', 'unit', 'staysOnNonWorkingDay'].includes(name))) {
    return false;
  }
  const { n, unit, staysOnNonWorkingDay } = value as Partial<Target>;
  const isKnown = unit !== undefined && Object.hasOwn(unitMax, unit);
  const isFlag = staysOnNonWorkingDay === undefined || typeof staysOnNonWorkingDay === 'boolean';
  return isKnown && isFlag && whole(n) && (n as number) > 0 && (n as number) <= unitMax[unit];
};

const isDate: Form = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString().slice(0, 10) === value;

/** How many of a kind one act may name; what is larger is refused, so that an act stays small. */
const countsMax = { involved: 100, incidents: 200, actions: 100, items: 500 } as const;

const forms: Readonly<Record<string, Form>> = {
  id: id('act'),
  escalation: id('esc'),
  type: oneOf(actTypes),
  party: (value) => value === CHANNEL || party(value),
  role: oneOf(actRoles),
  previousAct: orNull(hash),
  seen: orNull(shape({ epoch: whole, index: whole, hash })),
  texts: (value) =>
    isObject(value) && Object.entries(value).every(([name, each]) => /^[a-zA-Z0-9.-]{1,100}$/.test(name) && hash(each)),
  atMs: whole,
  version: (value) => whole(value) && (value as number) > 0,
  actions: (value) =>
    listOf(
      shape({
        id: (each) => typeof each === 'string' && /^[a-z0-9-]{1,40}$/.test(each),
        owner: party,
        dueOn: isDate,
        part: oneOf(['LIFT', 'RESUME']),
      }),
      countsMax.actions,
    )(value) && new Set((value as readonly { id: string }[]).map((each) => each.id)).size === (value as []).length,
  to: (value) => value === CHANNEL || party(value),
  involved: once(listOf(party, countsMax.involved)),
  incidents: once(listOf(id('inc'), countsMax.incidents)),
  calendar: shape({ id: text, version: text }),
  terms: shape({ invitation: target, vote: target, oversight: target, review: target }),
  about: party,
  action: text,
  mediator: shape({ subject: text, party, role: oneOf(['FOUNDATION', 'MEDIATOR']) }),
  route: oneOf(outcomeRoutes),
  items: (value) => listOf(shape({ act: id('act'), text }), countsMax.items)(value) && (value as []).length > 0,
  move: shape({ epoch: whole, home: party, index: whole, previousHash: hash }),
};
