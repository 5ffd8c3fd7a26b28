/** The demo's monitors: every participant says how its services are, as a real monitor would, every few minutes. */
import { randomUUID } from 'node:crypto';
import type { DemoParticipant } from '../demo-network.ts';
import type { Network } from '../network.ts';

const everyMs = 5 * 60_000;
/** What is not well in the story; everything else is operational. */
const trouble: Readonly<Record<string, string>> = {
  'fictiviteit Verzamelen': 'PARTIAL_OUTAGE',
  'linde Dossier ontsluiten': 'DEGRADED',
  'voorbeeld Register Voorbeeldnet': 'DEGRADED',
};

export async function reportStatus(network: Network, participant: DemoParticipant): Promise<void> {
  for (const service of participant.services) {
    await network
      .as(`${participant.id}/desk`)
      .ask('mutation ($input: ReportServiceStatusInput!) { reportServiceStatus(input: $input) { __typename } }', {
        input: { commandId: randomUUID(), service, level: trouble[`${participant.id} ${service}`] ?? 'OPERATIONAL' },
      });
  }
}

/** Goes on until it is stopped; a participant that is down misses its reports, and its status becomes unknown. */
export function keepReporting(network: Network): Disposable {
  const report = () => {
    for (const participant of network.participants) void reportStatus(network, participant).catch(() => {});
  };
  const timer = setInterval(report, everyMs);
  report();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
