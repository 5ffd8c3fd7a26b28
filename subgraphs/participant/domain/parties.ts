/** Whom one may turn to: another participant that takes part now. */
import type { Act } from './act.ts';
import { invalidInput, type Refusal } from './refusal.ts';

export function anotherParty(id: string, me: string, act: Pick<Act, 'party'>, path: string): Refusal | undefined {
  if (id === me) {
    return invalidInput('NOT_ANOTHER_PARTY', path, `${path} must name another participant; found ${me} itself.`);
  }
  return activeParty(id, act, path);
}

export function activeParty(id: string, act: Pick<Act, 'party'>, path: string): Refusal | undefined {
  const state = act.party(id);
  if (state === 'ACTIVE') return undefined;
  if (state === undefined) {
    return invalidInput('UNKNOWN_PARTICIPANT', path, `${path} names no participant of the network.`);
  }
  return invalidInput(
    'NOT_ACTIVE',
    path,
    `${id} takes no part now (${state}); only ACTIVE participants can be addressed.`,
  );
}
