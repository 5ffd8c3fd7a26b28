import type { Lifecycle } from '../interpret/lifecycle.ts';
import { assistanceRequest } from './assistance-request.ts';
import { envelope } from './envelope.ts';
import { incident } from './incident.ts';
import { networkIncident } from './network-incident.ts';
import { participant } from './participant.ts';

/** Draws the page of lifecycles from the data that enforces them. */
export const lifecycles: readonly Lifecycle[] = [incident, networkIncident, assistanceRequest, envelope, participant];

export function printLifecycles(): string {
  return `${[
    '# Lifecycles',
    '<!-- Printed from the lifecycles by `npm run generate`. Edit those files, not this one. -->',
    [
      'An event without an arrow of its own leaves the state as it is: it stands in the table below its picture.',
      'Who may do it is checked first, then the state, then what is asked under "provided".',
    ].join('\n'),
    ...lifecycles.map(section),
  ].join('\n\n')}\n`;
}

function section(lifecycle: Lifecycle): string {
  return [
    `## ${lifecycle.subject}`,
    ['```mermaid', 'stateDiagram-v2', ...arrows(lifecycle), '```'].join('\n'),
    ['| event | from | to | who | provided |', '|---|---|---|---|---|', ...rows(lifecycle)].join('\n'),
    ['| who | is |', '|---|---|', ...people(lifecycle)].join('\n'),
  ].join('\n\n');
}

function arrows({ states, events }: Lifecycle): string[] {
  const labels = new Map<string, string[]>();
  const leaving = new Set<string>();
  for (const [name, { from, to }] of Object.entries(events)) {
    if (to === 'SAME') continue;
    for (const origin of from === 'NEW' ? ['[*]'] : from) {
      leaving.add(origin);
      const arrow = `${origin} --> ${to}`;
      labels.set(arrow, [...(labels.get(arrow) ?? []), name]);
    }
  }
  const moves = [...labels].map(([arrow, names]) => `  ${arrow}: ${names.join(', ')}`);
  return [...moves, ...states.filter((state) => !leaving.has(state)).map((state) => `  ${state} --> [*]`)];
}

function rows({ events, guards }: Lifecycle): string[] {
  return Object.entries(events).map(([name, { from, to, who, provided = [] }]) => {
    const persons = who.map((entry) => (typeof entry === 'string' ? entry : `${entry.as} (${entry.provided})`));
    const asked = provided.map((guard) => `${guard} (else ${guards[guard]?.code})`);
    return `| ${[name, from === 'NEW' ? '–' : from.join(', '), to === 'SAME' ? 'same' : to, persons.join(', '), asked.join(', ') || '–'].join(' | ')} |`;
  });
}

function people({ relations }: Lifecycle): string[] {
  return Object.entries(relations).map(([name, { meaning }]) => `| ${name} | ${meaning} |`);
}
