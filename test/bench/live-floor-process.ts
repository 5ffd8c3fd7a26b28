/** Starts the floor in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nodeArguments } from '../network/managed-process.ts';
import type { FromFloor, ToFloor } from './live-messages.ts';

export interface Floor extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  publish(what: Omit<ToFloor, 'kind'>): Promise<void>;
}

export async function startFloor(): Promise<Floor> {
  const child = fork(fileURLToPath(new URL('./live-floor.ts', import.meta.url)), {
    execArgv: [...nodeArguments],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [first] = (await once(child, 'message')) as [FromFloor];
  if (first.kind !== 'ready') throw new Error(`Expected the floor to be ready, got ${first.kind}`);
  return {
    url: first.url,
    pid: child.pid ?? 0,
    publish: async (what) => {
      child.send({ kind: 'publish', ...what });
      await once(child, 'message');
    },
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
