/**
 * The one Pothos builder. Decided here once: an output field is there unless it says `nullable: true`, an input field
 * may be left out unless it says `required: true`, and every type and field says in a sentence what it is.
 */
import type { AudienceDirective } from '@kortelijn/kit/server/contract-directives.ts';
import { dateScalar, dateTimeScalar } from '@kortelijn/schema/vocabulary/scalars.ts';
import SchemaBuilder from '@pothos/core';
import directives from '@pothos/plugin-directives';
import federation from '@pothos/plugin-federation';
import type { Context } from './context.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Directives: {
    key: { locations: 'OBJECT'; args: { fields: string; resolvable?: boolean } };
    audience: AudienceDirective;
  };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Date: { Input: string; Output: string };
  };
}>({
  plugins: [directives, federation],
  defaultFieldNullability: false,
});

builder.addScalarType('DateTime', dateTimeScalar);
builder.addScalarType('Date', dateScalar);
builder.queryType({ description: 'What can be read at the registry.' });
builder.mutationType({ description: 'What can be done at the registry.' });
builder.subscriptionType({ description: 'What can be followed at the registry; for the hub only.' });

/** A closed list: each value with what it means. */
export const described = <Name extends string>(
  name: string,
  description: string,
  meanings: { readonly [value in Name]: string },
) =>
  builder.enumType(name, {
    description,
    values: Object.fromEntries(
      Object.entries<string>(meanings).map(([value, meaning]) => [value, { value, description: meaning }]),
    ) as { readonly [value in Name]: { readonly value: value; readonly description: string } },
  });
