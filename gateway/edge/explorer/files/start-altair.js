/** Starts Altair with the ready queries, one window each, asked as whoever was chosen in the bar above. */
/* global AltairGraphQL */
const queries = await (await fetch('/explorer/queries.json')).json();
const endpoint = `${location.origin}/graphql`;
const token = sessionStorage.getItem('kortelijn.token') ?? '';

AltairGraphQL.init({
  endpointURL: endpoint,
  disableAccount: true,
  preserveState: false,
  instanceStorageNamespace: 'kortelijn_',
  initialEnvironments: { base: { title: 'Kortelijn', variables: { token } } },
  initialSettings: { 'banners.disable': true, disablePushNotification: true, 'alert.disableUpdateNotification': true },
  initialWindows: queries.map(({ title, query }) => ({
    // What stands before the colon fits a tab.
    initialName: title.split(':')[0],
    endpointURL: endpoint,
    initialQuery: query,
    initialHeaders: { authorization: 'Bearer {{token}}' },
    subscriptionsEndpoint: endpoint.replace(/^http/, 'ws'),
    initialSubscriptionRequestHandlerId: 'graphql-ws',
    initialSubscriptionsPayload: { authorization: `Bearer ${token}` },
  })),
});
