/** Directives of the contract that every endpoint's SDL uses. They print because their definitions are here. */
import { DirectiveLocation, GraphQLDirective, GraphQLEnumType, GraphQLNonNull } from 'graphql';

/** A closed list: each value with what it means. */
export const enumOf = (name: string, description: string, values: Readonly<Record<string, string>>) =>
  new GraphQLEnumType({
    name,
    description,
    values: Object.fromEntries(
      Object.entries(values).map(([value, meaning]) => [value, { value, description: meaning }]),
    ),
  });

const audiencePer = enumOf('AudiencePer', 'For whom a value is the same.', {
  NETWORK: 'For everyone in the network.',
  CLASS: 'For everyone with the same participant, roles, program, scopes and purpose.',
  SUBJECT: 'For one person alone.',
});

export const audienceDirective = new GraphQLDirective({
  name: 'audience',
  description: 'For whom the value is the same; on a type it is the default of its fields. Without it: SUBJECT.',
  locations: [DirectiveLocation.OBJECT, DirectiveLocation.FIELD_DEFINITION],
  args: { per: { type: new GraphQLNonNull(audiencePer), description: 'The audience.' } },
});

/** The same for a builder. */
export type AudienceDirective = {
  locations: 'OBJECT' | 'FIELD_DEFINITION';
  args: { per: 'NETWORK' | 'CLASS' | 'SUBJECT' };
};
