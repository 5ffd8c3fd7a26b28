/** Steps that scenarios share: report, hand over and wait for what travels between participants. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Caller } from './callers.ts';
import type { Network } from './network.ts';

const refusals =
  '... on NotAllowed { code message } ... on InvalidInput { code path message } ... on CommandIdReused { message }';

const withState = `${refusals} ... on StateDoesNotAllow { event state allowedFrom message } ... on NotFound { id message } ... on VersionConflict { expectedVersion foundVersion message }`;

export interface Sent {
  readonly __typename: string;
  readonly incident?: { readonly id: string; readonly state: string } | null;
  readonly link: { readonly id: string };
  readonly envelope: { readonly id: string; readonly state: string } | null;
}

/** Sends one command; answers the union member whole. */
export async function command(
  caller: Caller,
  mutation: string,
  input: Record<string, unknown>,
  // biome-ignore lint/suspicious/noExplicitAny: a member of the mutation's result union, told apart by __typename.
): Promise<any> {
  const { data, errors } = await caller.ask(commandDocument(mutation), {
    input: { commandId: randomUUID(), ...input },
  });
  if (data?.result === undefined || data.result === null) {
    throw new Error(`Expected a result of ${mutation}, got ${JSON.stringify(errors)}`);
  }
  return data.result;
}

export function commandDocument(mutation: string): string {
  const sends = ['reportIncident', 'handOverIncident', 'rejectIncidentOwnership'].includes(mutation);
  const incidentIsNew = mutation === 'reportIncident';
  const effect = sends
    ? '... on IncidentSent { incident { id state version } link { id } envelope { id state } }'
    : mutation === 'addNote'
      ? '... on NoteAdded { note { id } }'
      : '... on IncidentChanged { incident { id state version } }';
  const input = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`;
  const members =
    mutation === 'addNote' ? `${refusals} ... on NotFound { id message }` : incidentIsNew ? refusals : withState;
  return `mutation Command($input: ${input}) { result: ${mutation}(input: $input) { __typename ${effect} ${members} } }`;
}

export async function report(caller: Caller, input: Record<string, unknown> = {}): Promise<string> {
  const result: Sent = await command(caller, 'reportIncident', {
    service: 'Verzamelen',
    title: 'Proefmelding',
    ...input,
  });
  if (result.__typename !== 'IncidentSent') throw new Error(`Expected IncidentSent, got ${JSON.stringify(result)}`);
  return result.link.id;
}

/** Asks until the answer is as wanted; the limit only ends a test that would hang. */
export async function until<Value>(
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
  what: string,
  limitMs = 30_000,
): Promise<Value> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    if (Date.now() > end) throw new Error(`Expected ${what} within ${limitMs} ms, last saw ${JSON.stringify(value)}`);
    await sleep(50);
  }
}

/** Waits until every endpoint is fresh to the gateway, as after a restart of one of them. */
export async function settled(network: Network, persona = 'fictiviteit/desk'): Promise<void> {
  await until(
    () =>
      network
        .as(persona)
        .ask('{ incidents(first: 1) { coverage { complete parties { outcome participant { id } } } } }'),
    (answer: Answer) =>
      answer.data?.incidents !== undefined &&
      (answer.data.incidents as { coverage: { complete: boolean } }).coverage.complete,
    'every participant to answer',
  );
}

/** Brings an own, fresh incident to IN_PROGRESS. */
export async function inProgress(caller: Caller, input: Record<string, unknown> = {}): Promise<string> {
  const incidentId = await report(caller, input);
  await command(caller, 'acknowledgeIncident', { incidentId });
  await command(caller, 'startIncident', { incidentId });
  return incidentId;
}
