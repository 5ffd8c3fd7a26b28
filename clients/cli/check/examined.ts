/** The endpoint under examination: how to speak to it, as whom, and what the examination has put there. */
import { randomBytes, randomUUID } from 'node:crypto';
import { newId, type ParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { CannotJudge } from './finding.ts';
import { type Answer, createHubClient, type HubClient, type HubClientOptions } from './hub-client.ts';
import type { Claims, PublicKeys, SigningKey } from './trust.ts';

export interface Sender {
  /** A participant that the endpoint finds ACTIVE in the directory. */
  readonly name: string;
  readonly key: SigningKey;
}

export interface ExaminedOptions extends HubClientOptions {
  readonly participantKeys: PublicKeys;
  /** Whether incidents may be made there. */
  readonly mayWrite: boolean;
  readonly sender?: Sender | undefined;
  /** The subject of the person that acts, as its own issuer calls it. */
  readonly subject?: string | undefined;
  /** The service that the incidents are about. */
  readonly service?: string | undefined;
}

/** Some incidents that a list can be asked for. */
export interface Rows {
  readonly filter: Claims;
  /** In no order. */
  readonly ids: readonly string[];
  /** Whether the filter leaves these and no others. */
  readonly isAll: boolean;
}

export interface Examined extends HubClient {
  readonly participantKeys: PublicKeys;
  readonly mayWrite: boolean;
  readonly sender: Sender | undefined;
  /** A manager and desk of the participant itself. */
  readonly desk: Claims;
  /** A desk of another participant, that has nothing to do with anything here. */
  readonly stranger: Claims;
  /** The word that every incident of this examination has in its title. */
  readonly word: string;
  /** Reports an incident in a way that is above suspicion; `ReportIncidentInput` with what is given. */
  reportInput(more?: Claims): Claims;
  report(more?: Claims): Promise<{ readonly id: string; readonly version: number }>;
  rows(): Promise<Rows>;
  newId(tag: 'inc' | 'asr' | 'env'): string;
}

export const REPORT = `mutation ($input: ReportIncidentInput!) { reportIncident(input: $input) {
  __typename
  ... on IncidentSent { link { id } incident { id reference state version } }
  ... on InvalidInput { code path message } ... on NotAllowed { code message } ... on CommandIdReused { commandId }
} }`;

const ROW_COUNT = 11;
const impacts = ['HIGH', 'LOW', 'MEDIUM'] as const;

export function createExamined(options: ExaminedOptions): Examined {
  const client = createHubClient(options);
  const { name, subject = 'kortelijn-check', service = 'Conformance check' } = options;
  const word = `ck${randomBytes(6).toString('hex')}`;
  const desk = {
    kind: 'subject',
    sub: `${name}:${subject}`,
    name: 'Conformance check',
    participant: name,
    roles: ['SERVICEMANAGER', 'SERVICEDESK'],
  };
  const stranger = {
    kind: 'subject',
    sub: 'kortelijn-check:stranger',
    name: 'Stranger',
    participant: 'kortelijn-check',
    roles: ['SERVICEMANAGER', 'SERVICEDESK'],
  };
  const reportInput = (more: Claims = {}) => ({
    commandId: randomUUID(),
    service,
    title: `Conformance check ${word}`,
    ...more,
  });
  const report = async (more: Claims = {}) => {
    const answer = await client.ask(desk, REPORT, { input: reportInput(more) });
    const incident = answer.data?.reportIncident?.incident;
    if (typeof incident?.id === 'string') return { id: incident.id as string, version: incident.version as number };
    throw new CannotJudge(`No incident could be reported: ${answer.status} ${answer.text.slice(0, 200)}`);
  };
  const ownRows = async (): Promise<Rows> => {
    const made = await Promise.all(
      Array.from({ length: ROW_COUNT }, (_, n) =>
        report({ title: `Conformance check ${word}r`, impact: impacts[n % impacts.length] }),
      ),
    );
    // One letter more than the word, so that what other checks report is not among them.
    return { filter: { text: `${word}r` }, ids: made.map(({ id }) => id), isAll: true };
  };
  let rows: Promise<Rows> | undefined;
  return {
    ...client,
    participantKeys: options.participantKeys,
    mayWrite: options.mayWrite,
    sender: options.sender,
    desk,
    stranger,
    word,
    reportInput,
    report,
    rows: () => {
      rows ??= options.mayWrite ? ownRows() : foundRows(client, desk);
      return rows;
    },
    newId: (tag) => newId(name as ParticipantId, tag),
  };
}

/** Without leave to write: what is there. */
async function foundRows(client: HubClient, desk: Claims): Promise<Rows> {
  const answer: Answer = await client.ask(desk, '{ incidents(orderBy: CREATED_ASC, first: 60) { nodes { id } } }');
  const ids: string[] = (answer.data?.incidents?.nodes ?? []).map(({ id }: { id: string }) => id);
  if (ids.length >= 5) return { filter: {}, ids, isAll: false };
  throw new CannotJudge(`There are ${ids.length} incidents to read and at least 5 are needed; or allow --write.`);
}
