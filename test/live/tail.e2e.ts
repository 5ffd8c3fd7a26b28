/** `kortelijn tail` as a person and as a program run it: the process itself, its output, its place and its exit codes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createNetwork, type Network } from '../network/network.ts';
import { command, report, until } from '../network/scenario.ts';
import { readFeed } from './read-feed.ts';

const bin = fileURLToPath(new URL('../../clients/cli/bin.mjs', import.meta.url));

interface Tail {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** With --json. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asked for.
  items(): any[];
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

describe('kortelijn tail', () => {
  let network: Network;
  const folder = mkdtempSync(join(tmpdir(), 'kortelijn-tail-'));
  beforeAll(async () => {
    network = await createNetwork({ participants: ['linde', 'denkbeeld'] });
  });
  afterAll(async () => {
    await network?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function tail(...given: readonly string[]): Tail {
    const who = given.some((one) => ['--as', '--programs', '--token'].includes(one)) ? [] : ['--as', 'linde/desk'];
    const child = spawn(
      process.execPath,
      [bin, 'tail', '--hub', network.hubUrl, '--demo-identities', network.identityUrl, ...who, ...given],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let out = '';
    let err = '';
    child.stdout?.on('data', (bytes) => {
      out += bytes;
    });
    child.stderr?.on('data', (bytes) => {
      err += bytes;
    });
    const stop = async (signal: NodeJS.Signals = 'SIGINT') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      return child.exitCode;
    };
    onTestFinished(async () => void (await stop('SIGKILL')));
    const items = () =>
      out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    return { child, out: () => out, err: () => err, items, stop };
  }
  const watching = (one: Tail) =>
    until(
      async () => one.err(),
      (err) => err.includes('Watching.'),
      'it to watch',
    );
  const ended = (one: Tail) =>
    until(
      async () => one.child.exitCode,
      (code) => code !== null,
      'it to end',
    );

  it('prints each change as a line without colour, and on standard error who is heard', async () => {
    const one = tail();
    await watching(one);
    const id = await report(network.as('linde/desk'), { title: 'Agenda laadt niet' });
    await until(
      async () => one.out(),
      (out) => out.includes('Agenda laadt niet'),
      'the report',
    );
    expect(one.out()).toMatch(
      /^\d\d:\d\d:\d\d {2}linde {10}incident\.\w+ +LINDE-\d{4}-\d{4} {2}P\d {2}REPORTED {2}Agenda laadt niet\n/,
    );
    expect(one.out() + one.err()).not.toContain('\u001b');
    await until(
      async () => one.err(),
      (err) => err.includes('live  3 feeds'),
      'who is heard',
    );
    expect(id).toContain('linde:');
    expect(await one.stop()).toBe(0);
  });

  it('F1, G4: stopped or killed, it goes on from its place: every change once, in order', async () => {
    const place = join(folder, 'place.json');
    const incidentId = await report(network.as('linde/desk'));
    const change = (title: string) => command(network.as('linde/desk'), 'changeIncident', { incidentId, title });
    const first = tail('--json', '--resume', place, '--participants', 'linde');
    await watching(first);
    await change('een');
    await until(
      async () => first.items(),
      (items) => items.some(({ incident }) => incident?.title === 'een'),
      'one',
    );
    await until(
      async () => readFileSync(place, 'utf8'),
      (text) => text.includes(first.items().at(-1).cursor),
      'its place',
    );
    await first.stop('SIGKILL');
    for (const title of ['twee', 'drie']) await change(title);
    const second = tail('--json', '--resume', place, '--participants', 'linde');
    await until(
      async () => second.items(),
      (items) => items.some(({ incident }) => incident?.title === 'drie'),
      'three',
    );
    expect(await second.stop()).toBe(0);
    const ids = [...first.items(), ...second.items()].flatMap(({ id }) => (id === undefined ? [] : [id]));
    const feed = (await readFeed(network, 'linde')).map(({ id }) => id);
    expect(ids).toEqual(feed.slice(-ids.length));
    expect(ids).toHaveLength(3);

    const other = tail('--json', '--resume', place);
    expect(await ended(other)).toBe(2);
    expect(other.err()).toContain('the stream "incidents" of all participants was asked for');
    writeFileSync(place, JSON.stringify({ stream: 'incidents', participants: ['linde'], cursor: 'x' }));
    const corrupted = tail('--json', '--resume', place, '--participants', 'linde');
    expect(await ended(corrupted)).toBe(1);
    expect(corrupted.err()).toMatch(/CURSOR_MALFORMED.*remove the file to begin from now/);
  });

  it.each(['incidents', 'network', 'status', 'notifications'])(
    'watches the stream "%s", and says how it is heard',
    async (stream) => {
      const one = tail('--stream', stream, '--json');
      await until(
        async () => one.items(),
        (items) => items.some(({ __typename }) => __typename === 'Heartbeat'),
        'a heartbeat',
      );
      const [{ feeds }] = one.items();
      expect(feeds.length).toBeGreaterThan(0);
      expect(await one.stop()).toBe(0);
    },
  );

  it('a program logs in with its own credentials', async () => {
    const one = tail('--json', '--programs', join(network.dataDir, 'programs.json'), '--program', 'linde-import');
    await watching(one);
    const id = await report(network.as('linde/desk'));
    await until(
      async () => one.items(),
      (items) => items.some(({ incident }) => incident?.id === id),
      'the report',
    );
    expect(await one.stop()).toBe(0);
    const unnamed = tail('--programs', join(network.dataDir, 'programs.json'));
    expect(await ended(unnamed)).toBe(2);
    expect(unnamed.err()).toContain('Expected --program with one of those');
  });

  it('ends when trying again cannot help, and says what to do', async () => {
    const forged = tail('--token', 'x.y.z');
    expect(await ended(forged)).toBe(1);
    expect(forged.err()).toContain('UNAUTHENTICATED');
    const nobody = tail('--as', 'linde/niemand');
    expect(await ended(nobody)).toBe(2);
    expect(nobody.err()).toContain('linde/linde-desk');
  });

  it('F23: goes on by itself when the gateway was gone', async () => {
    const one = tail('--json');
    await watching(one);
    await network.process('gateway').stop();
    await until(
      async () => one.err(),
      (err) => err.includes('Trying again in'),
      'it to try again',
    );
    await network.process('gateway').start();
    const id = await report(network.as('linde/desk'));
    await until(
      async () => one.items(),
      (items) => items.some(({ incident }) => incident?.id === id),
      'the report',
    );
    expect(await one.stop()).toBe(0);
  });
});
