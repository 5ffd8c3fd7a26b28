/** Bad input of every kind gets a coded, readable refusal, and nothing is written or lost. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../network/callers.ts';
import { createNetwork, type Network } from '../../network/network.ts';
import { command, inProgress, report } from '../../network/scenario.ts';

describe('bad input', () => {
  let network: Network;
  let incidentId: string;
  const desk = () => network.as('fictiviteit/desk');
  const page =
    'query ($after: String, $filter: IncidentFilter, $first: Int! = 2) { incidents(first: $first, after: $after, filter: $filter) { nodes { id } pageInfo { endCursor } } }';
  const codeOf = (answer: Answer) => answer.errors[0]?.extensions?.code;
  const count = async () => (await desk().ask('{ incidentCount { value } }')).data.incidentCount.value;

  beforeAll(async () => {
    network = await createNetwork({ participants: ['fictiviteit', 'linde'] });
    incidentId = await inProgress(desk());
    for (let index = 0; index < 4; index++) await report(desk());
  });
  afterAll(() => network?.stop());

  it('answers NOT_FOUND for an unknown id and for a foreign prefix', async () => {
    const unknown = await desk().ask('query ($id: ID!) { incident(id: $id) { id } }', {
      id: incidentId.replace(/.{6}$/, '000000'),
    });
    expect(unknown.data.incident).toBeNull();
    const foreign = await desk().ask('query ($id: ID!) { incident(id: $id) { id } }', {
      id: incidentId.replace('fictiviteit', 'atlantis'),
    });
    expect(foreign.data.incident).toBeNull();
    expect(codeOf(foreign)).toBe('NOT_FOUND');
    const changed = await command(desk(), 'acknowledgeIncident', { incidentId: incidentId.replace(/.{6}$/, '000000') });
    expect(changed.__typename).toBe('NotFound');
  });

  it('A11: refuses a page cursor that is malformed, of another filter or of another person', async () => {
    const first = await desk().ask(page);
    const cursor = first.data.incidents.pageInfo.endCursor;
    expect(codeOf(await desk().ask(page, { after: 'x' }))).toBe('CURSOR_MALFORMED');
    const flipped = `${cursor.slice(0, -2)}${cursor.endsWith('A') ? 'BB' : 'AA'}`;
    expect(codeOf(await desk().ask(page, { after: flipped }))).toBe('CURSOR_MALFORMED');
    expect(codeOf(await desk().ask(page, { after: cursor, filter: { open: true } }))).toBe('CURSOR_OF_ANOTHER_QUERY');
    expect(codeOf(await network.as('fictiviteit/manager').ask(page, { after: cursor }))).toBe(
      'CURSOR_OF_ANOTHER_PERSON',
    );
    expect((await desk().ask(page, { after: cursor })).errors).toEqual([]);
  });

  it('refuses a stale version and says which one was found', async () => {
    const stale = await command(desk(), 'changeIncident', { incidentId, expectedVersion: 1, title: 'Te laat' });
    expect(stale).toMatchObject({ __typename: 'VersionConflict', expectedVersion: 1 });
    expect(stale.foundVersion).toBeGreaterThan(1);
  });

  it('carries a repeated command out once, and refuses its id for other content', async () => {
    const before = await count();
    const input = { commandId: randomUUID(), title: 'Eenmalig', service: 'Delen' };
    const first = await command(desk(), 'reportIncident', input);
    const second = await command(desk(), 'reportIncident', input);
    expect(second.link.id).toBe(first.link.id);
    expect(await count()).toBe(before + 1);
    const reused = await command(desk(), 'reportIncident', { ...input, title: 'Iets anders' });
    expect(reused.__typename).toBe('CommandIdReused');
    expect(await count()).toBe(before + 1);
  });

  it('refuses a page size out of range, an unknown participant and oversized text', async () => {
    const before = await count();
    for (const first of [0, -1, 101, 10_000]) {
      expect(codeOf(await desk().ask(page, { first })), `first: ${first}`).toBe('FIRST_OUT_OF_RANGE');
    }
    const unknown = await desk().ask('{ incidents(participants: ["atlantis"], first: 1) { nodes { id } } }');
    expect(codeOf(unknown)).toBe('UNKNOWN_PARTICIPANT');
    const about = await command(desk(), 'reportIncident', { title: 'x', service: 'Delen', about: 'atlantis' });
    expect(about).toMatchObject({ __typename: 'InvalidInput', code: 'UNKNOWN_PARTICIPANT' });
    const long = await command(desk(), 'reportIncident', { title: 'x'.repeat(100_000), service: 'Delen' });
    expect(long).toMatchObject({ __typename: 'InvalidInput', path: 'input.title' });
    expect(await count()).toBe(before);
  });

  it('A4: refuses 1,000 aliases, depth 100 and a list of 10^9 before anything is executed', async () => {
    const aliases = `{ ${Array.from({ length: 1_000 }, (_, index) => `a${index}: incidentCount { value }`).join(' ')} }`;
    const deep = `{ incident(id: "${incidentId}") { ${'next { incident { '.repeat(50)} id ${'} }'.repeat(50)} } }`;
    for (const document of [aliases, deep, '{ incidents(first: 1000000000) { nodes { id } } }']) {
      const startedAt = performance.now();
      const answer = await desk().ask(document);
      console.info(`${codeOf(answer)} in ${(performance.now() - startedAt).toFixed(1)} ms`);
      expect(answer.data ?? null).toBeNull();
      expect(codeOf(answer)).toMatch(/TOO_MANY|TOO_DEEP|OUT_OF_RANGE|TOO_COSTLY/);
    }
  });

  it('A6: refuses batches, GET and odd content types', async () => {
    const url = `${network.hubUrl}/graphql`;
    const authorization = `Bearer ${await desk().token()}`;
    const body = '{"query":"{ participants { id } }"}';
    const answers = await Promise.all([
      fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: `[${body}]` }),
      fetch(`${url}?query={participants{id}}`, { headers: { authorization } }),
      fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'text/plain' }, body }),
      fetch(url, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        body,
      }),
    ]);
    for (const answer of answers) expect([400, 405, 415]).toContain(answer.status);
  });

  it('A1: an endpoint answers nothing to who comes without the hub’s assertion and seal, not even its schema', async () => {
    for (const query of ['{ _service { sdl } }', '{ incidents { nodes { id } } }', '{ __typename }']) {
      const answer = await fetch(network.endpoint('linde'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await desk().token()}` },
        body: JSON.stringify({ query }),
      });
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain('type ');
    }
  });

  it('refuses a caller without a token, with one code', async () => {
    for (const headers of [{}, { authorization: 'Bearer nonsense' }] as Record<string, string>[]) {
      const answer = await fetch(`${network.hubUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"query":"{ participants { id } }"}',
      });
      expect(answer.status).toBe(401);
      expect(((await answer.json()) as Answer).errors[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    }
  });
});
