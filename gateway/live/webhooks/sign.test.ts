import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { signatures } from './sign.ts';

test('signs the vector of the Standard Webhooks specification to the byte', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = '{"test": 2432232314}';
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
  expect(signatures([secret], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, body)).toBe(signature);
});

test('what it signs is verified by the library that receivers use, with either secret of a rotation', () => {
  const secrets = [24, 32, 64].map((length) => `whsec_${randomBytes(length).toString('base64')}`);
  const timestamp = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ type: 'incident.reported', data: { title: 'Verzamelen faalt – ëén' } });
  const headers = {
    'webhook-id': '019e4450-9000-7000-8000-000000000001',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures(secrets, '019e4450-9000-7000-8000-000000000001', timestamp, body),
  };
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'other' })).toThrow();
  }
  expect(() => new Webhook(`whsec_${randomBytes(32).toString('base64')}`).verify(body, headers)).toThrow();
});

test('a secret that the specification calls too short or too long signs nothing', () => {
  for (const length of [0, 23, 65])
    expect(() => signatures([`whsec_${Buffer.alloc(length).toString('base64')}`], 'x', 0, '')).toThrow(
      '24 to 64 bytes',
    );
});

test('the lines that partners are shown verify what it signs, and nothing else', async () => {
  const page = readFileSync(new URL('../../../schema/vocabulary/webhooks.md', import.meta.url), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const { verify } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const [old, secret] = [24, 32].map((length) => `whsec_${randomBytes(length).toString('base64')}`) as [string, string];
  const now = Date.now();
  const timestamp = Math.floor(now / 1_000);
  const body = '{"type":"gone","data":{}}';
  const headers = {
    'webhook-id': 'event-1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures([secret, old], 'event-1', timestamp, body),
  };
  for (const one of [secret, old])
    expect(verify(one, headers, body, now)).toEqual({ id: 'event-1', type: 'gone', data: {} });
  expect(() => verify(secret, headers, `${body} `, now)).toThrow('not ours');
  expect(() => verify(secret, { ...headers, 'webhook-id': 'event-2' }, body, now)).toThrow('not ours');
  expect(() => verify(secret, { ...headers, 'webhook-signature': 'v1, v2,x' }, body, now)).toThrow('not ours');
  expect(() => verify(secret, headers, body, now + 301_000)).toThrow('too old');
});
