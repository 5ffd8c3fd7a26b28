/** A NATS server of the test's own, so that it can be killed, and can lose what it kept. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../network/free-ports.ts';

/** The program, as `.ci/run` installs it; undefined: suites that need it are skipped, by name. */
export const natsProgram = process.env.NATS_SERVER;

export interface NatsServer extends AsyncDisposable {
  readonly url: URL;
  /** As a crash ends it. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Only while it is down. */
  loseEverything(): void;
}

const startTimeoutMs = 10_000;

export async function launchNats(): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kortelijn-nats-'));
  const [port = 0] = await freePorts(1);
  let child: ChildProcess | undefined;

  // Whoever is stopped in the middle leaves no server behind.
  const killAtExit = (): void => void child?.kill('SIGKILL');
  process.on('exit', killAtExit);
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    if (natsProgram === undefined) throw new Error('Expected NATS_SERVER to name the program nats-server.');
    child = spawn(natsProgram, ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const deadline = Date.now() + startTimeoutMs;
    while (!(await answers(port))) {
      if (Date.now() > deadline) throw new Error(`Expected nats-server to answer within ${startTimeoutMs} ms.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await start();
  return {
    url: new URL(`nats://127.0.0.1:${port}`),
    kill,
    start,
    loseEverything: () => rmSync(folder, { recursive: true, force: true }),
    async [Symbol.asyncDispose]() {
      await kill();
      process.off('exit', killAtExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
