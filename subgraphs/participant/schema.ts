/** The whole subgraph: importing a type's file adds it to the builder. */
import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import { contractDirectives } from './directives.ts';
import './types/assistance-request.ts';
import './types/changes.ts';
import './types/envelope.ts';
import './types/incident.ts';
import './types/incident-list.ts';
import './types/mutations/add-note.ts';
import './types/mutations/assistance.ts';
import './types/mutations/change-person-roles.ts';
import './types/mutations/deliver.ts';
import './types/mutations/envelopes.ts';
import './types/mutations/finish-incident.ts';
import './types/mutations/hand-over-incident.ts';
import './types/mutations/mark-notifications-read.ts';
import './types/mutations/register-team.ts';
import './types/mutations/report-incident.ts';
import './types/mutations/report-service-status.ts';
import './types/mutations/set-participation.ts';
import './types/mutations/work-on-incident.ts';
import './types/note.ts';
import './types/notification.ts';
import './types/person.ts';
import './types/results.ts';
import './types/role-changes.ts';
import './types/service-status.ts';
import './types/status-report.ts';
import './types/team.ts';
import './types/viewer.ts';

/** Made once and then kept: building it takes longer than most requests. */
export function createSchema(): GraphQLSchema {
  return builder.toSubGraphSchema({
    linkUrl: 'https://specs.apollo.dev/federation/v2.7',
    federationDirectives: ['@key', '@inaccessible', '@shareable'],
    directives: contractDirectives,
  });
}
