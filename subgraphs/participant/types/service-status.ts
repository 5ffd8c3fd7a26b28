import { builder } from '../builder.ts';
import type { ServiceStatusView } from '../store/service-status.ts';
import { Coverage, ownCoverage } from './coverage.ts';
import { ServiceLevelEnum, StatusSourceEnum } from './enums.ts';
import { idOf, Node, nodeKeys } from './node.ts';
import { ParticipantRef } from './references.ts';

export const ServiceStatus = builder.objectRef<ServiceStatusView>('ServiceStatus');
ServiceStatus.implement({
  description: 'How well a service works, as far as somebody has reported it lately.',
  interfaces: [Node],
  directives: { audience: { per: 'NETWORK' } },
  fields: (t) => ({
    participant: t.field({
      type: ParticipantRef,
      description: 'Whose service it is.',
      resolve: (_, __, { endpoint }) => ({ id: endpoint }),
    }),
    service: t.exposeString('service', { description: 'The service.' }),
    level: t.field({
      type: ServiceLevelEnum,
      description: 'How well it works; UNKNOWN after three reports were missed.',
      resolve: ({ level }) => level,
    }),
    asOf: t.expose('asOf', { type: 'DateTime', nullable: true, description: 'When that was reported.' }),
    source: t.field({ type: StatusSourceEnum, description: 'Who reported it.', resolve: () => 'SELF' as const }),
    note: t.exposeString('note', { nullable: true, description: 'What was said with it.' }),
  }),
});

builder.asEntity(ServiceStatus, {
  key: nodeKeys,
  resolveReference: async (key, { read }) => read.serviceStatusById(idOf(key)),
});

const NetworkStatus = builder.objectRef<readonly ServiceStatusView[]>('NetworkStatus');
NetworkStatus.implement({
  description: 'The services of the network.',
  directives: { audience: { per: 'NETWORK' } },
  fields: (t) => ({
    nodes: t.field({
      type: [ServiceStatus],
      directives: { local: {} },
      description: 'One for each service.',
      resolve: (all) => all,
    }),
    coverage: t.field({
      type: Coverage,
      description: 'Who answered; the hub says it.',
      resolve: (_, __, context) => ownCoverage(context),
    }),
  }),
});

builder.queryField('networkStatus', (t) =>
  t.field({
    type: NetworkStatus,
    directives: { scatter: { merge: 'LIST' } },
    description: 'How well the services of the network work.',
    args: { participants: t.arg.idList({ description: 'Of these participants; of all when left out.' }) },
    resolve: (_, __, { read }) => read.serviceStatuses(),
  }),
);
