/**
 * Makes the vectors of escalation-acts.md from nothing but node:crypto and the text of that page, so that the fold and
 * other people's implementations are compared with a third one. The keys are in here: they secure nothing.
 * Print them anew: node --import tsx schema/vocabulary/escalation-vectors.ts > schema/vocabulary/escalation-vectors.json
 */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { pathToFileURL } from 'node:url';

/** PKCS #8 of RFC 8410 before the 32 bytes of a private key. */
const prefix = '302e020100300506032b657004220420';

const privateKey = (party: string): KeyObject => {
  const seed = createHash('sha256').update(`kortelijn vector ${party} sign`).digest('hex');
  return createPrivateKey({ key: Buffer.from(prefix + seed, 'hex'), format: 'der', type: 'pkcs8' });
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** RFC 8785 as far as these values need it: no numbers but whole ones, names of ASCII. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
};

const kidOf = (key: KeyObject) => {
  const { crv, kty, x } = key.export({ format: 'jwk' });
  return sha256(JSON.stringify({ crv, kty, x }));
};

const jws = (typ: string, claims: object, key: KeyObject) => {
  const part = (value: object) => Buffer.from(canonical(value)).toString('base64url');
  const input = `${part({ alg: 'EdDSA', typ, kid: kidOf(key) })}.${part(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
};

export function escalationVectors() {
  const keys = { linde: privateKey('linde'), denkbeeld: privateKey('denkbeeld'), registry: privateKey('registry') };
  const escalation = 'linde:esc_019e4450-9000-7000-8000-0000000000a0';
  const atMs = 1_779_264_000_000;
  const salted = { salt: 'AAECAwQFBgcICQoLDA0ODw', text: 'Niemand belt terug' };
  const hashOfText = (text: string) => sha256(`kortelijn text v1\n${salted.salt}\n${text}`);

  const entries: { claims: object; jws: string; hash: string }[] = [];
  const acts: { claims: object; jws: string; hash: string }[] = [];
  const lastActs = new Map<string, string>();
  const place = (party: keyof typeof keys, own: object, home: 'linde' | 'denkbeeld' = 'linde', epoch = 0) => {
    const index = entries.length;
    const before = entries.at(-1);
    const claims = {
      id: `${party === 'registry' ? 'voorbeeld' : party}:act_019e4450-9000-7000-8000-0000000000a${index + 1}`,
      escalation,
      party,
      previousAct: lastActs.get(party) ?? null,
      seen: before ? { epoch: 0, index: index - 1, hash: before.hash } : null,
      texts: {},
      atMs: atMs + index * 60_000,
      ...own,
    };
    const act = jws('escalation-act+jwt', claims, keys[party]);
    lastActs.set(party, sha256(act));
    acts.push({ claims, jws: act, hash: sha256(act) });
    const entry = {
      escalation,
      epoch,
      index,
      previousHash: before?.hash ?? sha256(`kortelijn escalation v1\n${escalation}`),
      home,
      act,
      placedAtMs: atMs + index * 60_000 + 1_000,
    };
    const signed = jws('escalation-entry+jwt', entry, keys[home]);
    entries.push({ claims: entry, jws: signed, hash: sha256(signed) });
  };

  place('linde', {
    type: 'raise',
    role: 'SERVICEDESK',
    texts: { reason: hashOfText('Verzamelen faalt'), cooperationFailure: hashOfText(salted.text) },
    to: 'linde',
    involved: ['denkbeeld', 'linde'],
    incidents: [],
    calendar: { id: 'nl-office', version: '1' },
    terms: {
      invitation: { n: 3, unit: 'WORKING_DAYS' },
      vote: { n: 7, unit: 'DAYS' },
      oversight: { n: 720, unit: 'HOURS' },
      review: { n: 5, unit: 'WORKING_DAYS' },
    },
  });
  place('linde', { type: 'takeUp', role: 'SERVICEMANAGER' });
  place('denkbeeld', {
    type: 'propose',
    role: 'SERVICEMANAGER',
    texts: { liftPlan: hashOfText('Samen bellen'), resumePlan: hashOfText('Weer gewoon melden') },
    version: 1,
    actions: [
      { id: 'a1', owner: 'linde', dueOn: '2026-06-01', part: 'LIFT' },
      { id: 'a2', owner: 'denkbeeld', dueOn: '2026-06-08', part: 'RESUME' },
    ],
  });
  const move = { epoch: 1, home: 'denkbeeld', index: 3, previousHash: entries[2]?.hash };
  place('registry', { type: 'moveHome', role: 'REGISTRY', move }, 'denkbeeld', 1);

  const jwkOf = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }), kid: kidOf(key) });
  return {
    keys: Object.fromEntries(Object.entries(keys).map(([party, key]) => [party, { sign: jwkOf(key) }])),
    text: { ...salted, hash: hashOfText(salted.text) },
    genesis: sha256(`kortelijn escalation v1\n${escalation}`),
    acts,
    entries,
  };
}

export const printed = () => `${JSON.stringify(escalationVectors(), null, 2)}\n`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(printed());
