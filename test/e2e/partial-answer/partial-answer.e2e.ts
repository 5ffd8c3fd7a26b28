/** One query over six participants and the foundation's desk while some of them are gone: who is missing is named. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Garbage, impostor } from '../../network/impostor.ts';
import { createNetwork, type Network } from '../../network/network.ts';
import { command, report, settled, until } from '../../network/scenario.ts';

const query = `query Board { incidents(first: 50) {
  nodes { id title owner { id name } }
  coverage { complete asked answered parties { participant { id name } outcome code } } } }`;

interface Party {
  participant: { id: string; name: string };
  outcome: string;
  code: string | null;
}

describe('a partial answer', () => {
  let network: Network;
  const portOf = (name: string) => Number(new URL(network.endpoint(name)).port);
  const board = async (headers: Record<string, string> = {}) => {
    const startedAt = performance.now();
    const answer = await network.as('fictiviteit/desk').ask(query, {}, headers);
    return { ...answer, tookMs: performance.now() - startedAt };
  };
  const outcomes = (parties: Party[]) =>
    Object.fromEntries(parties.map(({ participant, outcome }) => [participant.id, outcome]));

  beforeAll(async () => {
    network = await createNetwork();
    for (const { id } of network.participants) {
      if (id !== 'fictiviteit') await report(network.as('fictiviteit/desk'), { about: id, title: `Melding bij ${id}` });
    }
    await report(network.as('fictiviteit/desk'), { title: 'Melding bij onszelf' });
    await until(
      () => network.as('fictiviteit/desk').ask(query),
      ({ data }) => data?.incidents.nodes.length === 7,
      'one incident at each participant',
    );
  });
  afterAll(() => network?.stop());

  it('M-01: every participant is asked as a party of its own, and each answer is counted', async () => {
    const { data, errors } = await board();
    expect(errors).toEqual([]);
    expect(data.incidents.coverage).toMatchObject({ complete: true, asked: 7, answered: 7 });
    expect(new Set(data.incidents.nodes.map(({ owner }: { owner: { id: string } }) => owner.id)).size).toBe(7);
  });

  it('F5, F11: with one killed, one frozen and one answering garbage, the rest answers within the deadline and the three are named', async () => {
    await network.process('linde').kill();
    await network.process('denkbeeld').kill();
    network.process('niemandsland').freeze();
    const garbage = await impostor(portOf('denkbeeld'), 'html');
    try {
      const { data, tookMs } = await board({ 'kortelijn-deadline-ms': '4000' });
      expect(outcomes(data.incidents.coverage.parties)).toEqual({
        voorbeeld: 'FRESH',
        fictiviteit: 'FRESH',
        linde: 'UNREACHABLE',
        niemandsland: 'TIMED_OUT',
        denkbeeld: 'CONTRACT_BREACH',
        nergenshuizen: 'FRESH',
        bedenkerveen: 'FRESH',
      });
      expect(data.incidents.coverage).toMatchObject({ complete: false, asked: 7, answered: 4 });
      expect(data.incidents.coverage.parties.map(({ participant }: Party) => participant.name)).toContain(
        'Dorpszorg De Verzonnen Linde',
      );
      expect(data.incidents.nodes).toHaveLength(4);
      expect(tookMs).toBeLessThan(4500);
    } finally {
      await garbage[Symbol.asyncDispose]();
      network.process('niemandsland').thaw();
      await Promise.all([network.process('linde').start(), network.process('denkbeeld').start()]);
    }
    await settled(network);
  });

  it('F2: no party is ever silently missing: each is killed in turn and named', async () => {
    for (const { id } of network.participants) {
      if (id === 'fictiviteit') continue;
      await network.process(id).kill();
      const { data } = await board();
      expect(outcomes(data.incidents.coverage.parties)[id], id).toMatch(/UNREACHABLE|SKIPPED/);
      expect(data.incidents.coverage.complete).toBe(false);
      expect(data.incidents.nodes).toHaveLength(6);
      await network.process(id).start();
      await settled(network);
    }
  });

  it('F11, A14: every kind of garbage is named as a breach or a silence, and nothing of it reaches the answer', async () => {
    const kinds: Garbage[] = ['truncated', 'wrongTypes', 'empty', 'gzipBomb', 'deep', 'pollution', 'slowDrip'];
    await network.process('bedenkerveen').kill();
    for (const kind of kinds) {
      const garbage = await impostor(portOf('bedenkerveen'), kind);
      const { data } = await board();
      const named = outcomes(data.incidents.coverage.parties).bedenkerveen;
      // After enough failures the breaker skips the party: named all the same.
      expect(named, kind).toMatch(kind === 'slowDrip' ? /TIMED_OUT|SKIPPED/ : /CONTRACT_BREACH|SKIPPED/);
      expect(data.incidents.nodes, kind).toHaveLength(6);
      await garbage[Symbol.asyncDispose]();
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    await network.process('bedenkerveen').start();
    await settled(network);
  });

  it('names and boards go on while the registry is down', async () => {
    await network.process('registry').kill();
    const { data } = await board();
    expect(data.incidents.coverage.complete).toBe(true);
    expect(data.incidents.nodes).toHaveLength(7);
    const directory = await network.as('fictiviteit/desk').ask('{ participants { id name accessionState } }');
    expect(directory.data.participants).toHaveLength(7);
    const contacts = await network.as('fictiviteit/desk').ask('{ participants { id name contacts { role } } }');
    expect(contacts.data.participants[0].name).toBeTruthy();
    expect(contacts.errors[0]?.extensions?.code).toBeTruthy();
    await network.process('registry').start();
  });

  it('M-02: the status of a participant that is down grows old and is never shown as well', async () => {
    const status =
      '{ networkStatus { nodes { participant { id } service level asOf } coverage { complete parties { participant { id } outcome ageSeconds } } } }';
    await network
      .as('linde/desk')
      .ask('mutation ($input: ReportServiceStatusInput!) { reportServiceStatus(input: $input) { __typename } }', {
        input: { commandId: crypto.randomUUID(), service: 'Afspraken', level: 'OPERATIONAL' },
      });
    await until(
      () => network.as('fictiviteit/desk').ask(status),
      ({ data }) => data?.networkStatus.coverage.complete,
      'the status of every participant',
    );
    await network.process('linde').kill();
    const { data } = await network.as('fictiviteit/desk').ask(status);
    const linde = data.networkStatus.coverage.parties.find(({ participant }: Party) => participant.id === 'linde');
    expect(linde.outcome).toBe('STALE');
    expect(data.networkStatus.coverage.complete).toBe(false);
    await network.process('linde').start();
    await settled(network);
  });

  it('M-12: one desk asks another for assistance without anybody approving', async () => {
    const asked = await network
      .as('linde/desk')
      .ask(
        'mutation ($input: AskAssistanceInput!) { askAssistance(input: $input) { __typename ... on AssistanceAsked { link { id } envelope { state } } } }',
        { input: { commandId: crypto.randomUUID(), of: 'bedenkerveen', question: 'Kunnen jullie meekijken?' } },
      );
    const requestId = asked.data.askAssistance.link.id;
    const answered = await until(
      () =>
        network
          .as('bedenkerveen/desk')
          .ask(
            'mutation ($input: AnswerAssistanceInput!) { answerAssistance(input: $input) { __typename ... on AssistanceAnswered { request { state answer } } } }',
            { input: { commandId: crypto.randomUUID(), requestId, answer: 'Ja, wij zien het ook.' } },
          ),
      ({ data }) => data?.answerAssistance.__typename === 'AssistanceAnswered',
      'the request to arrive',
    );
    expect(answered.data.answerAssistance.request.state).toBe('ANSWERED');
  });

  it('M-13: a report about another party reaches its desk and the time it took is measured', async () => {
    const id = await report(network.as('bedenkerveen/helpdesk'), { about: 'linde', title: 'Bewoner meldt storing' });
    await until(
      () => command(network.as('linde/desk'), 'acknowledgeIncident', { incidentId: id }),
      ({ __typename }) => __typename === 'IncidentChanged',
      'the report at the desk of linde',
    );
    const { data } = await network
      .as('voorbeeld/foundation')
      .ask('{ statusReport { delivery { count percentile(p: 90) } coverage { complete } } }');
    expect(data.statusReport.delivery.count).toBeGreaterThan(0);
  });

  it('M-14: no norm is invented: a clock without a configured target has no due date', async () => {
    const id = await report(network.as('linde/desk'));
    const { data } = await network
      .as('linde/desk')
      .ask('query ($id: ID!) { incident(id: $id) { clocks { name dueAt state } } }', { id });
    expect(data.incident.clocks.length).toBeGreaterThan(0);
    expect(data.incident.clocks.every(({ dueAt }: { dueAt: string | null }) => dueAt === null)).toBe(true);
  });
});
