/** The schema of this subgraph: every type, and the one place that knows them all. */
import { audienceDirective } from '@kortelijn/kit/server/contract-directives.ts';
import { builder } from './builder.ts';
import './types/accession.ts';
import './types/accession-commands.ts';
import './types/calendar.ts';
import './types/changes.ts';
import './types/commands.ts';
import './types/contact-point.ts';
import './types/for-the-hub.ts';
import './types/network-incident.ts';
import './types/participant.ts';
import './types/webhook-commands.ts';
import './types/webhook-delivery.ts';

export const schema = builder.toSubGraphSchema({
  linkUrl: 'https://specs.apollo.dev/federation/v2.7',
  federationDirectives: ['@key', '@inaccessible', '@shareable'],
  directives: [audienceDirective],
});
