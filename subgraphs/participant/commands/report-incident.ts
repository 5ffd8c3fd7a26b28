/**
 * Reports an incident: at this participant's own desk it is opened here; about another participant it is told to that
 * one, and all that stands here is the envelope until its desk has taken it in.
 */

import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { involvedCountMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { actingRole, mayReport } from '../domain/actor.ts';
import { refuseTexts, TEXTS } from '../domain/bounds.ts';
import { withInvolved } from '../domain/chain.ts';
import { decideOpening, refuseTimes } from '../domain/decide.ts';
import { activeParty } from '../domain/parties.ts';
import { priorityOf } from '../domain/priority.ts';
import { wholeReaders } from '../domain/readers.ts';
import { invalidInput, isRefusal, notAllowed, type Refusal } from '../domain/refusal.ts';
import { type Transfer, transferBody } from '../domain/transfer.ts';
import { changeIncident } from './change-incident.ts';
import type { Run } from './desk.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';

type Input = CommandInputs['reportIncident'];

export async function reportCommand(run: Run, input: Input): Promise<Result> {
  const { me } = run.desk;
  const refusal = refuseReport(run, input);
  if (refusal) return refusal;
  const about = input.about ?? me;
  return about === me ? reportHere(run, input) : reportThere(run, input, about);
}

function refuseReport({ act, desk, caller }: Run, input: Input): Refusal | undefined {
  // Reporting has its own participant's desk as its place: nobody reports in another's name.
  if (caller.participant !== desk.me || !mayReport(act.actor)) {
    const code = caller.program === undefined ? 'ROLE_DOES_NOT_ALLOW' : 'SCOPE_MISSING';
    return notAllowed(
      code,
      'A desk, a helpdesk, a monitor or a program with incidents:write reports, for its own party.',
    );
  }
  const bad = refuseTexts([
    [input.service, 'input.service', TEXTS.service],
    [input.title, 'input.title', TEXTS.title],
    [input.description, 'input.description', TEXTS.description],
  ]);
  if (bad) return bad;
  const affected = input.affected ?? [];
  if (affected.length >= involvedCountMax) {
    const message = `affected names ${affected.length} participants; fewer than ${involvedCountMax} are allowed.`;
    return invalidInput('TOO_MANY_PARTIES', 'input.affected', message);
  }
  for (const [index, party] of affected.entries()) {
    const unknown = activeParty(party, act, `input.affected.${index}`);
    if (unknown) return unknown;
  }
  return undefined;
}

function transferOf({ desk, act }: Run, input: Input, owner: string): Transfer {
  const id = act.newId(owner, 'inc');
  return {
    id,
    chainId: id,
    reporter: desk.me,
    title: input.title,
    description: input.description ?? null,
    service: input.service,
    impact: input.impact,
    urgency: input.urgency,
    priority: priorityOf(input.impact, input.urgency),
    teamName: null,
    involved: withInvolved([], desk.me, owner, ...(input.affected ?? [])),
    holders: [],
    affected: input.affected ?? [],
    firstReportedAt: act.at,
    sentAt: act.at,
    previousId: null,
    reason: null,
    importBatch: act.batch,
  };
}

function reportHere(run: Run, input: Input): Promise<Result> {
  const transfer = transferOf(run, input, run.desk.me);
  const teamId = input.teamId ?? undefined;
  return changeIncident(run, { teamId }, ({ team }) => {
    if (teamId !== undefined && !team) {
      return invalidInput('UNKNOWN_TEAM', 'input.teamId', `${teamId} is no team of this participant.`);
    }
    const decision = decideOpening('report', run.desk.me, run.act, transfer, teamId ?? null);
    if (isRefusal(decision)) return decision;
    const { id } = transfer;
    return { decision, answer: () => ({ kind: 'IncidentSent', incidentId: id, envelopeId: null, linkId: id }) };
  });
}

async function reportThere(run: Run, input: Input, about: string): Promise<Result> {
  const { desk, act } = run;
  if (input.teamId != null) {
    const message = `Teams are ${about}'s own: leave teamId out when reporting about another participant.`;
    return invalidInput('UNKNOWN_TEAM', 'input.teamId', message);
  }
  const refusal = activeParty(about, act, 'input.about') ?? refuseTimes(act, undefined);
  if (refusal) return refusal;
  const transfer = transferOf(run, input, about);
  return onceInTransaction(run, async (client) => {
    const { id } = await desk.outgoing.send(client, {
      to: about,
      subject: transfer.id,
      type: 'incident.reported',
      body: transferBody(transfer),
    });
    await appendEvent(client, {
      type: 'envelope.sent',
      subjectId: id,
      actorRole: actingRole(act.actor),
      at: act.now,
      readersBefore: [],
      readersAfter: [wholeReaders(desk.me)],
      keys: { to: about, type: 'incident.reported' },
    });
    return { kind: 'IncidentSent', incidentId: null, envelopeId: id, linkId: transfer.id };
  });
}
