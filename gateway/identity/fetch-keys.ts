/**
 * Fetches an issuer's public keys by OpenID Connect Discovery.
 *
 * The issuer is registered, but what it answers is not: its keys must stand at its own origin, redirects are not
 * followed, and the answer is small.
 */
import type { JSONWebKeySet } from 'jose';
import { fetch } from 'undici';

const timeoutMs = 5_000;
const maxBytes = 256 * 1024;

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

export async function fetchIssuerKeys(issuer: string): Promise<JSONWebKeySet> {
  const { protocol, hostname } = new URL(issuer);
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback.has(hostname))) {
    throw new Error(`Expected an issuer with an https address, or one on this machine, found ${issuer}.`);
  }
  const discovery = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (discovery.issuer !== issuer) {
    throw new Error(`Expected the discovery document of ${issuer} to name itself, found another issuer.`);
  }
  const address = String(discovery.jwks_uri);
  if (new URL(address).origin !== new URL(issuer).origin) {
    throw new Error(`Expected the keys of ${issuer} at its own origin, found ${new URL(address).origin}.`);
  }
  const keys = await fetchJson(address);
  if (!Array.isArray(keys.keys)) throw new Error(`Expected a key set at ${address}, found none.`);
  return keys as unknown as JSONWebKeySet;
}

async function fetchJson(address: string): Promise<Record<string, unknown>> {
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`Expected 200 from ${address}, found ${response.status}.`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`Expected at most ${maxBytes} bytes from ${address}.`);
    chunks.push(chunk);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new Error(`Expected a JSON object at ${address}.`);
  return value as Record<string, unknown>;
}
