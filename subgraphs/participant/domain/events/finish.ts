/** How an incident ends here, and how it begins again. */

import type { Act } from '../act.ts';
import { ownerOf } from '../actor.ts';
import { refuseText, TEXTS } from '../bounds.ts';
import type { Effect, Situation } from '../decision.ts';
import type { Resolution } from '../incident.ts';
import { ownPart } from '../participations.ts';
import type { Refusal } from '../refusal.ts';

export function resolve(
  { incident, participations }: Situation,
  act: Act,
  { solution, resolution }: { readonly solution: string; readonly resolution: Resolution },
): Effect | Refusal {
  const refusal = refuseText(solution, 'input.solution', TEXTS.solution);
  if (refusal) return refusal;
  return {
    incident: { solution, resolution, resolvedAt: act.at },
    entry: { text: solution },
    participations: ownPart(incident, participations, 'DONE', act.at),
    envelopes:
      incident.reporter === ownerOf(incident)
        ? []
        : [
            {
              to: incident.reporter,
              subject: incident.id,
              type: 'incident.resolved',
              body: {
                incidentId: incident.id,
                chainId: incident.chainId,
                at: act.at.toISOString(),
                importBatch: act.batch,
              },
            },
          ],
  };
}

/** By the reporter, or by silence. */
export function close(_situation: Situation, act: Act): Effect {
  return { incident: { closedAt: act.at } };
}

export function reopen(
  { incident, participations }: Situation,
  act: Act,
  { reason }: { readonly reason: string },
): Effect | Refusal {
  const refusal = refuseText(reason, 'input.reason', TEXTS.reason);
  if (refusal) return refusal;
  return {
    incident: {
      reopenedCount: incident.reopenedCount + 1,
      solution: null,
      resolution: null,
      resolvedAt: null,
      closedAt: null,
    },
    entry: { text: reason },
    participations: ownPart(incident, participations, 'WORKING', act.at),
  };
}

export function cancel(
  { incident, participations }: Situation,
  act: Act,
  { reason }: { readonly reason: string },
): Effect | Refusal {
  const refusal = refuseText(reason, 'input.reason', TEXTS.reason);
  if (refusal) return refusal;
  return {
    incident: { waitReason: null, waitUntil: null, waitingFor: null },
    entry: { text: reason },
    participations: ownPart(incident, participations, 'DONE', act.at),
  };
}
