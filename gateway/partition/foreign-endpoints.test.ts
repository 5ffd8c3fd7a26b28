/** What foreign implementations do wrong, slowly or not at all, and what the hub makes of each. */

import { gzipSync } from 'node:zlib';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { parse, print, visit } from 'graphql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FetchAnswer } from './fetch.ts';
import { createStandIn, type Misbehave, participantSdl, type Row, type StandIn } from './standins/endpoint.ts';
import { caller, createHubOf, dataOf, type HubOfStandIns } from './standins/hub.ts';

const bomb = gzipSync(Buffer.alloc(50_000_000, 32));
const names = ['denkbeeld', 'linde', 'niemandsland'];
let standIns: StandIn[];
let hub: HubOfStandIns;
let sick: StandIn;

const rowsOf = (name: string): Row[] =>
  [1, 2, 3].map((index) => ({
    id: newId(participantId(name), 'inc'),
    title: `${name} ${index}`,
    createdMs: index,
    updatedMs: index,
  }));

beforeEach(async () => {
  standIns = await Promise.all(names.map((id) => createStandIn({ id, rows: rowsOf(id) })));
  hub = createHubOf(standIns, { attemptMs: 2_000, hedgeAfterMs: 700, answerBytesMax: 100_000 });
  sick = standIns[0] as StandIn;
});
afterEach(async () => {
  await hub.close();
  await Promise.all(standIns.map((one) => one.close()));
});

const json = { 'content-type': 'application/json' };
const list =
  '{ incidents(first: 10, orderBy: CREATED_ASC) { nodes { id title } coverage { complete asked answered parties { participant { id } outcome code reason } } } }';

interface Listed {
  nodes: { id: string; title: string }[];
  coverage: {
    complete: boolean;
    asked: number;
    answered: number;
    parties: { participant: { id: string }; outcome: string; code: string | null }[];
  };
}
const listIn = ({ data }: FetchAnswer) => dataOf(data).incidents as Listed;
const partyIn = (answer: FetchAnswer, id: string) =>
  listIn(answer).coverage.parties.find(({ participant }) => participant.id === id);

const deep = (depth: number) => `{"data":{"incidents":${'['.repeat(depth)}${']'.repeat(depth)}}}`;

describe('F11: an answer that is none costs its sender its place, and nobody else', () => {
  const garbage: [string, Misbehave, string, string | null][] = [
    [
      'HTML with status 200',
      (_, response) => !!response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>'),
      'CONTRACT_BREACH',
      null,
    ],
    [
      'truncated JSON',
      (_, response) => !!response.writeHead(200, json).end('{"data":{"incidents":{"nod'),
      'CONTRACT_BREACH',
      null,
    ],
    ['204 without a body', (_, response) => !!response.writeHead(204).end(), 'CONTRACT_BREACH', null],
    ['a JSON list', (_, response) => !!response.writeHead(200, json).end('[1,2]'), 'CONTRACT_BREACH', null],
    ['neither data nor errors', (_, response) => !!response.writeHead(200, json).end('{}'), 'CONTRACT_BREACH', null],
    [
      'a list for an object',
      (_, response) => !!response.writeHead(200, json).end('{"data":{"incidents":[]}}'),
      'CONTRACT_BREACH',
      null,
    ],
    [
      'numbers for texts',
      (_, response) =>
        !!response
          .writeHead(200, json)
          .end(
            '{"data":{"incidents":{"nodes":[{"id":1,"title":2}],"__k_edges":[{"__k_cursor":"aa"}],"__k_page":{"hasNextPage":false}}}}',
          ),
      'CONTRACT_BREACH',
      null,
    ],
    [
      'a redirect',
      (_, response) => !!response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'CONTRACT_BREACH',
      null,
    ],
    [
      'a gzip bomb',
      (_, response) => !!response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb),
      'CONTRACT_BREACH',
      null,
    ],
    [
      'a wrong content-length',
      (request, response) => {
        response.socket?.end(
          'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{"data":{"incidents":null}}',
        );
        return !!request;
      },
      'CONTRACT_BREACH',
      null,
    ],
    [
      'a content-length that is never reached',
      (request, response) => {
        response.socket?.end(
          'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"data":',
        );
        return !!request;
      },
      'UNREACHABLE',
      null,
    ],
    [
      'no HTTP at all',
      (request, response) => {
        response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n');
        return !!request;
      },
      'CONTRACT_BREACH',
      null,
    ],
    [
      'a connection that is cut',
      (request, response) => {
        response.socket?.destroy();
        return !!request;
      },
      'UNREACHABLE',
      null,
    ],
    [
      '503',
      (_, response) => !!response.writeHead(503, { 'retry-after': '1' }).end(),
      'UNREACHABLE',
      'STORE_UNAVAILABLE',
    ],
    [
      '401',
      (_, response) =>
        !!response.writeHead(401, json).end('{"errors":[{"message":"no","extensions":{"code":"NOT_TRUSTED"}}]}'),
      'REFUSED',
      'NOT_TRUSTED',
    ],
    [
      '403 in HTML',
      (_, response) => !!response.writeHead(403, { 'content-type': 'text/html' }).end('no'),
      'REFUSED',
      null,
    ],
  ];
  test.each(garbage)('%s', async (_name, misbehave, outcome, code) => {
    sick.misbehave = misbehave;
    const answer = await hub.query(list);
    expect(listIn(answer).nodes.map(({ title }) => title)).toEqual([
      'linde 1',
      'niemandsland 1',
      'linde 2',
      'niemandsland 2',
      'linde 3',
      'niemandsland 3',
    ]);
    expect(listIn(answer).coverage).toMatchObject({ asked: 3, answered: 2, complete: outcome === 'REFUSED' });
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome, code });
    expect(partyIn(answer, 'linde')).toMatchObject({ outcome: 'FRESH', code: null });
  });
});

describe('F12: an answer is cut off at its bound', () => {
  test.each([
    ['a huge text', () => `{"data":{"incidents":{"nodes":[],"x":"${'a'.repeat(200_000)}"}}}`, 'ANSWER_TOO_LARGE'],
    ['deep JSON', () => deep(40_000), 'ANSWER_TOO_LARGE'],
    ['deep JSON that is short', () => deep(1_000), null],
    [
      'deep JSON in a key nobody asked for',
      () => `{"x":${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}}`,
      'ANSWER_TOO_LARGE',
    ],
    ['a million errors', () => `{"data":null,"errors":[${'{},'.repeat(20_000)}{}]}`, null],
  ])('%s', async (_name, body, code) => {
    sick.misbehave = (_, response) => !!response.writeHead(200, json).end(body());
    const answer = await hub.query(list);
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome: 'CONTRACT_BREACH', code });
    expect(listIn(answer).nodes).toHaveLength(6);
    expect(answer.errors.length).toBeLessThan(300);
  });

  test('an endless answer is left alone as soon as it is over its bound', async () => {
    let sent = 0;
    sick.misbehave = (_, response) => {
      response.writeHead(200, json);
      const more = () => {
        while (!response.destroyed && response.write('a'.repeat(10_000))) sent += 10_000;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
      return true;
    };
    const answer = await hub.query(list);
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome: 'CONTRACT_BREACH', code: 'ANSWER_TOO_LARGE' });
    // What lies in the sockets' buffers was sent too; it is not read.
    expect(sent).toBeLessThan(20_000_000);
  });
});

describe('F10: the deadline holds for the whole answer', () => {
  const slow: [string, Misbehave][] = [
    ['no answer', () => true],
    ['headers and then nothing', (_, response) => !!response.writeHead(200, json).write('{')],
    [
      'a body that drips',
      (_, response) => {
        response.writeHead(200, json);
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
        return true;
      },
    ],
  ];
  test.each(slow)('%s', async (_name, misbehave) => {
    sick.misbehave = misbehave;
    const answer = await hub.query(list);
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome: 'TIMED_OUT' });
    expect(listIn(answer).nodes).toHaveLength(6);
  });

  test('a slow first answer is overtaken by a second question', async () => {
    let asked = 0;
    sick.misbehave = () => ++asked === 1;
    const answer = await hub.query(list);
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome: 'FRESH' });
    expect(asked).toBe(2);
  });

  test('nobody who is gone is waited for, and each has its name', async () => {
    await (standIns[0] as StandIn).close();
    (standIns[1] as StandIn).misbehave = () => true;
    const answer = await hub.query(list);
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome: 'UNREACHABLE' });
    expect(partyIn(answer, 'linde')).toMatchObject({ outcome: 'TIMED_OUT' });
    expect(listIn(answer).nodes).toHaveLength(3);
  });

  test('onMissing: STOP gives an error that names them, and no rows', async () => {
    await sick.close();
    const { data, errors } = await hub.query('{ incidents(onMissing: STOP) { nodes { id } } }');
    expect(data).toEqual({ incidents: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'MISSING_PARTIES', participants: [{ participant: 'denkbeeld', outcome: 'UNREACHABLE' }] } },
    ]);
  });

  test('who does not ask for the coverage is told of the missing ones as errors', async () => {
    await sick.close();
    const { errors } = await hub.query('{ incidentCount { value } }');
    expect(errors).toMatchObject([
      { path: ['incidentCount'], extensions: { code: 'UNREACHABLE', participant: 'denkbeeld', retryable: true } },
    ]);
  });
});

describe('A14: a hostile endpoint speaks for itself alone', () => {
  const tampered = async (
    change: (incidents: { nodes: Record<string, unknown>[]; __k_edges: { __k_cursor: string }[] }) => void,
  ) => {
    sick.tamper = (answer) => {
      change(answer.data?.incidents as never);
      return answer;
    };
    return hub.query(list);
  };
  test.each([
    [
      'an id of another',
      (incidents: { nodes: Record<string, unknown>[] }) =>
        Object.assign(incidents.nodes[1] ?? {}, { id: standIns[1]?.rows[0]?.id }),
    ],
    ['rows out of order', (incidents: { __k_edges: unknown[] }) => incidents.__k_edges.reverse()],
    [
      'a row twice',
      (incidents: { __k_edges: { __k_cursor: string }[] }) =>
        Object.assign(incidents.__k_edges[1] ?? {}, incidents.__k_edges[0]),
    ],
    ['fewer nodes than cursors', (incidents: { nodes: unknown[] }) => incidents.nodes.pop()],
    [
      'a cursor that is none',
      (incidents: { __k_edges: { __k_cursor: string }[] }) =>
        Object.assign(incidents.__k_edges[0] ?? {}, { __k_cursor: '{}' }),
    ],
  ])('%s is a breach of contract', async (_name, change) => {
    const answer = await tampered(change as never);
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome: 'CONTRACT_BREACH' });
    expect(listIn(answer).nodes).toHaveLength(6);
  });

  test('rows from before the cursor are a breach of contract', async () => {
    const page =
      'query($after: String) { incidents(first: 2, after: $after, orderBy: CREATED_ASC) { nodes { title } pageInfo { endCursor } coverage { parties { participant { id } outcome reason } } } }';
    const { data } = await hub.query(page);
    const after = (dataOf(data).incidents as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
    sick.misbehave = (_request, response) => {
      const cursors = sick.rows.slice(0, 1).map((row) => ({
        __k_cursor: Buffer.concat([bytes(row.createdMs), Buffer.from(row.id)]).toString('base64url'),
      }));
      const nodes = [{ id: sick.rows[0]?.id, title: 'again', __k_id: sick.rows[0]?.id }];
      return !!response
        .writeHead(200, json)
        .end(JSON.stringify({ data: { incidents: { nodes, __k_edges: cursors, __k_page: { hasNextPage: false } } } }));
    };
    const answer = await hub.query(page, { after });
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({ outcome: 'CONTRACT_BREACH' });
  });

  test('a routed root and an entity of another are breaches of contract, as is an entity that was not asked for', async () => {
    const [own, other] = [sick.rows[0] as Row, (standIns[1] as StandIn).rows[0] as Row];
    sick.tamper = (answer) => JSON.parse(JSON.stringify(answer).replaceAll(own.id, other.id));
    const routed = await hub.query('query($id: ID!) { incident(id: $id) { id title } }', { id: own.id });
    expect(routed).toMatchObject({
      data: { incident: null },
      errors: [{ extensions: { code: 'CONTRACT_BREACH', participant: 'denkbeeld' } }],
    });
    const entities =
      'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Incident { title } } }';
    const representations = [{ __typename: 'Incident', linkId: own.id }];
    expect(await hub.entities(entities, { representations })).toMatchObject({
      data: { _entities: [null] },
      absent: [{ index: 0 }],
      errors: [{ extensions: { code: 'CONTRACT_BREACH' } }],
    });
    sick.tamper = (answer) => JSON.parse(JSON.stringify(answer).replaceAll(own.id, (sick.rows[1] as Row).id));
    expect((await hub.entities(entities, { representations })).errors).toMatchObject([
      { extensions: { code: 'CONTRACT_BREACH' } },
    ]);
    sick.tamper = (answer) => JSON.parse(JSON.stringify(answer).replaceAll('"Incident"', '"Person"'));
    expect((await hub.entities(entities, { representations })).errors).toMatchObject([
      { extensions: { code: 'CONTRACT_BREACH' } },
    ]);
  });

  test('keys and aliases such as __proto__ and constructor change nothing but their own value', async () => {
    sick.misbehave = (_, response) =>
      !!response
        .writeHead(200, json)
        .end(
          '{"__proto__":{"polluted":1},"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"incidents":null},"errors":[{"message":"x","extensions":{"__proto__":{"code":"POLLUTED"}},"path":["__proto__"]}]}',
        );
    await hub.query(list);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    sick.misbehave = undefined;
    const { data, errors } = await hub.query(
      '{ __proto__: incidentCount { value } constructor: incidents(first: 1, participants: ["denkbeeld"]) { toString: nodes { valueOf: title } } }',
    );
    expect(errors).toEqual([]);
    expect(Object.keys(data ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getOwnPropertyDescriptor(data, '__proto__')?.value).toEqual({ value: 9 });
    expect(({} as Record<string, unknown>).value).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(data, 'constructor')?.value).toEqual({
      toString: [expect.objectContaining({ valueOf: 'denkbeeld 3' })],
    });
  });

  test('an alias of the hub’s own kind is refused', async () => {
    await expect(hub.query('{ __k_x: incidentCount { value } }')).rejects.toMatchObject({
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });
});

const bytes = (value: number) => {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(value));
  return key;
};

describe('a silent owner', () => {
  const entities =
    'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Incident { title } } }';
  test('takes its entities with it, each with its outcome, and nobody else’s', async () => {
    const representations = standIns.map(({ rows }) => ({ __typename: 'Incident', linkId: rows[0]?.id }));
    await sick.close();
    const { data, errors, absent } = await hub.entities(entities, { representations });
    expect(data).toMatchObject({ _entities: [null, { title: 'linde 1' }, { title: 'niemandsland 1' }] });
    expect(absent).toEqual([{ alias: '_entities', index: 0 }]);
    expect(errors).toMatchObject([
      { path: ['_entities', 0], extensions: { code: 'UNREACHABLE', participant: 'denkbeeld', retryable: true } },
    ]);
  });

  test('an entity that errors is refused or broken, by its code', async () => {
    const representations = [{ __typename: 'Incident', linkId: sick.rows[0]?.id }];
    const codeFor = async (code: string | undefined) => {
      sick.tamper = () => ({
        data: { _entities: [null] },
        errors: [{ message: 'x', path: ['_entities', 0], extensions: { code } }],
      });
      return (await hub.entities(entities, { representations })).errors[0]?.extensions.code;
    };
    expect(await codeFor('FORBIDDEN')).toBe('NOT_FOUND');
    expect(await codeFor('NOT_FOUND')).toBe('NOT_FOUND');
    expect(await codeFor('STORE_UNAVAILABLE')).toBe('STORE_UNAVAILABLE');
    expect(await codeFor('INTERNAL_SERVER_ERROR')).toBe('CONTRACT_BREACH');
  });

  test('leaves a mutation’s outcome unknown after one more try with the same commandId', async () => {
    const id = sick.rows[0]?.id;
    const mutation =
      'mutation($input: AcknowledgeIncidentInput!) { acknowledgeIncident(input: $input) { __typename } }';
    const bodies: string[] = [];
    sick.misbehave = (_request, response, body) => {
      bodies.push(body);
      response.socket?.destroy();
      return true;
    };
    const input = { commandId: 'c1', incidentId: id };
    expect((await hub.mutate(mutation, { input })).errors).toMatchObject([
      { extensions: { code: 'OUTCOME_UNKNOWN', retryable: true, commandId: 'c1', participant: 'denkbeeld' } },
    ]);
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toBe(bodies[1]);
    // Lost once: the second try brings the answer.
    let asked = 0;
    sick.misbehave = (_request, response) => {
      if (++asked > 1) return false;
      response.socket?.destroy();
      return true;
    };
    expect(await hub.mutate(mutation, { input })).toMatchObject({
      data: { acknowledgeIncident: { __typename: 'IncidentChanged' } },
      errors: [],
    });
    await sick.close();
    expect((await hub.mutate(mutation, { input })).errors).toMatchObject([{ extensions: { code: 'UNREACHABLE' } }]);
  });
});

describe('contract skew', () => {
  const without = (typeName: string, fieldName: string) =>
    print(
      visit(parse(participantSdl), {
        ObjectTypeDefinition: (node) =>
          node.name.value === typeName
            ? { ...node, fields: node.fields?.filter(({ name }) => name.value !== fieldName) ?? [] }
            : undefined,
      }),
    );
  const replaceSick = async (sdl: string) => {
    await sick.close();
    const older = await createStandIn({ id: 'denkbeeld', rows: sick.rows, sdl });
    standIns[0] = older;
    sick = older;
    await hub.close();
    hub = createHubOf(standIns);
  };

  test('a nullable field that an endpoint lacks is null there, and said', async () => {
    await replaceSick(without('Incident', 'pingPong'));
    const document =
      '{ incidents(first: 10) { nodes { id pingPong title } coverage { complete parties { participant { id } outcome code reason } } } }';
    const answer = await hub.query(document);
    expect(listIn(answer).nodes).toHaveLength(9);
    expect(partyIn(answer, 'denkbeeld')).toMatchObject({
      outcome: 'FRESH',
      code: 'CONTRACT_OLDER',
      reason: 'It lacks Incident.pingPong.',
    });
    const routed = await hub.query('query($id: ID!) { incident(id: $id) { title pingPong } }', {
      id: sick.rows[0]?.id,
    });
    expect(routed).toMatchObject({
      data: { incident: { title: 'denkbeeld 1' } },
      errors: [{ path: ['incident'], extensions: { code: 'CONTRACT_OLDER', participant: 'denkbeeld' } }],
    });
    // Known by now: the fitted document is sent at once.
    const before = sick.received.length;
    await hub.query(document);
    expect(sick.received.length - before).toBe(1);
  });

  test('an entity without a field that its owner lacks is there, and the field is null and said', async () => {
    await replaceSick(without('Incident', 'pingPong'));
    const entities =
      'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Incident { title pingPong } } }';
    const representations = standIns.map(({ rows }) => ({ __typename: 'Incident', linkId: rows[0]?.id }));
    const { data, errors, absent } = await hub.entities(entities, { representations });
    expect(data).toMatchObject({
      _entities: [{ title: 'denkbeeld 1' }, { title: 'linde 1' }, { title: 'niemandsland 1' }],
    });
    expect(errors).toMatchObject([
      {
        path: ['_entities', 0],
        extensions: { code: 'CONTRACT_OLDER', participant: 'denkbeeld', fields: ['Incident.pingPong'] },
      },
    ]);
    expect(absent).toEqual([]);
  });

  test('a mutation that an endpoint lacks is CONTRACT_TOO_OLD', async () => {
    await replaceSick(without('Mutation', 'acknowledgeIncident'));
    const input = { commandId: 'c', incidentId: sick.rows[0]?.id };
    const answer = await hub.mutate(
      'mutation($input: AcknowledgeIncidentInput!) { acknowledgeIncident(input: $input) { __typename } }',
      { input },
    );
    expect(answer).toMatchObject({
      data: { acknowledgeIncident: null },
      errors: [{ extensions: { code: 'CONTRACT_TOO_OLD', participant: 'denkbeeld' } }],
    });
  });

  test('a list that an endpoint lacks costs it its place in that list alone', async () => {
    await replaceSick(without('Query', 'incidentCount'));
    const { data } = await hub.query(
      '{ incidentCount { value coverage { parties { participant { id } outcome code } } } incidents { nodes { id } } }',
    );
    expect(data?.incidentCount).toMatchObject({
      value: 6,
      coverage: { parties: [{ outcome: 'CONTRACT_BREACH', code: 'CONTRACT_TOO_OLD' }, {}, {}] },
    });
    expect((dataOf(data).incidents as Listed).nodes).toHaveLength(9);
  });
});

test('F15: a clock that is off is measured, shown from two seconds, and a breach from ten minutes', async () => {
  const document = '{ incidentCount { coverage { parties { participant { id } outcome code skewMs } } } }';
  const party = async () => {
    const { data } = await hub.query(document);
    return (
      dataOf(data).incidentCount as {
        coverage: { parties: { outcome: string; code: string | null; skewMs: number | null }[] };
      }
    ).coverage.parties[0];
  };
  expect(await party()).toMatchObject({ outcome: 'FRESH', skewMs: null });
  sick.clockOffsetMs = 60_000;
  const skewed = await party();
  expect(skewed?.outcome).toBe('FRESH');
  expect(Math.abs((skewed?.skewMs ?? 0) - 60_000)).toBeLessThan(1_000);
  // The next seal is written in the endpoint's clock.
  await party();
  const sealedAt = Number(String(sick.received.at(-1)?.headers['kortelijn-seal']).split(' ')[1]);
  expect(Math.abs(sealedAt - Date.now() - 60_000)).toBeLessThan(5_000);
  sick.clockOffsetMs = 700_000;
  expect(await party()).toMatchObject({ outcome: 'CONTRACT_BREACH', code: 'CLOCK_SKEW' });
});

test('F15: a refusal for clock skew is tried once more in the endpoint’s time', async () => {
  sick.clockOffsetMs = 120_000;
  sick.misbehave = (request, response) => {
    const sealedAt = Number(String(request.headers['kortelijn-seal']).split(' ')[1]);
    if (Math.abs(sealedAt - Date.now() - 120_000) < 5_000) return false;
    return !!response.writeHead(401, json).end('{"errors":[{"message":"clock","extensions":{"code":"CLOCK_SKEW"}}]}');
  };
  expect(partyIn(await hub.query(list), 'denkbeeld')).toMatchObject({ outcome: 'FRESH' });
});

test('F5: a sick endpoint is left alone after a while, and asked again when it may be well', async () => {
  await hub.close();
  hub = createHubOf(standIns, { attemptMs: 2_000, hedgeAfterMs: 0 });
  sick.misbehave = () => true;
  const ask = (index: number) =>
    hub.query(
      `{ incidentCount(filter: {text: "${index}"}) { coverage { parties { participant { id } outcome code } } } }`,
    );
  await Promise.all(Array.from({ length: 25 }, (_, index) => ask(index)));
  const { data } = await ask(99);
  expect(data?.incidentCount).toMatchObject({
    coverage: { parties: [{ outcome: 'SKIPPED', code: 'BREAKER_OPEN' }, { outcome: 'FRESH' }, { outcome: 'FRESH' }] },
  });
});

test('one field that an endpoint refuses does not take its other fields along', async () => {
  sick.misbehave = (_request, response, body) => {
    if (!body.includes('statusReport')) return false;
    return !!response
      .writeHead(200, json)
      .end('{"data":null,"errors":[{"message":"no","path":["statusReport"],"extensions":{"code":"FORBIDDEN"}}]}');
  };
  const { data } = await hub.query(
    '{ statusReport { incidentCount coverage { complete parties { outcome code } } } incidents { nodes { id } coverage { answered } } }',
    {},
    { authority: caller },
  );
  expect(data?.statusReport).toMatchObject({
    incidentCount: 6,
    coverage: { complete: true, parties: [{ outcome: 'REFUSED', code: 'FORBIDDEN' }, {}, {}] },
  });
  expect((dataOf(data).incidents as Listed).nodes).toHaveLength(9);
});

test('scenario 11: the status of a silent participant is its last, with its age, and never a case', async () => {
  const document =
    '{ networkStatus { n: nodes { p: participant { id } level } coverage { complete answered parties { participant { id } outcome code ageSeconds asOf } } } }';
  await hub.query('{ networkStatus { nodes { service } } }');
  await sick.close();
  const { data, errors } = await hub.query(document);
  expect(errors).toEqual([]);
  expect(data?.networkStatus).toMatchObject({
    n: names.map((id) => ({ p: { id }, level: 'OPERATIONAL' })),
    coverage: {
      complete: false,
      answered: 2,
      parties: [
        { outcome: 'STALE', code: 'UNREACHABLE', ageSeconds: expect.any(Number), asOf: expect.any(String) },
        { outcome: 'FRESH' },
        { outcome: 'FRESH' },
      ],
    },
  });
  const cases = await hub.query(list);
  expect(listIn(cases).nodes.some(({ id }) => id.startsWith('denkbeeld:'))).toBe(false);
});
