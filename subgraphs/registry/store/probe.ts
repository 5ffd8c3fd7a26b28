/**
 * Asks a party's endpoint through the hub whether it is there: an envelope that nobody has to know, answered by a receipt
 * under the party's registered key, and its schema. The first proves address, seal key and signing key at once.
 */

import { receiptOf } from '@kortelijn/kit/envelopes/receipt.ts';
import { createEventId } from '@kortelijn/kit/feed/event-id.ts';
import type { HubAnswer, HubDoor } from '@kortelijn/kit/trust/hub-door.ts';
import { signJws, verifyJws } from '@kortelijn/kit/trust/jws.ts';
import { parsePartyKeys, type SigningKey } from '@kortelijn/kit/trust/keys.ts';
import { type ParticipantId, REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import { createContractFit } from './contract-fit.ts';

export interface Probed {
  /** Undefined when the receipt was good; else what came instead, for the one who activates. */
  readonly endpointProblem: string | undefined;
  readonly contractProblem: string | undefined;
}

export type Probe = (participant: { readonly id: string; readonly keys: unknown }) => Promise<Probed>;

export interface ProbeOptions {
  readonly door: Pick<HubDoor, 'send'>;
  readonly foundation: ParticipantId;
  readonly key: SigningKey;
  readonly now: () => number;
}

export function createProbe({ door, foundation, key, now }: ProbeOptions): Probe {
  const problemsOf = createContractFit();

  const post = async (path: string, body: object): Promise<HubAnswer | string> => {
    try {
      return await door.send('POST', path, { body: JSON.stringify(body) });
    } catch (error) {
      return `The hub did not answer: ${(error as Error).message}`;
    }
  };

  const endpointProblem: (participant: Parameters<Probe>[0]) => Promise<string | undefined> = async ({
    id: to,
    keys,
  }) => {
    const id = `${foundation}:env_${createEventId(now())}`;
    // A subject of its own: no other message waits for this one.
    const claims = { id, from: REGISTRY, to, subject: `accession:${id}`, n: 1, type: 'accession.probe', body: {} };
    const jws = signJws('envelope+jwt', { ...claims, at: Math.floor(now() / 1_000) }, key);
    const answer = await post('/envelopes', { envelope: jws });
    if (typeof answer === 'string') return answer;
    const { receipt } = jsonOf(answer) as { receipt?: unknown };
    if (typeof receipt !== 'string') return `Expected a receipt of ${to}, found ${codeIn(answer)}.`;
    const proven = await verifyJws(receipt, 'receipt+jwt', parsePartyKeys(keys, to).sign);
    const said = proven && receiptOf(proven, { envelope: id, jws, from: to, to: REGISTRY });
    return said ? undefined : `Expected a receipt signed by the registered key of ${to}, found another.`;
  };

  const contractProblem = async (participant: string): Promise<string | undefined> => {
    const answer = await post('/contracts', { participant });
    if (typeof answer === 'string') return answer;
    const { sdl } = jsonOf(answer) as { sdl?: unknown };
    if (typeof sdl !== 'string') return `Expected the schema of ${participant}, found ${codeIn(answer)}.`;
    return problemsOf(sdl).join(' ') || undefined;
  };

  return async (participant) => {
    const [endpoint, contract] = await Promise.all([endpointProblem(participant), contractProblem(participant.id)]);
    return { endpointProblem: endpoint, contractProblem: contract };
  };
}

function jsonOf({ body }: HubAnswer): object {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {};
  }
}

const codeIn = (answer: HubAnswer): string => {
  const { errors } = jsonOf(answer) as { errors?: { extensions?: { code?: unknown } }[] };
  return String(errors?.[0]?.extensions?.code ?? `HTTP ${answer.status}`);
};
