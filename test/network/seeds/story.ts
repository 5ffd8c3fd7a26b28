/**
 * The story that a visitor finds: weeks of settled incidents, 23 open ones over all parties, one network incident.
 * Told through the public mutations only, by importing programs for what lies in the past, by people for what is now.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../callers.ts';
import type { Network } from '../network.ts';
import { commandDocument } from '../scenario.ts';
import { collecting, type OpenIncident, openIncidents, pastTitles } from './plots.ts';
import { createRandom, type Random } from './random.ts';
import { reportStatus } from './service-status.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const pastDays = 90;
const pastPerParticipant = 40;
const deliveryMs = 30_000;

export async function tellStory(network: Network, say: (line: string) => void): Promise<void> {
  const teller = createTeller(network, `story-${new Date().toISOString().slice(0, 10)}`);
  say('Telling the story of the last weeks …');
  await Promise.all(
    network.participants.map(async ({ id }, index) => {
      const random = createRandom(2026 + index);
      for (let count = 0; count < pastPerParticipant; count++) await teller.past(id, random);
    }),
  );
  const grouped = await Promise.all(collecting.map(teller.open));
  await Promise.all(openIncidents.map(teller.open));
  await teller.networkIncident(grouped);
  await teller.assistance();
  await Promise.all(network.participants.map((one) => reportStatus(network, one)));
  say(
    `  ${network.participants.length * pastPerParticipant} settled and ${collecting.length + openIncidents.length} open incidents.`,
  );
}

function createTeller(network: Network, batch: string) {
  const importer = (participant: string) => network.as(`${participant}/${participant}-import`);

  const command = async (caller: Caller, mutation: string, input: Record<string, unknown>, atMs?: number) => {
    const variables = {
      input: {
        commandId: randomUUID(),
        ...input,
        ...(atMs === undefined ? {} : { import: { occurredAt: new Date(atMs).toISOString(), batch } }),
      },
    };
    // A handover or a report to another party is on its way for a moment: until then its new owner does not know it.
    for (const until = Date.now() + deliveryMs; ; await sleep(50)) {
      const { data, errors } = await caller.ask(commandDocument(mutation), variables);
      const result = data?.result;
      if (['IncidentChanged', 'IncidentSent', 'NoteAdded'].includes(result?.__typename)) return result;
      if (result?.__typename !== 'NotFound' || Date.now() > until) {
        throw new Error(`Expected ${mutation} of the story to be taken in, got ${JSON.stringify(result ?? errors)}`);
      }
    }
  };

  const workOn = async (
    owner: string,
    incidentId: string,
    state: string,
    fromMs: number,
    toMs: number,
    plot?: OpenIncident,
  ) => {
    const step = (share: number) => Math.round(fromMs + (toMs - fromMs) * share);
    const by = importer(owner);
    if (state === 'REPORTED') return;
    await command(by, 'acknowledgeIncident', { incidentId }, step(0.1));
    if (state === 'ACKNOWLEDGED') return;
    await command(by, 'startIncident', { incidentId }, step(0.2));
    if (plot?.note !== undefined) await command(by, 'addNote', { incidentId, text: plot.note }, step(0.3));
    if (state === 'WAITING') {
      const wait = plot?.wait ?? { reason: 'USER' };
      await command(
        by,
        'waitIncident',
        { incidentId, reason: wait.reason, ...('for' in wait ? { waitingFor: wait.for } : {}) },
        step(0.5),
      );
    }
    if (state === 'RESOLVED')
      await command(by, 'resolveIncident', { incidentId, solution: 'Hersteld en met de melder nagelopen.' }, step(0.8));
  };

  const past = async (participant: string, random: Random) => {
    const owner = network.participants.find(({ id }) => id === participant);
    if (owner === undefined) return;
    const startMs = Date.now() - (2 + random.next() * (pastDays - 2)) * dayMs;
    const endMs = Math.min(startMs + (0.5 + random.next() * 60) * hourMs, Date.now() - dayMs);
    const service = random.pick(owner.services);
    const { link } = await command(
      importer(participant),
      'reportIncident',
      {
        service,
        title: `${service}: ${random.pick(pastTitles).toLowerCase()}`,
        impact: random.pick(['LOW', 'LOW', 'MEDIUM', 'HIGH'] as const),
      },
      startMs,
    );
    let holder = participant;
    let incidentId: string = link.id;
    let fromMs = startMs;
    if (random.below(6) === 0) {
      await workOn(holder, incidentId, 'IN_PROGRESS', fromMs, fromMs + hourMs);
      const to = random.pick(network.participants.filter(({ id }) => id !== participant)).id;
      fromMs += hourMs;
      const handedOver = await command(
        importer(holder),
        'handOverIncident',
        { incidentId, to, reason: 'Oorzaak ligt bij de andere partij.' },
        fromMs,
      );
      incidentId = handedOver.link.id;
      holder = to;
    }
    await workOn(holder, incidentId, 'RESOLVED', fromMs, Math.max(endMs, fromMs + hourMs));
    await command(importer(participant), 'confirmIncident', { incidentId }, Math.max(endMs, fromMs + hourMs));
  };

  const open = async (plot: OpenIncident): Promise<string> => {
    const startMs = Date.now() - plot.hoursAgo * hourMs;
    const first = plot.from ?? plot.owner;
    const reporter = plot.reporter ?? first;
    const { service, title, impact, urgency } = plot;
    const about = reporter === first ? {} : { about: first };
    const reported = await command(
      importer(reporter),
      'reportIncident',
      { service, title, impact, urgency, ...about },
      startMs,
    );
    let incidentId: string = reported.link.id;
    let fromMs = startMs;
    if (plot.from !== undefined) {
      fromMs = startMs + (Date.now() - startMs) / 4;
      await workOn(plot.from, incidentId, 'IN_PROGRESS', startMs, fromMs);
      const handedOver = await command(
        importer(plot.from),
        'handOverIncident',
        { incidentId, to: plot.owner, reason: 'De oorzaak ligt in de koppeling van de andere partij.' },
        fromMs,
      );
      incidentId = handedOver.link.id;
    }
    await workOn(plot.owner, incidentId, plot.state, fromMs, Date.now(), plot);
    return incidentId;
  };

  const networkIncident = async (incidentIds: readonly string[]) => {
    const input = {
      commandId: randomUUID(),
      title: 'Verzamelen faalt',
      services: ['Verzamelen', 'Dossier ontsluiten', 'Register Voorbeeldnet'],
      level: 'PARTIAL_OUTAGE',
      incidentIds,
    };
    const proposed = await network
      .as('fictiviteit/desk')
      .ask(
        'mutation ($input: ProposeNetworkIncidentInput!) { proposeNetworkIncident(input: $input) { __typename ... on NetworkIncidentChanged { networkIncident { id } } ... on NotAllowed { message } ... on InvalidInput { message } } }',
        { input },
      );
    const networkIncidentId = proposed.data?.proposeNetworkIncident?.networkIncident?.id;
    if (networkIncidentId === undefined)
      throw new Error(`Expected a network incident, got ${JSON.stringify(proposed)}`);
    const promoted = await network
      .as('voorbeeld/foundation')
      .ask('mutation ($input: ChangeNetworkIncidentInput!) { promoteNetworkIncident(input: $input) { __typename } }', {
        input: { commandId: randomUUID(), networkIncidentId, reason: 'Drie partijen melden hetzelfde.' },
      });
    if (promoted.data?.promoteNetworkIncident?.__typename !== 'NetworkIncidentChanged') {
      throw new Error(`Expected the network incident to be promoted, got ${JSON.stringify(promoted)}`);
    }
  };

  const assistance = async () => {
    await network
      .as('fictiviteit/desk')
      .ask('mutation ($input: AskAssistanceInput!) { askAssistance(input: $input) { __typename } }', {
        input: {
          commandId: randomUUID(),
          of: 'niemandsland',
          question: 'Kunnen jullie nakijken of verzamelverzoeken van na 8.40 uur bij jullie aankomen?',
        },
      });
  };

  return { past, open, networkIncident, assistance };
}
