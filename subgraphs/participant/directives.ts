/** The directives by which this SDL tells the hub how to treat a field. They print because their definitions are here. */
import { type AudienceDirective, audienceDirective, enumOf } from '@kortelijn/kit/server/contract-directives.ts';
import { DirectiveLocation, GraphQLDirective, GraphQLNonNull, GraphQLString } from 'graphql';

const routeBy = enumOf('RouteBy', 'By what the participant that answers a root field is found.', {
  ID: 'The prefix of the id that stands at the path.',
  PARTICIPANT: 'The participant id that stands at the path; the hub addresses an endpoint itself where there is none.',
  CALLER: "The caller's own participant; a program's is the one that registered it.",
  REFERENCE: 'The participant that a short reference begins with.',
});

const scatterMerge = enumOf('ScatterMerge', 'How the answers of many participants become one.', {
  CONNECTION: 'Pages are merged by the order of their cursors.',
  LIST: 'Lists are put behind each other, participant by participant.',
  COUNT: 'Values are added up.',
  SUMMARY: 'Each field is merged as its own directive says.',
});

const mergeWith = enumOf('MergeWith', 'How one field of several answers is merged.', {
  SUM: 'Numbers are added up.',
  MIN: 'The smallest value stands.',
  MAX: 'The largest value stands.',
  CONCAT: 'Lists are put behind each other.',
  HISTOGRAM: 'Bins with the same bound are added up.',
});

const onField = [DirectiveLocation.FIELD_DEFINITION];

export const contractDirectives = [
  new GraphQLDirective({
    name: 'route',
    description: 'The hub sends this root field to one participant.',
    locations: onField,
    args: {
      by: { type: new GraphQLNonNull(routeBy), description: 'By what the participant is found.' },
      path: { type: GraphQLString, description: 'Where the key stands in the arguments, as a dotted path.' },
    },
  }),
  new GraphQLDirective({
    name: 'scatter',
    description:
      'The hub asks every ACTIVE participant, or those in the argument `participants`, and merges the answers.',
    locations: onField,
    args: { merge: { type: new GraphQLNonNull(scatterMerge), description: 'How the answers become one.' } },
  }),
  new GraphQLDirective({
    name: 'merge',
    description: 'How this field is merged when its parent is merged from several participants.',
    locations: onField,
    args: {
      with: { type: new GraphQLNonNull(mergeWith), description: 'The way of merging.' },
      key: {
        type: GraphQLString,
        description: 'For lists of objects: the fields by which two are the same, with spaces between.',
      },
    },
  }),
  audienceDirective,
  new GraphQLDirective({
    name: 'personal',
    description: 'Personal data: every read writes the access log at the source.',
    locations: onField,
  }),
  new GraphQLDirective({
    name: 'local',
    description: 'The keyed type behind this field always belongs to the same participant as its parent.',
    locations: onField,
  }),
  new GraphQLDirective({
    name: 'replicated',
    description: 'Held by several participants; the prefix of its id is not the place where it is read.',
    locations: [DirectiveLocation.OBJECT],
  }),
];

/** The same for the builder: what may stand where, and with which arguments. */
export type ContractDirectives = {
  route: { locations: 'FIELD_DEFINITION'; args: { by: 'ID' | 'PARTICIPANT' | 'CALLER' | 'REFERENCE'; path?: string } };
  scatter: { locations: 'FIELD_DEFINITION'; args: { merge: 'CONNECTION' | 'LIST' | 'COUNT' | 'SUMMARY' } };
  merge: {
    locations: 'FIELD_DEFINITION';
    args: { with: 'SUM' | 'MIN' | 'MAX' | 'CONCAT' | 'HISTOGRAM'; key?: string };
  };
  audience: AudienceDirective;
  personal: { locations: 'FIELD_DEFINITION'; args: Record<string, never> };
  local: { locations: 'FIELD_DEFINITION'; args: Record<string, never> };
  replicated: { locations: 'OBJECT'; args: Record<string, never> };
  key: { locations: 'OBJECT'; args: { fields: string; resolvable?: boolean } };
};
