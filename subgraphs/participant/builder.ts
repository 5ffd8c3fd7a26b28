/**
 * The one Pothos builder. Decided here once: an output field is there unless it says `nullable: true`, an input field
 * may be left out unless it says `required: true`, and every type and field says in a sentence what it is.
 */

import { dateTimeScalar } from '@kortelijn/schema/vocabulary/scalars.ts';
import SchemaBuilder from '@pothos/core';
import directives from '@pothos/plugin-directives';
import federation from '@pothos/plugin-federation';
import type { Context } from './context.ts';
import type { ContractDirectives } from './directives.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Directives: ContractDirectives;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
  };
}>({
  plugins: [directives, federation],
  defaultFieldNullability: false,
});

builder.addScalarType('DateTime', dateTimeScalar);
builder.queryType({ description: 'What can be read at one participant; the hub makes one graph of many.' });
builder.mutationType({ description: 'What can be done at one participant.' });
builder.subscriptionType({ description: 'What can be followed at one participant; for the hub only.' });
