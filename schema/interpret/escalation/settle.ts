import { escalation as lifecycle } from '../../lifecycles/escalation.ts';
import { canonicalHash } from '../canonical.ts';
import { decide } from '../lifecycle.ts';
import { closeWhenOver } from './apply.ts';
import { currentProposal, type Decision, type Escalation, type EscalationState, type Membership } from './state.ts';

/**
 * What follows once all have said the same: no one decides it, so no act says it. Called after each act that counts,
 * for a party that leaves can be the one that all were waiting for.
 */
export function settle(escalation: Escalation, atMs: number, index: number): Escalation {
  let settled = settleMemberships(escalation, atMs);
  settled = dropWaived(settled, atMs);
  const { involved, withdrawing, decision } = settled;
  const all = (said: readonly string[] | undefined) =>
    involved.length > 0 && involved.every((party) => said?.includes(party));

  if (tooFew(settled)) return conclude(settled, 'tooFewLeft', atMs);
  if (withdrawing.length > 0 && settled.level === 3 && all(withdrawing)) {
    return conclude(settled, 'withdrawTogether', atMs);
  }
  const proposal = settled.state === 'PROPOSED' ? currentProposal(settled) : undefined;
  if (proposal && involved.every((party) => proposal.consents[party]?.state === 'AGREED')) {
    return conclude(seal(settled, atMs, index), 'seal', atMs);
  }
  const isSettled = decision?.actions.every(({ state }) => state !== 'OPEN');
  if (settled.state === 'LIFTING' && isSettled && all(decision?.confirmedBy)) return conclude(settled, 'resume', atMs);
  return settled;
}

function conclude(escalation: Escalation, event: keyof typeof lifecycle.events, atMs: number): Escalation {
  const decision = decide(lifecycle, event, { state: escalation.state, relations: ['system'], facts: { nowMs: atMs } });
  return decision.ok ? closeWhenOver({ ...escalation, state: decision.to as EscalationState }, atMs) : escalation;
}

/** At L1 nobody but the initiator knows of it, so it goes with the initiator. */
function tooFew({ involved, level, initiator }: Escalation): boolean {
  return involved.length < 2 || (level === 1 && !involved.includes(initiator));
}

function seal(escalation: Escalation, atMs: number, index: number): Escalation {
  const { proposals, involved } = escalation;
  const proposal = currentProposal(escalation);
  if (!proposal) return escalation;
  const consents = Object.fromEntries(involved.map((party) => [party, proposal.consents[party]?.saidAtMs ?? 0]));
  const decision: Decision = {
    version: proposal.version,
    sealedAtMs: atMs,
    index,
    hash: canonicalHash({
      escalation: escalation.id,
      version: proposal.version,
      proposed: proposal.index,
      actions: proposal.actions.map((action) => ({ ...action })),
      consents,
    }),
    actions: proposal.actions.map((action) => ({ ...action, state: 'OPEN', waivedBy: [] })),
    confirmedBy: [],
  };
  return {
    ...escalation,
    decision,
    withdrawing: [],
    proposals: [...proposals.slice(0, -1), { ...proposal, state: 'SEALED' }],
  };
}

function dropWaived(escalation: Escalation, atMs: number): Escalation {
  const { decision, involved } = escalation;
  if (!decision || escalation.state !== 'LIFTING') return escalation;
  const actions = decision.actions.map((action) =>
    action.state === 'OPEN' && action.waivedBy.length > 0 && involved.every((party) => action.waivedBy.includes(party))
      ? { ...action, state: 'WAIVED' as const, endedAtMs: atMs }
      : action,
  );
  return { ...escalation, decision: { ...decision, actions } };
}

function settleMemberships(escalation: Escalation, atMs: number): Escalation {
  const agreed = escalation.memberships.find(({ agreedBy }) =>
    escalation.involved.every((party) => agreedBy.includes(party)),
  );
  if (!agreed || escalation.involved.length === 0) return escalation;
  const rest = escalation.memberships.filter((each) => each !== agreed);
  const next = { ...escalation, memberships: rest };
  return settleMemberships(agreed.kind === 'ADD' ? added(next, agreed, atMs) : gone(next, agreed), atMs);
}

/** The new member is invited, and asked for its consent where a proposal is open. */
function added(escalation: Escalation, { party }: Membership, atMs: number): Escalation {
  const proposals = escalation.proposals.map((each) =>
    each.state === 'OPEN'
      ? { ...each, consents: { ...each.consents, [party]: { state: 'INVITED' as const, askedAtMs: atMs } } }
      : each,
  );
  return {
    ...escalation,
    proposals,
    involved: [...escalation.involved, party].sort(),
    members: { ...escalation.members, [party]: { invitedAtMs: atMs } },
  };
}

function gone(escalation: Escalation, { party }: Membership): Escalation {
  return { ...escalation, involved: escalation.involved.filter((each) => each !== party) };
}
