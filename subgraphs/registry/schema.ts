/** The schema of this subgraph: every type, and the one place that knows them all. */
import { builder } from './builder.ts';
import './types/calendar.ts';
import './types/commands.ts';
import './types/contact-point.ts';
import './types/for-the-hub.ts';
import './types/network-incident.ts';
import './types/participant.ts';

export const schema = builder.toSubGraphSchema({
  linkUrl: 'https://specs.apollo.dev/federation/v2.7',
  federationDirectives: ['@key', '@inaccessible', '@shareable'],
});
