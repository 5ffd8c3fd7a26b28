import { escalation as lifecycle } from '../../lifecycles/escalation.ts';
import { type AvailableAction, decide, type LifecycleEvent } from '../lifecycle.ts';
import { type ActType, actTypes } from './act.ts';
import type { RuleContext } from './context.ts';
import { eventOf } from './decide.ts';
import { factsOf } from './facts.ts';
import { type Actor, relationsOf } from './relations.ts';
import type { Escalation } from './state.ts';

export interface AvailableAct extends AvailableAction {
  readonly type: ActType;
}

/**
 * What this caller may do now and, for what it may not, why: from the table that decides acts. Of the content of an act
 * nothing is known yet, so an available one can still be refused for what it says.
 */
export function availableActs(escalation: Escalation, actor: Actor, context: RuleContext): AvailableAct[] {
  const relations = relationsOf(escalation, actor);
  return actTypes.flatMap((type): AvailableAct[] => {
    const event = eventOf(escalation, type);
    const definition: LifecycleEvent = lifecycle.events[event];
    const action = (lifecycle.events[type] as LifecycleEvent).action;
    if (!action || definition.from === 'NEW') return [];
    // What is refused for who asks or for the state is refused before any fact is looked at.
    const isHere = definition.from.includes(escalation.state);
    const facts = isHere ? factsOf(escalation, event, actor, context) : { nowMs: context.nowMs };
    const decision = decide(lifecycle, event, { state: escalation.state, relations, facts });
    return [
      {
        type,
        action,
        available: decision.ok,
        reason: decision.ok ? null : decision.code,
        requires: definition.requires ?? [],
        effects: definition.effects ?? [],
        awaits: definition.awaits ?? [],
      },
    ];
  });
}
