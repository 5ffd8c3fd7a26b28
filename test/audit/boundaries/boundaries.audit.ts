import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { cruise } from './cruise.ts';

/** A small copy of the layout: each rule broken once, and beside it imports that every rule allows. */
const planted: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  'gateway-edge-imports-only-lower-layers': { from: 'gateway/edge/a.ts', to: 'gateway/transport/send.ts' },
  'gateway-supergraph-imports-only-lower-layers': { from: 'gateway/supergraph/a.ts', to: 'gateway/edge/admit.ts' },
  'gateway-hub-imports-only-lower-layers': { from: 'gateway/hub/a.ts', to: 'gateway/identity/verify.ts' },
  'gateway-live-imports-only-lower-layers': { from: 'gateway/live/a.ts', to: 'gateway/edge/admit.ts' },
  'gateway-partition-imports-only-lower-layers': { from: 'gateway/partition/a.ts', to: 'gateway/supergraph/plan.ts' },
  'gateway-identity-imports-only-lower-layers': { from: 'gateway/identity/a.ts', to: 'gateway/transport/send.ts' },
  'gateway-transport-imports-only-lower-layers': {
    from: 'gateway/transport/a.ts',
    to: 'gateway/partition/directory.ts',
  },
  'gateway-telemetry-imports-only-lower-layers': { from: 'gateway/telemetry/a.ts', to: 'gateway/transport/send.ts' },
  'hub-asks-no-participant': { from: 'gateway/hub/b.ts', to: 'gateway/partition/scatter.ts' },
  'schema-depends-on-nobody': { from: 'schema/a.ts', to: 'subgraphs/kit/serve.ts' },
  'services-meet-only-over-the-wire': { from: 'subgraphs/registry/a.ts', to: 'subgraphs/participant/schema.ts' },
  'only-subgraphs-use-the-kit': { from: 'gateway/a.ts', to: 'subgraphs/kit/serve.ts' },
  'only-clients-use-the-sdk': { from: 'subgraphs/participant/a.ts', to: 'clients/sdk/client.ts' },
  'domain-is-pure': { from: 'subgraphs/participant/domain/a.ts', to: 'node:fs' },
  'features-do-not-import-each-other': {
    from: 'clients/web/features/board/a.ts',
    to: 'clients/web/features/desk/desk.ts',
  },
  'web-points-down': { from: 'clients/web/features/board/b.ts', to: 'clients/web/routes/home.ts' },
  'ui-knows-no-feature': { from: 'clients/web/ui/a.ts', to: 'clients/web/features/desk/desk.ts' },
  'no-cycles': { from: 'test/cycle-a.ts', to: 'test/cycle-b.ts' },
  'imports-resolve': { from: 'test/a.ts', to: 'test/gone.ts' },
};

const allowed: readonly (readonly [string, string])[] = [
  ['gateway/edge/fine.ts', 'gateway/supergraph/plan.ts'],
  ['gateway/supergraph/fine.ts', 'gateway/partition/scatter.ts'],
  ['gateway/hub/fine.ts', 'gateway/partition/directory.ts'],
  ['gateway/live/fine.ts', 'gateway/transport/send.ts'],
  ['gateway/gateway.ts', 'gateway/edge/admit.ts'],
  ['gateway/fine.ts', 'schema/codes.ts'],
  ['subgraphs/participant/fine.ts', 'subgraphs/kit/serve.ts'],
  ['subgraphs/participant/domain/fine.ts', 'schema/codes.ts'],
  ['subgraphs/participant/domain/fine.test.ts', 'node:fs'],
  ['subgraphs/kit/fine.ts', 'schema/codes.ts'],
  ['clients/web/routes/fine.ts', 'clients/web/features/desk/desk.ts'],
  ['clients/web/features/desk/fine.ts', 'clients/web/ui/button.ts'],
  ['clients/cli/fine.ts', 'clients/sdk/client.ts'],
  ['test/fine.ts', 'gateway/gateway.ts'],
];

/** A built-in module is reported without its scheme, one that was not found as it was written. */
const reported = (to: string) =>
  to.startsWith('node:') ? to.slice(5) : to === 'test/gone.ts' ? '../test/gone.ts' : to;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function layOut(
  imports: readonly (readonly [string, string])[],
  others: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'kortelijn-boundaries-'));
  folders.push(folder);
  const files = new Map(
    Object.entries({ 'tsconfig.json': '{}', 'package.json': '{"type":"module"}', 'outside.ts': '', ...others }),
  );
  for (const [from, to] of imports) {
    const path = to.startsWith('node:') ? to : `${'../'.repeat(from.split('/').length - 1) || './'}${to}`;
    files.set(from, `${files.get(from) ?? ''}import type * as it from '${path}';\nexport type { it };\n`);
    if (!to.startsWith('node:') && to !== 'test/gone.ts' && !files.has(to)) files.set(to, 'export const there = 1;\n');
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('BND-1: every import rule MUST have a planted violation', () => {
  expect(Object.keys(planted).sort()).toEqual([...cruise(layOut(allowed)).comments.keys()].sort());
});

test('BND-2: each planted violation MUST be found, by its own rule, and nothing else', () => {
  const imports = Object.values(planted).map(({ from, to }) => [from, to] as const);
  const { violations } = cruise(layOut([...imports, ...allowed, ['test/cycle-b.ts', 'test/cycle-a.ts']]));
  const found = violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`).sort();
  const expected = Object.entries(planted).map(([rule, { from, to }]) => `${rule}: ${from} → ${reported(to)}`);
  expect(found).toEqual(expected.sort());
});

test('BND-3: the allowed imports alone MUST break no rule', () => {
  const { violations, moduleCount } = cruise(layOut(allowed));
  expect(violations).toEqual([]);
  expect(moduleCount).toBeGreaterThan(allowed.length);
});

test('BND-4: a cruise that sees no module MUST fail', () => {
  expect(() => cruise(layOut([], { 'schema/README.md': 'nothing to import' }))).toThrow(/saw no module/);
});

test('BND-5: this repository MUST break no import rule', () => {
  const { violations, moduleCount } = cruise();
  expect(violations).toEqual([]);
  expect(moduleCount).toBeGreaterThan(100);
});
