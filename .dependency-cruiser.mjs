/** Which gateway layer may import which. Read it as the architecture; edit it when the architecture changes. */
const gatewayLayers = {
  edge: ['identity', 'supergraph', 'live', 'telemetry'],
  supergraph: ['hub', 'partition', 'telemetry'],
  hub: ['partition', 'telemetry'],
  live: ['supergraph', 'partition', 'transport', 'telemetry'],
  partition: ['transport', 'telemetry'],
  identity: ['telemetry'],
  transport: ['telemetry'],
  telemetry: [],
};

const layersPointDown = Object.entries(gatewayLayers).map(([layer, lower]) => ({
  name: `gateway-${layer}-imports-only-lower-layers`,
  comment: `A request goes down through the layers: ${layer} may know ${lower.join(', ') || 'none of them'}.`,
  severity: 'error',
  from: { path: `^gateway/${layer}/` },
  to: { path: '^gateway/[^/]+/', pathNot: [layer, ...lower].map((name) => `^gateway/${name}/`) },
}));

export default {
  forbidden: [
    ...layersPointDown,
    {
      name: 'hub-asks-no-participant',
      comment:
        'It answers in process from ids and the directory. It may read a document as partition does, not send one.',
      severity: 'error',
      from: { path: '^gateway/hub/' },
      to: { path: '^gateway/partition/(partition|route|rewrite|scatter|gather)[.]ts$' },
    },
    {
      name: 'schema-depends-on-nobody',
      comment: 'The contract is what the others agree on; it cannot know them.',
      severity: 'error',
      from: { path: '^schema/' },
      to: { path: '^(gateway|subgraphs|clients|test)/' },
    },
    {
      name: 'services-meet-only-over-the-wire',
      comment: 'Participants run their own copies, at their own versions. Shared code would hide that.',
      severity: 'error',
      from: { path: '^(gateway|subgraphs/[^/]+|clients/[^/]+)/' },
      to: { path: '^(gateway|subgraphs|clients|test)/', pathNot: ['^$1/', '^clients/sdk/', '^subgraphs/kit/'] },
    },
    {
      name: 'only-subgraphs-use-the-kit',
      comment: 'It is what makes an endpoint. Gateway and clients meet an endpoint over the wire.',
      severity: 'error',
      from: { path: '^(gateway|clients)/' },
      to: { path: '^subgraphs/kit/' },
    },
    {
      name: 'only-clients-use-the-sdk',
      comment: 'It is written for those outside; a service that used it would call itself.',
      severity: 'error',
      from: { path: '^(gateway|subgraphs)/' },
      to: { path: '^clients/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Rules take values and return values: no GraphQL, no Prisma, no node:*, no clock.',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/domain/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: ['^subgraphs/[^/]+/domain/', '^schema/'] },
    },
    {
      name: 'features-do-not-import-each-other',
      comment: 'A surface can be read, changed and dropped alone.',
      severity: 'error',
      from: { path: '^clients/web/features/([^/]+)/' },
      to: { path: '^clients/web/features/', pathNot: '^clients/web/features/$1/' },
    },
    {
      name: 'web-points-down',
      comment: 'Routes put features together, features use ui; never the other way.',
      severity: 'error',
      from: { path: '^clients/web/(features|ui)/' },
      to: { path: '^clients/web/routes/' },
    },
    {
      name: 'ui-knows-no-feature',
      comment: 'A button does not know what an incident is.',
      severity: 'error',
      from: { path: '^clients/web/ui/' },
      to: { path: '^clients/web/features/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'imports-resolve',
      comment: 'What is not found is seen by no other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '/generated/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/generated/'] }, // follow no further, but still see the import
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
