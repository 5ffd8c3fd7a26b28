/**
 * Sends a log through the hub's public mutations: many incidents at once, the commands of one incident in order.
 * Every command has an id made from the log, so that a run that was stopped is continued by sending again
 * what is not known to be done: the hub answers what it answered before.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HubAnswer, ProgramClient } from '../program-client.ts';
import { mutationDocuments } from './documents.ts';
import type { Ledger, TraceOutcome } from './ledger.ts';
import { type Command, nextCommands, type Situation } from './next-commands.ts';
import type { Player } from './organisations.ts';
import type { Trace } from './read-log.ts';

export interface RunOptions {
  readonly traces: readonly Trace[];
  readonly clients: ReadonlyMap<Player, ProgramClient>;
  /** Team id by participant and name. */
  teamId(player: Player, team: string): string;
  readonly ledger: Ledger;
  readonly concurrency: number;
  readonly batch: string;
  onEvent(): void;
  readonly signal: AbortSignal;
}

/** How long an answer may stay away (a participant that restarts, a handover still on its way) before we give up. */
const patienceMs = 120_000;

export async function run(options: RunOptions): Promise<void> {
  const waiting = options.traces.filter(({ id }) => options.ledger.outcomeOf(id) === undefined)[Symbol.iterator]();
  const worker = async () => {
    for (const trace of waiting) {
      if (options.signal.aborted) return;
      const outcome = await replayTrace(trace, options);
      if (outcome !== undefined) options.ledger.record(trace.id, outcome);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
}

async function replayTrace(trace: Trace, options: RunOptions): Promise<TraceOutcome | undefined> {
  let situation: Situation | undefined;
  let incidentId = '';
  let commandCount = 0;
  const refused: { event: number; kind: string }[] = [];
  const unlike: { event: number; kind: string }[] = [];
  for (const [index, event] of trace.events.entries()) {
    if (options.signal.aborted) return undefined;
    const planned = nextCommands(trace.id, event, options.ledger.salt, situation);
    let refusal: string | undefined;
    for (const [step, command] of planned.commands.entries()) {
      const result = await send(command, {
        options,
        incidentId,
        commandId: commandIdOf(options.ledger.salt, trace.id, index, step),
        occurredAt: new Date(event.atMs).toISOString(),
      });
      commandCount++;
      refusal = refusalOf(result, command, situation);
      if (refusal !== undefined) break;
      situation = command.after;
      const link = (result as { link?: { id?: string } }).link?.id;
      if (link !== undefined) incidentId = link;
    }
    if (refusal !== undefined) refused.push({ event: index, kind: refusal });
    else if (planned.unlike !== undefined) unlike.push({ event: index, kind: planned.unlike });
    options.onEvent();
  }
  return { events: trace.events.length, commands: commandCount, refused, unlike };
}

interface Result {
  readonly __typename: string;
  readonly code?: string;
}

interface Sending {
  readonly options: RunOptions;
  readonly incidentId: string;
  readonly commandId: string;
  readonly occurredAt: string;
}

async function send(command: Command, { options, incidentId, commandId, occurredAt }: Sending): Promise<Result> {
  const { team, ...input } = command.input as { team?: string };
  const variables = {
    input: {
      ...input,
      ...(team === undefined ? {} : { teamId: options.teamId(command.after.holder, team) }),
      ...(command.mutation === 'reportIncident' ? {} : { incidentId }),
      commandId,
      import: { occurredAt, batch: options.batch },
    },
  };
  const client = options.clients.get(command.as);
  const document = mutationDocuments[command.mutation];
  if (client === undefined || document === undefined)
    throw new Error(`No client or document for ${command.as} ${command.mutation}`);
  const giveUpAt = Date.now() + patienceMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    const answer = await client.ask(document, variables).catch((error: Error) => error);
    const result = answer instanceof Error ? undefined : (answer.data?.result as Result | null | undefined);
    // Not there yet: the handover that opens it is still on its way to its new owner.
    const onItsWay = result?.__typename === 'NotFound';
    if (result && !onItsWay) return result;
    if (Date.now() > giveUpAt || !(onItsWay || isPassing(answer))) {
      throw new Error(`${command.mutation} of ${incidentId || 'a new incident'}: ${describe(answer)}`);
    }
    await sleep(pauseMs);
  }
}

/** The hub says itself what may be sent again; a broken connection may be too, since the command has an id. */
const isPassing = (answer: HubAnswer | Error): boolean =>
  answer instanceof Error || (answer.errors ?? []).some(({ extensions }) => extensions?.retryable === true);

const describe = (answer: HubAnswer | Error): string =>
  answer instanceof Error ? answer.message : JSON.stringify(answer.errors ?? answer.data);

function refusalOf(result: Result, command: Command, before: Situation | undefined): string | undefined {
  if (['IncidentChanged', 'IncidentSent', 'NoteAdded'].includes(result.__typename)) return undefined;
  const code = result.code === undefined ? '' : ` ${result.code}`;
  return `${command.mutation} in ${before?.state ?? 'nothing'}: ${result.__typename}${code}`;
}

const commandIdOf = (salt: string, trace: string, event: number, step: number): string => {
  const hex = createHash('sha256').update(`${salt}\n${trace}\n${event}\n${step}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
