/**
 * A desk that works at its own participant while the hub does not reach it: what a screen inside the house does. It stands
 * in for the hub at the endpoint's own address, with the hub's keys of this network.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EndpointKeys, parseEndpointKeys } from '@kortelijn/kit/trust/keys.ts';
import { asPerson, createStandInHub, type MadeKeys } from '@kortelijn/kit/trust/stand-in-hub.ts';
import type { Network } from '../network/network.ts';

export interface OwnDesk {
  /** Answers the new incident's id. */
  report(input: Readonly<Record<string, unknown>>): Promise<string>;
}

const reportDocument =
  'mutation ($input: ReportIncidentInput!) { reportIncident(input: $input) { __typename ... on IncidentSent { link { id } } } }';

export async function ownDesk(network: Network, participant: string): Promise<OwnDesk> {
  const keysOf = (name: string): EndpointKeys =>
    parseEndpointKeys(JSON.parse(readFileSync(join(network.dataDir, 'keys', `${name}.json`), 'utf8')));
  const hub = { keys: keysOf('hub') } as MadeKeys;
  const endpoint = { name: participant, keys: keysOf(participant) };
  const { ask } = createStandInHub({ hub, endpoint, url: network.endpoint(participant) });
  const caller = asPerson(participant, ['SERVICEDESK'], `${participant}-desk`);
  return {
    report: async (input) => {
      const given = { commandId: randomUUID(), service: 'Verzamelen', ...input };
      const { data, errors } = await ask(caller, reportDocument, { input: given });
      const id = data?.reportIncident?.link?.id;
      if (id === undefined)
        throw new Error(`Expected an incident to be reported, got ${JSON.stringify({ data, errors })}`);
      return id;
    },
  };
}
