/**
 * Prints incidents as they change, from now until Ctrl-C:
 *
 *   node --import tsx clients/examples/follow-incidents.ts http://localhost:4000 <access token>
 */
import { createClient } from '@kortelijn/sdk';
import { graphql } from '@kortelijn/sdk/graphql.ts';

const [origin = 'http://localhost:4000', token = process.env.KORTELIJN_TOKEN ?? ''] = process.argv.slice(2);
const hub = createClient({ url: new URL('/graphql', origin).href, token: async () => token });

const changes = graphql(`subscription Changes($after: String) {
  incidentChanged(after: $after) {
    __typename
    ... on IncidentChange { id cursor type at participant { name } incident { reference priority state title } }
    ... on Gone { id cursor subjectId }
    ... on Gap { cursor participant { name } reason }
    ... on Heartbeat { cursor }
  }
}`);

const onState = ({ line, why }: { line: string; why: Error | undefined }) => console.error(line, why?.message ?? '');
for await (const item of hub.subscribe(changes, { onState })) {
  if (item.__typename === 'IncidentChange') {
    const { reference, priority, state, title } = item.incident ?? {};
    console.log(item.at, item.participant.name, item.type, reference, priority, state, title);
  } else if (item.__typename === 'Gone') console.log('gone', item.subjectId);
  else if (item.__typename === 'Gap') console.log('missing, ask anew:', item.participant.name, item.reason);
}
