import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createOriginCheck } from './origin.ts';

const from = (origin: string | undefined, host = 'hub.example') =>
  ({ headers: { host, ...(origin !== undefined && { origin }) } }) as IncomingMessage;

describe('A7: the origin of a stream', () => {
  it.each([
    ['a program', from(undefined), true],
    ['a registered page', from('https://partner.example'), true],
    ["the hub's own page", from('https://hub.example'), true],
    ["the hub's name without TLS", from('http://hub.example'), false],
    ['a page that the request itself names as its host', from('https://attacker.example', 'attacker.example'), false],
    ['a page in a sandbox', from('null'), false],
    ['a registered page on another port', from('https://partner.example:444'), false],
    ['no address', from('https://'), false],
  ])('of a hub with an address: %s', (_what, request, isAllowed) => {
    const check = createOriginCheck({ corsOrigins: ['https://partner.example'], publicUrl: 'https://hub.example/' });
    expect(check(request)).toBe(isAllowed);
  });

  it.each([
    ['the page it was sent from', from('http://localhost:4000', 'localhost:4000'), true],
    ['the same machine by another name', from('http://127.0.0.1:4000', 'localhost:4000'), false],
    ['another port', from('http://localhost:3000', 'localhost:4000'), false],
    ['no address', from('localhost:4000', 'localhost:4000'), false],
  ])('of a hub that only knows where it listens: %s', (_what, request, isAllowed) => {
    expect(createOriginCheck({ corsOrigins: [], publicUrl: undefined })(request)).toBe(isAllowed);
  });
});
