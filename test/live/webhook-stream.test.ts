/** The door to the streams: the real contract, planner and live core; participants stand in memory. */
import { readFileSync } from 'node:fs';
import type { Live } from '@kortelijn/gateway/live/live.ts';
import {
  type AdmitWebhook,
  createOpenStream,
  type OpenStreamOptions,
} from '@kortelijn/gateway/live/webhooks/open-stream.ts';
import { prepare } from '@kortelijn/gateway/live/webhooks/selection.ts';
import { createStandInStore } from '@kortelijn/gateway/live/webhooks/standins/store.ts';
import type { Webhook, WebhookItem } from '@kortelijn/gateway/live/webhooks/webhook.ts';
import { loadSupergraph } from '@kortelijn/gateway/supergraph/load.ts';
import { createPlanner } from '@kortelijn/gateway/supergraph/plan.ts';
import { GraphQLError, parse, print, validate } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld } from './world.ts';

const supergraph = loadSupergraph(readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'));
const { publicSchema } = supergraph;
const planner = createPlanner(supergraph);

const closing: AsyncDisposable[] = [];
const leaving: AbortController[] = [];
afterEach(async () => {
  for (const one of leaving.splice(0)) one.abort();
  for (const one of closing.splice(0)) await one[Symbol.asyncDispose]();
});
const worldOf = () => {
  const world = createWorld();
  closing.push(world);
  return world;
};

const webhookOf = (more: Partial<Webhook> = {}): Webhook =>
  createStandInStore().add({ id: 'w1', url: 'https://partner.example/', document: board, ...more }).webhook;
const board = 'subscription { incidentChanged { ... on IncidentChange { incident { title } } } }';

const admitted: Parameters<AdmitWebhook>[0][] = [];
const admitAll: AdmitWebhook = async (request) => {
  admitted.push(request);
  const document = parse(request.document ?? board);
  const errors = validate(publicSchema, document);
  return errors.length > 0 ? { kind: 'refused', errors: errors.map(invalid) } : { kind: 'admitted', document };
};
const invalid = ({ message }: GraphQLError) =>
  new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
const openerOf = (live: Pick<Live, 'subscribe'>, more: Partial<OpenStreamOptions> = {}) =>
  createOpenStream({
    schema: () => ({ admit: admitAll, planner, publicSchema }),
    live,
    isActive: () => true,
    isPersonal: () => false,
    ...more,
  });
const signalOf = () => {
  const controller = new AbortController();
  leaving.push(controller);
  return controller.signal;
};

/** The items that are no heartbeats, and the place after the last of all. */
async function read(items: AsyncIterable<WebhookItem>, count: number) {
  const told: Extract<WebhookItem, { kind: 'item' }>[] = [];
  for await (const item of items) {
    if (item.kind === 'item') told.push(item);
    if (told.length >= count) break;
  }
  return told;
}
async function beginning(items: AsyncIterable<WebhookItem>): Promise<string> {
  for await (const item of items) if (item.kind === 'heartbeat') return item.cursor;
  throw new Error('Expected a heartbeat.');
}
const itemsOf = async (opened: Promise<Awaited<ReturnType<ReturnType<typeof createOpenStream>>>>) => {
  const stream = await opened;
  if (stream.kind === 'refused') throw new Error(stream.code);
  return stream.items;
};

describe('the document', () => {
  const prepared = (text: string, after?: string) => prepare(publicSchema, parse(text), { own: 1 }, after);
  test.each([
    board,
    'subscription Named { changed: incidentChanged(participants: ["linde"]) { __typename } }',
    'subscription ($webhookAfter: String, $after: String) { incidentChanged(after: $after) { ... on Gap { reason } } }',
    'subscription { ...Board } fragment Board on Subscription { incidentChanged { ... on Gone { subjectId } ...More } } fragment More on IncidentChange { id }',
    'subscription { networkStatusChanged(participants: ["linde"], after: "x") { ... on Heartbeat { at } } }',
    'subscription { networkIncidentChanged { __typename } }',
    'subscription { notificationReceived { __typename } }',
  ])('%s is still valid with what posting needs, and is planned', async (text) => {
    for (const after of [undefined, 'place']) {
      const { document, variables } = prepared(text, after);
      // What a program's own variable was for may be gone.
      const errors = validate(publicSchema, parse(print(document))).filter(
        ({ message }) => !/is never used/.test(message),
      );
      expect(errors).toEqual([]);
      expect(Object.values(variables)).toEqual(after === undefined ? [1] : [1, 'place']);
      const planned = await planner.plan({ document, variables });
      expect(planned.kind).toBe('planned');
      const text2 = print(document);
      expect(/after: \$webhookAfter/.test(text2)).toBe(after !== undefined);
      if (after !== undefined) expect(text2).not.toMatch(/after: ("x"|\$after\b)/);
    }
  });
});

describe('the stream', () => {
  test('gives items as the program selected them, with what posting needs beside them, and goes on from a place', async () => {
    const world = worldOf();
    const open = openerOf(world.startGateway());
    const webhook = webhookOf();
    const cursor = await beginning(await itemsOf(open(webhook, undefined, signalOf())));
    const first = world.report('linde', 'een');
    world.report('denkbeeld', 'andermans');
    world.report('linde', 'twee');
    const told = await read(await itemsOf(open(webhook, cursor, signalOf())), 2);
    expect(told.map(({ data }) => data)).toEqual([
      { incident: { title: 'een for linde/PROGRAM' } },
      { incident: { title: 'twee for linde/PROGRAM' } },
    ]);
    expect(told[0]).toMatchObject({ type: 'incident.reported', errors: [] });
    expect(Number.isNaN(Date.parse(told[0]?.at ?? ''))).toBe(false);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);

    // Again from between the two: the second comes under the same id, as it is now.
    world.change(first, { title: 'een, anders' });
    const again = await read(await itemsOf(open(webhook, told[0]?.cursor, signalOf())), 2);
    expect(again[0]?.id).toBe(told[1]?.id);
    expect(again.map(({ data }) => data)).toEqual([
      { incident: { title: 'twee for linde/PROGRAM' } },
      { incident: { title: 'een, anders for linde/PROGRAM' } },
    ]);
  });

  test('who may not see it any more gets Gone and not the object, also for what happened before', async () => {
    const world = worldOf();
    const open = openerOf(world.startGateway());
    const webhook = webhookOf({
      document:
        'subscription { incidentChanged { __typename ... on IncidentChange { incident { title } } ... on Gone { subjectId } } }',
    });
    const cursor = await beginning(await itemsOf(open(webhook, undefined, signalOf())));
    const incident = world.report('denkbeeld', 'vertrouwelijk', ['denkbeeld', 'linde']);
    world.change(incident, { involved: ['denkbeeld'] });
    world.report('linde', 'van ons');
    const told = await read(await itemsOf(open(webhook, cursor, signalOf())), 2);
    expect(JSON.stringify(told)).not.toContain('vertrouwelijk');
    // Of two participants the order is nobody's.
    const byType = new Map(told.map(({ type, data }) => [type, data]));
    expect(byType).toEqual(
      new Map<string, unknown>([
        ['gone', { __typename: 'Gone', subjectId: incident.id }],
        ['incident.reported', { __typename: 'IncidentChange', incident: { title: 'van ons for linde/PROGRAM' } }],
      ]),
    );
  });

  test('what a suspension hid comes after it: no log keeps it hidden', async () => {
    const world = worldOf();
    const live = world.startGateway();
    const open = openerOf(live);
    const start = await beginning(await itemsOf(open(webhookOf(), undefined, signalOf())));
    let incident: ReturnType<typeof world.report> | undefined;
    let seen = '';
    let beats = 0;
    // Live, so that its cursor is a place in a log.
    for await (const item of await itemsOf(open(webhookOf(), start, signalOf()))) {
      seen = item.cursor;
      if (item.kind === 'item') break;
      if (++beats === 3) incident = world.report('linde', 'loopt nog');
    }
    if (incident === undefined) throw new Error('Expected an incident.');
    live.accessChanged({ participant: 'linde', isEnded: true });

    // It happens while nobody of linde may read it, and the log of who followed a moment ago goes on.
    world.incidents.set(incident.id, { ...incident, involved: [] });
    world.change({ ...incident }, {}, 'incident.started');
    await expect.poll(() => live.counts().subscribers, { timeout: 20_000 }).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    world.incidents.set(incident.id, incident);
    live.accessChanged({ participant: 'linde', isEnded: true });
    const [missed] = await read(await itemsOf(open(webhookOf(), seen, signalOf())), 1);
    expect(missed).toMatchObject({
      type: 'incident.started',
      data: { incident: { title: 'loopt nog for linde/PROGRAM' } },
    });
  });

  test('what is no longer kept is a gap, which is posted too', async () => {
    const world = worldOf();
    const open = openerOf(world.startGateway());
    const webhook = webhookOf({ document: 'subscription { incidentChanged { ... on Gap { reason } } }' });
    const cursor = await beginning(await itemsOf(open(webhook, undefined, signalOf())));
    for (let n = 0; n < 5; n += 1) world.report('linde', `nr ${n}`);
    world.prune('linde', 3);
    const other = openerOf(world.startGateway());
    const [gap] = await read(await itemsOf(other(webhook, cursor, signalOf())), 1);
    expect(gap).toMatchObject({ type: 'gap', id: undefined, data: { reason: 'RETENTION' } });
  });

  test('the program comes in as one with a token would: by its own document, scopes and participant', async () => {
    const world = worldOf();
    const live = world.startGateway();
    admitted.length = 0;
    await itemsOf(openerOf(live)(webhookOf({ document: null, documentId: 'a'.repeat(64) }), undefined, signalOf()));
    expect(admitted).toMatchObject([
      {
        documentId: 'a'.repeat(64),
        door: 'WEBHOOK',
        authority: {
          kind: 'subject',
          participant: 'linde',
          program: 'bord-bouwer',
          subject: 'bord-bouwer',
          roles: ['PROGRAM'],
          scopes: ['incidents:read'],
          standing: 'FULL',
        },
      },
    ]);
    expect(admitted[0]).not.toHaveProperty('document');
  });
});

describe('what is refused', () => {
  const nobody: Pick<Live, 'subscribe'> = {
    subscribe: () => {
      throw new Error('Expected nothing to be opened.');
    },
  };
  test.each<[string, Partial<Webhook>, Partial<OpenStreamOptions>]>([
    ['NOT_ACTIVE', {}, { isActive: () => false }],
    ['GRAPHQL_VALIDATION_FAILED', { document: 'subscription { nothingChanged { id } }' }, {}],
    ['DOCUMENT_NOT_A_STREAM', { document: '{ participants { id } }' }, {}],
    ['PERSONAL_DATA_NOT_SENT', {}, { isPersonal: (type, field) => type === 'Incident' && field === 'title' }],
  ])('%s', async (code, webhook, options) => {
    expect(await openerOf(nobody, options)(webhookOf(webhook), undefined, signalOf())).toEqual({
      kind: 'refused',
      code,
    });
  });

  test('what the live core refuses, by its code', async () => {
    const world = worldOf();
    const open = openerOf(world.startGateway());
    const elsewhere = webhookOf({
      document: 'subscription { incidentChanged(participants: ["nergens"]) { __typename } }',
    });
    expect(await open(elsewhere, undefined, signalOf())).toEqual({ kind: 'refused', code: 'UNKNOWN_PARTICIPANT' });
    expect(await open(webhookOf(), 'no cursor', signalOf())).toEqual({ kind: 'refused', code: 'CURSOR_MALFORMED' });
  });
});
