import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMMAND_LOG_SQL } from '@kortelijn/kit/command-log/ddl.ts';
import { ENVELOPES_SQL } from '@kortelijn/kit/envelopes/ddl.ts';
import { FEED_SQL } from '@kortelijn/kit/feed/ddl.ts';
import { driftOf } from '@kortelijn/kit/postgres/drift.ts';
import { networkIncident } from '@kortelijn/schema/lifecycles/network-incident.ts';
import { participant } from '@kortelijn/schema/lifecycles/participant.ts';
import { GraphQLEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { STATES } from './domain/network-incident.ts';
import { printSdl, sdlFile } from './print.ts';
import { schema } from './schema.ts';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test('the SDL in the contract is the one this subgraph prints', () => {
  expect(readFileSync(sdlFile, 'utf8')).toBe(printSdl());
});

test('every type, field, argument and value of the public SDL says what it is', () => {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (/^(_|link__|federation__)/.test(type.name) || ['String', 'Int', 'ID', 'Boolean', 'Float'].includes(type.name))
      continue;
    if (!type.description) silent.push(type.name);
    if (type instanceof GraphQLEnumType) {
      for (const value of type.getValues()) if (!value.description) silent.push(`${type.name}.${value.name}`);
    }
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue;
      if (!field.description) silent.push(`${type.name}.${field.name}`);
      for (const argument of 'args' in field ? field.args : []) {
        if (!argument.description) silent.push(`${type.name}.${field.name}(${argument.name})`);
      }
    }
  }
  expect(silent).toEqual([]);
});

test('the states of the SDL and of the rules are those of the lifecycles', () => {
  const states = schema.getType('NetworkIncidentState');
  expect(states instanceof GraphQLEnumType && states.getValues().map(({ name }) => name)).toEqual(
    [...networkIncident.states].sort(),
  );
  expect(STATES).toEqual(networkIncident.states);
  expect(participant.states).toContain('SUSPENDED');
});

test('the migrations make what the Prisma schema says, and hold the tables of the kit as the kit writes them', async () => {
  const migrationsDir = file('prisma/migrations');
  expect(await driftOf({ migrationsDir, schemaFile: file('prisma/schema.prisma') })).toBe('');
  const sql = readFileSync(file('prisma/migrations/0001_registry/migration.sql'), 'utf8');
  for (const part of [FEED_SQL, COMMAND_LOG_SQL, ENVELOPES_SQL]) expect(sql).toContain(part.trim());
  const model = readFileSync(file('prisma/schema.prisma'), 'utf8');
  for (const part of ['feed/feed', 'command-log/command-log', 'envelopes/envelope']) {
    expect(model).toContain(readFileSync(file(`../kit/${part}.prisma`), 'utf8').trim());
  }
}, 120_000);
