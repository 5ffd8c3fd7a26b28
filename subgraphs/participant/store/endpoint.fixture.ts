/**
 * One participant's reading side over a real database, asked as the hub asks it: an operation and a caller. Statements
 * are counted on their way to PostgreSQL.
 */

import { fileURLToPath } from 'node:url';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled';
import { createStamper } from '@kortelijn/kit/feed/stamper.ts';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { migrate } from '@kortelijn/kit/postgres/migrate.ts';
import { guardRootFields } from '@kortelijn/kit/server/root-fields.ts';
import type { Caller, PartyCaller, Role } from '@kortelijn/kit/trust/caller.ts';
import type { Party } from '../commands/desks.fixture.ts';
import type { Context } from '../context.ts';
import { createSchema } from '../schema.ts';
import { createPrisma } from './open-store.ts';
import { createReader } from './reader.ts';
import { defaultRhythm } from './service-status.ts';

const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export const person = (participant: string, ...roles: Role[]): PartyCaller => ({
  kind: 'subject',
  participant,
  roles,
  subject: `${participant}:${roles.join('-').toLowerCase()}`,
  scopes: [],
});

export const program = (participant: string, ...scopes: string[]): PartyCaller => ({
  kind: 'subject',
  participant,
  roles: ['PROGRAM'],
  subject: `${participant}:program`,
  program: 'program',
  scopes,
});

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asked for.
  readonly data: any;
  readonly codes: readonly unknown[];
  /** How many statements the answer took. */
  readonly statements: number;
}

export interface TestEndpoint extends AsyncDisposable {
  readonly name: string;
  readonly pool: Pool;
  readonly clock: { ms: number };
  reader(caller: Caller): ReturnType<typeof createReader>;
  ask(caller: Caller, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

let databases = 0;
let server: ApolloServer<Context> | undefined;

export async function createTestEndpoint(postgres: PostgresServer, name = 'linde'): Promise<TestEndpoint> {
  const database = `read_${++databases}`;
  await postgres.ensureDatabase(database);
  await migrate(postgres.url(database), MIGRATIONS);
  const pool = createPool(postgres.url(database));
  const clock = { ms: Date.parse('2026-05-20T08:00:00.000Z') };
  const now = () => clock.ms;
  let statements = 0;
  const query = pool.query.bind(pool) as (...all: unknown[]) => unknown;
  Object.assign(pool, {
    query: (...all: unknown[]) => {
      statements++;
      return query(...all);
    },
  });
  const prisma = createPrisma(pool);
  const stamper = createStamper(pool, { everyMs: 3_600_000 });
  const unused = () => {
    throw new Error('This endpoint only reads.');
  };
  const reader = (caller: Caller) =>
    createReader({ endpoint: name, pool, prisma: prisma.client, caller, rhythm: defaultRhythm, now });

  const ask: TestEndpoint['ask'] = async (caller, document, variables = {}) => {
    const contextValue: Context = {
      caller,
      now,
      endpoint: name,
      requestId: 'test',
      pool,
      stamper,
      command: unused,
      inbox: { takeIn: unused },
      read: reader(caller),
    };
    const before = statements;
    const said = await execute(contextValue, document, variables);
    return { ...said, statements: statements - before };
  };
  const close = async () => {
    await stamper.close();
    await prisma.close();
    await pool.end();
  };
  return { name, pool, clock, reader, ask, close, [Symbol.asyncDispose]: close };
}

async function execute(contextValue: Context, document: string, variables: Record<string, unknown>) {
  server ??= serverOver();
  const { body } = await server.executeOperation(
    { query: document, variables: JSON.parse(JSON.stringify(variables)) },
    { contextValue },
  );
  if (body.kind !== 'single') throw new Error('Expected one whole result.');
  const { data, errors = [] } = body.singleResult;
  return {
    // As it goes over the wire; execution's own objects have no prototype.
    data: JSON.parse(JSON.stringify(data ?? null)),
    codes: errors.map(({ extensions }) => extensions?.code),
  };
}

/** The same of a party of a network of desks, which can be commanded too. */
export async function askParty(
  { me, pool, desk, command, inbox }: Party,
  caller: Caller,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<Omit<Answer, 'statements'>> {
  const prisma = createPrisma(pool);
  const { now } = desk;
  const read = createReader({ endpoint: me, pool, prisma: prisma.client, caller, rhythm: defaultRhythm, now });
  const stamper = createStamper(pool, { everyMs: 3_600_000 });
  const contextValue = { caller, now, endpoint: me, requestId: 'test', pool, stamper, command, inbox, read };
  const said = await execute(contextValue, document, variables);
  await stamper.close();
  await prisma.close();
  return said;
}

function serverOver(): ApolloServer<Context> {
  const schema = createSchema();
  guardRootFields(schema);
  return new ApolloServer<Context>({
    schema,
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginCacheControlDisabled()],
  });
}
