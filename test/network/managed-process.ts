/**
 * One service of the constellation as its own process, so that a test can kill or freeze it.
 * Ready is what the service says itself: one line of JSON with `"ready":true`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const exitWithParent = fileURLToPath(new URL('./exit-with-parent.mjs', import.meta.url));
const readyTimeoutMs = 120_000;
const stopTimeoutMs = 15_000;

export interface ServiceSpec {
  readonly name: string;
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export interface ManagedProcess {
  readonly name: string;
  readonly pid: number | undefined;
  readonly running: boolean;
  /** Starts the process and waits for its ready line; answers the address it printed. */
  start(extraEnv?: Readonly<Record<string, string>>): Promise<string>;
  /** SIGTERM, then waits; SIGKILL when it does not go. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Resolves when the process has gone, with its exit code or signal. */
  gone(): Promise<number | NodeJS.Signals | null>;
}

/** Node 24 runs the sources as they are; Node 20 needs tsx. */
export const nodeArguments: readonly string[] =
  'typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx'];

export function createManagedProcess(spec: ServiceSpec): ManagedProcess {
  let child: ChildProcess | undefined;
  const alive = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  const start = async (extraEnv: Readonly<Record<string, string>> = {}): Promise<string> => {
    if (alive()) throw new Error(`Expected ${spec.name} to be down before it is started, found it running`);
    mkdirSync(dirname(spec.logFile), { recursive: true });
    const log = createWriteStream(spec.logFile, { flags: 'a' });
    const started = spawn(process.execPath, [...nodeArguments, '--import', exitWithParent, spec.main], {
      env: { ...process.env, ...spec.env, ...extraEnv },
      // The open pipe on standard input is how a child learns that its parent is gone.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child = started;
    started.stderr.pipe(log);
    return new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        started.kill('SIGKILL');
        reject(new Error(`Expected ${spec.name} to be ready within ${readyTimeoutMs} ms; see ${spec.logFile}`));
      }, readyTimeoutMs);
      started.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(
          new Error(
            `Expected ${spec.name} to become ready, but it ended with ${code ?? signal}; its last words:\n${lastWords(spec.logFile)}`,
          ),
        );
      });
      createInterface({ input: started.stdout }).on('line', (line) => {
        log.write(`${line}\n`);
        const ready = readyLine(line);
        if (ready === undefined) return;
        clearTimeout(timer);
        resolve(ready);
      });
    });
  };

  const gone = async () => {
    if (child === undefined) return null;
    if (alive()) await once(child, 'exit');
    return child.exitCode ?? child.signalCode;
  };

  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined || !alive()) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    const timer = setTimeout(() => child?.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };

  return {
    name: spec.name,
    get pid() {
      return alive() ? child?.pid : undefined;
    },
    get running() {
      return alive();
    },
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    gone,
  };
}

function readyLine(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const said = JSON.parse(line) as { ready?: unknown; url?: unknown };
    return said.ready === true && typeof said.url === 'string' ? said.url : undefined;
  } catch {
    return undefined;
  }
}

/** What a process said last, for the message of a test whose folder is gone by the time somebody reads it. */
const lastWords = (logFile: string): string => readFileSync(logFile, 'utf8').slice(-2_000);
