import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCodes } from '@kortelijn/schema/errors/codes.ts';
import { escalationCodes } from '@kortelijn/schema/errors/escalation-codes.ts';
import { printErrors } from '@kortelijn/schema/errors/print.ts';
import { expect, test } from 'vitest';

/** What no linter knows: our words, our names, and pages that must not speak of what is gone. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const written = files.filter(
  (path) => /[.](ts|mjs|graphql|md|prisma|sql|tsx)$/.test(path) && !path.startsWith('test/tidy/'),
);
const pages = files.filter((path) => path.endsWith('.md'));

/** One word per thing: what another system might say, and what we say. */
const avoid: readonly (readonly [RegExp, string])[] = [
  [/\btenants?\b/i, 'participant'],
  [/\bshards?\b/i, 'partition'],
  [/\bunified graph\b/i, 'supergraph'],
  [/\bservice schema\b/i, 'subgraph'],
  [/\bshared types?\b/i, 'entity'],
  [/\bmerge stream\b/i, 'fan-in'],
  [/\bdownstream\b/i, 'inbound or upstream (downstream means both)'],
  [/\bblack-?list|\bwhite-?list/i, 'deny or allow list'],
  [/\bfixme\b|\bxxx\b|\bhack\b/i, '@TODO with its reason'],
  [/\bremove before merge\b/i, 'nothing: remove it'],
  [/\/work\/(main|shared|notes)/, 'a path inside the repository'],
];

test('there is something to keep tidy', () => {
  expect(written.length).toBeGreaterThan(100);
  expect(pages.length).toBeGreaterThan(5);
});

test('each word to avoid would be found', () => {
  const bad = [
    'A Tenant',
    'two shards',
    'Unified graph',
    'service schema',
    'shared type',
    'merge stream',
    'downstream',
    'whitelist',
    'XXX',
    'remove before merge',
    '/work/main',
  ];
  expect(avoid.map(([word], index) => word.test(bad[index] ?? ''))).toEqual(bad.map(() => true));
});

test.each(avoid)('nobody writes %s: write %s', (word) => {
  const found = written.flatMap((path) =>
    text(path)
      .split('\n')
      .flatMap((line, index) => (word.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('files are named after what is in them, in small letters', () => {
  const vague = files.filter((path) => /(^|\/)(utils?|helpers?|common|misc|shared)([./]|$)/.test(path));
  const unkempt = files.filter(
    (path) =>
      /[.](ts|tsx)$/.test(path) && !/^[a-z0-9]+(-[a-z0-9]+)*([.][a-z0-9-]+)*$/.test(path.split('/').at(-1) ?? ''),
  );
  expect({ vague, unkempt }).toEqual({ vague: [], unkempt: [] });
});

test('the page of errors is the printed one, and names every code and no other', () => {
  const page = text('schema/errors/ERRORS.md');
  expect(page).toBe(printErrors());
  expect([...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code).sort()).toEqual(
    Object.keys(errorCodes).sort(),
  );
});

/** Said by endpoints of other makers, with rules that ours do not have. */
const ofOtherMakers = ['RECEIVER_REFUSES'];

test('every code can be met: something in the product names it', () => {
  const product = files.filter(
    (path) =>
      /^(gateway|subgraphs|schema|clients)\/.*[.]ts$/.test(path) && !/^schema\/errors\/|[.]test[.]ts$/.test(path),
  );
  const words = new Set([...ofOtherMakers, ...product.flatMap((path) => text(path).match(/\b[A-Z][A-Z_]+\b/g) ?? [])]);
  expect(product.length).toBeGreaterThan(100);
  expect(Object.keys(errorCodes).filter((code) => !words.has(code) && !Object.hasOwn(escalationCodes, code))).toEqual(
    [],
  );
});

test('every path that a page names is there', () => {
  const named = pages.flatMap((page) => {
    const content = text(page).replace(/^```[\s\S]*?^```/gm, '');
    const links = [...content.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, path = '']) =>
      join(dirname(page), path),
    );
    const spoken = [...content.matchAll(/`((?:gateway|subgraphs|schema|clients|test)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    return [...links, ...spoken].map((path) => ({ page, path }));
  });
  expect(named.length).toBeGreaterThan(5);
  expect(
    named.filter(({ path }) => !existsSync(join(root, path))).map(({ page, path }) => `${page} names ${path}`),
  ).toEqual([]);
});

test('decisions are numbered one by one and say what they must', () => {
  const decisions = files.filter((path) => /^schema\/decisions\/.*[.]md$/.test(path)).sort();
  expect(decisions.map((path) => Number(path.slice(17, 21)))).toEqual(decisions.map((_, index) => index + 1));
  for (const path of decisions) {
    for (const part of ['**Question.**', '**Choice.**', '**What would change our mind.**'])
      expect(text(path), path).toContain(part);
  }
});
