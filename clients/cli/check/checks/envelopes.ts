/** Envelopes and receipts: what another party tells is taken in once, in order, and answered by a signature. */
import { generateKeyPairSync } from 'node:crypto';
import type { Check } from '../check-of.ts';
import type { Examined, Sender } from '../examined.ts';
import { CannotJudge, must } from '../finding.ts';
import { type Answer, asHub } from '../hub-client.ts';
import { type Claims, newJti, readJws, type SigningKey, sha256, signJws } from '../trust.ts';

const DELIVER = 'mutation ($envelope: String!) { deliver(envelope: $envelope) }';
const envelopeRule = 'trust.md, Envelope';
const receiptRule = 'trust.md, Receipt';

interface Sent {
  readonly jws: string;
  readonly claims: Claims;
}

const senderOf = ({ sender }: Examined): Sender => {
  if (sender === undefined) throw new CannotJudge('There is no sender.');
  return sender;
};

/** A question of one desk to another, which every endpoint takes in; with `claims` in place of what is right. */
function envelope(endpoint: Examined, claims: Claims, key: SigningKey = senderOf(endpoint).key): Sent {
  const { name: from } = senderOf(endpoint);
  const at = endpoint.endpointNow();
  const subject = (claims.subject as string | undefined) ?? endpoint.newId('asr');
  const question = `A question of the conformance check ${endpoint.word}`;
  const all = {
    id: `${from}:env_${endpoint.newId('env').split('_')[1]}`,
    from,
    to: endpoint.name,
    subject,
    n: 1,
    type: 'assistance.asked',
    body: { id: subject, question, incidentId: null, at: new Date(at).toISOString(), role: 'SERVICEDESK' },
    at: Math.floor(at / 1_000),
    ...claims,
  };
  return { jws: signJws('envelope+jwt', all, key), claims: all };
}

const voidOf = (endpoint: Examined, { claims: { id, subject, n } }: Sent): Sent =>
  envelope(endpoint, { type: 'void', subject: `void:${id}`, body: { envelope: id, subject, n } });

const deliver = (endpoint: Examined, { jws }: Pick<Sent, 'jws'>): Promise<Answer> =>
  endpoint.ask(asHub, DELIVER, { envelope: jws });

/** The claims of a receipt of which the signature is right. */
async function receiptFor(endpoint: Examined, sent: Sent): Promise<Claims> {
  const { data, text } = await deliver(endpoint, sent);
  const jws: unknown = data?.deliver;
  must(typeof jws === 'string', 'a receipt', text);
  const claims = readJws(jws, 'receipt+jwt', endpoint.participantKeys.sign);
  must(typeof claims !== 'string', "a receipt under the participant's key", claims);
  return claims;
}

async function outcomeIs(endpoint: Examined, sent: Sent, expected: string, code?: string): Promise<Claims> {
  const receipt = await receiptFor(endpoint, sent);
  const { type, n } = sent.claims;
  must(receipt.outcome === expected, `${expected} for ${type} with n ${n}`, receipt);
  must(code === undefined || receipt.code === code, `the code ${code}`, receipt);
  return receipt;
}

async function noReceipt(endpoint: Examined, sent: Sent, why: string): Promise<void> {
  const { data, codes, text } = await deliver(endpoint, sent);
  must(data?.deliver == null && codes.length > 0, `no receipt and an error with a code for ${why}`, text);
}

export const envelopeChecks: readonly Check[] = [
  {
    id: 'CK-ENV-1',
    level: 'MUST',
    title: 'takes an envelope in and signs a receipt for exactly this one',
    rule: receiptRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const sent = envelope(endpoint, {});
      const receipt = await outcomeIs(endpoint, sent, 'TAKEN');
      const expected = {
        envelope: sent.claims.id,
        hash: sha256(sent.jws),
        from: endpoint.name,
        to: sent.claims.from,
      };
      for (const [claim, value] of Object.entries(expected)) {
        must(receipt[claim] === value, `${claim} ${value} in the receipt`, receipt[claim]);
      }
      must(Number.isInteger(receipt.at), 'at in seconds', receipt.at);
    },
  },
  {
    id: 'CK-ENV-2',
    level: 'MUST',
    title: 'answers a repeated envelope ALREADY, with the result of the first time',
    rule: envelopeRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const sent = envelope(endpoint, {});
      const { result } = await receiptFor(endpoint, sent);
      const again = await outcomeIs(endpoint, sent, 'ALREADY');
      must(JSON.stringify(again.result) === JSON.stringify(result), 'the result of the first time', again.result);
    },
  },
  {
    id: 'CK-ENV-3',
    level: 'MUST',
    title: 'gives no receipt for an envelope that its sender did not sign',
    rule: envelopeRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const { privateKey } = generateKeyPairSync('ed25519');
      const { kid } = senderOf(endpoint).key;
      await noReceipt(endpoint, envelope(endpoint, {}, { kid, key: privateKey }), 'a signature of another key');
      const { jws, claims } = envelope(endpoint, {});
      const [head, , signature] = jws.split('.');
      const payload = Buffer.from(JSON.stringify({ ...claims, n: 2 })).toString('base64url');
      await noReceipt(endpoint, { jws: `${head}.${payload}.${signature}`, claims }, 'a text that was changed');
      await noReceipt(endpoint, { jws: 'no envelope', claims }, 'what is no envelope');
    },
  },
  {
    id: 'CK-ENV-4',
    level: 'MUST',
    title: 'gives no receipt for an envelope to another party',
    rule: envelopeRule,
    needs: ['write', 'sender'],
    run: (endpoint) => noReceipt(endpoint, envelope(endpoint, { to: 'another-participant' }), 'another party'),
  },
  {
    id: 'CK-ENV-5',
    level: 'MUST',
    title: 'says LATER until every lower number of the subject is settled, and a refused one is',
    rule: envelopeRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const subject = endpoint.newId('asr');
      const second = envelope(endpoint, { subject, n: 2 });
      await outcomeIs(endpoint, second, 'LATER');
      await outcomeIs(endpoint, envelope(endpoint, { subject, n: 1, type: 'check.unknown', body: {} }), 'REFUSED');
      await outcomeIs(endpoint, second, 'TAKEN');
    },
  },
  {
    id: 'CK-ENV-6',
    level: 'MUST',
    title: 'voids an envelope that has not come, for good, and counts its number as settled',
    rule: receiptRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const subject = endpoint.newId('asr');
      const first = envelope(endpoint, { subject });
      await outcomeIs(endpoint, voidOf(endpoint, first), 'VOIDED');
      await outcomeIs(endpoint, first, 'VOIDED');
      await outcomeIs(endpoint, envelope(endpoint, { subject, n: 2 }), 'TAKEN');
    },
  },
  {
    id: 'CK-ENV-7',
    level: 'MUST',
    title: 'refuses to void an envelope that was taken in',
    rule: receiptRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const sent = envelope(endpoint, {});
      await receiptFor(endpoint, sent);
      await outcomeIs(endpoint, voidOf(endpoint, sent), 'REFUSED', 'ENVELOPE_SETTLED');
    },
  },
  {
    id: 'CK-ENV-8',
    level: 'MUST',
    title: 'refuses a second text under one id, or under one number of a subject',
    rule: envelopeRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const sent = envelope(endpoint, {});
      await receiptFor(endpoint, sent);
      const { id, subject } = sent.claims;
      await outcomeIs(endpoint, envelope(endpoint, { id, subject, at: 1 }), 'REFUSED');
      await outcomeIs(endpoint, envelope(endpoint, { subject }), 'REFUSED');
    },
  },
  {
    id: 'CK-ENV-9',
    level: 'MUST',
    title: 'refuses an envelope of a type it does not know, with a signed receipt and its code',
    rule: receiptRule,
    needs: ['write', 'sender'],
    run: async (endpoint) => {
      const unknown = envelope(endpoint, { type: `check.${newJti()}`, body: {} });
      await outcomeIs(endpoint, unknown, 'REFUSED', 'ENVELOPE_UNKNOWN_TYPE');
    },
  },
];
