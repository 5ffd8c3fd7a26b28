/**
 * A line between two processes that fails on command: it stands still in one direction or both, is slow, drips, breaks
 * with a reset, or keeps from one side that the other has gone. The wire is faked here and nothing else.
 *
 * A line that stands still loses nothing, as TCP loses nothing: what was on its way arrives when it is healed, unless
 * the line is reset in the meantime. Everything that is drawn is drawn from the seed.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from './seeds/random.ts';

/** `up` is towards the target, `down` towards whoever connected. */
export type Direction = 'up' | 'down';

export interface LineTrouble {
  /** Each piece takes this long. */
  readonly delayMs?: number;
  /** And up to this much longer. */
  readonly jitterMs?: number;
  /** At most so many bytes at a time, each with its own delay: with 1 and 100 ms a slow drip. */
  readonly pieceBytes?: number;
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Lines that are open at this moment. */
  readonly lineCount: number;
  /** How many lines were ever opened; tells whether somebody came back. */
  readonly openedCount: number;
  /** Nothing passes any more, nothing is closed, and new lines reach nobody. */
  cut(...directions: Direction[]): void;
  /** What was held passes. With `reset`, as after a long partition, every line of before is broken instead. */
  heal(options?: { readonly reset?: boolean }): void;
  /** New lines are refused with a reset until this is called with false. */
  refuse(refusing?: boolean): void;
  /** Breaks every open line, or about this share of them; answers how many. */
  reset(share?: number): number;
  /** Whoever goes from now on, the other side is not told. */
  keepHalfOpen(keeping?: boolean): void;
  trouble(trouble: LineTrouble): void;
  /** Resets each line so many times a minute on average, at moments of chance; 0 ends it. */
  dropPerMinute(rate: number): void;
}

export interface FaultProxyOptions {
  readonly targetPort: number;
  readonly targetHost?: string;
  readonly seed: number;
}

const tickMs = 50;

export async function createFaultProxy({
  targetPort,
  targetHost = '127.0.0.1',
  seed,
}: FaultProxyOptions): Promise<FaultProxy> {
  const random = createRandom(seed);
  const lines = new Set<Line>();
  const gates = { up: createGate(), down: createGate() };
  let trouble: LineTrouble = {};
  let isRefusing = false;
  let isHalfOpen = false;
  let openedCount = 0;
  let dropChance = 0;

  const pump = async (from: Socket, to: Socket, direction: Direction): Promise<void> => {
    // Ending the loop must not destroy the socket: its other direction may go on.
    for await (const piece of pieces(from, () => trouble.pieceBytes)) {
      await gates[direction].passed();
      const { delayMs = 0, jitterMs = 0 } = trouble;
      const waitMs = delayMs + random.next() * jitterMs;
      if (waitMs > 0) {
        await sleep(waitMs);
        await gates[direction].passed();
      }
      if (to.destroyed) return;
      if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
    await gates[direction].passed();
    if (!isHalfOpen) to.end();
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, async (client) => {
    openedCount += 1;
    client.on('error', () => {});
    if (isRefusing) return void client.resetAndDestroy();
    const line: Line = { client, target: undefined };
    lines.add(line);
    client.once('close', () => {
      if (isHalfOpen) return;
      lines.delete(line);
      // A reset crosses a line that stands still no more than bytes do.
      void gates.up.passed().then(() => line.target?.destroy());
    });
    await gates.up.passed();
    if (client.destroyed) return;
    const target = dial({ port: targetPort, host: targetHost, allowHalfOpen: true, noDelay: true });
    line.target = target;
    target.on('error', () => {});
    target.once('close', () => {
      if (isHalfOpen) return;
      void gates.down.passed().then(() => (target.errored ? client.resetAndDestroy() : client.destroySoon()));
    });
    const broken = () => undefined;
    await Promise.all([pump(client, target, 'up').catch(broken), pump(target, client, 'down').catch(broken)]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const breakLine = (line: Line) => {
    lines.delete(line);
    line.client.resetAndDestroy();
    line.target?.resetAndDestroy();
  };
  const reset = (share = 1) => {
    const chosen = [...lines].filter(() => share >= 1 || random.next() < share);
    for (const line of chosen) breakLine(line);
    return chosen.length;
  };
  const dropping = setInterval(() => void (dropChance > 0 && reset(dropChance)), tickMs);
  dropping.unref();

  return {
    port: (server.address() as AddressInfo).port,
    get lineCount() {
      return lines.size;
    },
    get openedCount() {
      return openedCount;
    },
    cut: (...directions) => {
      for (const direction of directions.length === 0 ? (['up', 'down'] as const) : directions) gates[direction].shut();
    },
    heal: (options = {}) => {
      if (options.reset) reset();
      gates.up.open();
      gates.down.open();
    },
    refuse: (refusing = true) => {
      isRefusing = refusing;
    },
    reset,
    keepHalfOpen: (keeping = true) => {
      isHalfOpen = keeping;
    },
    trouble: (given) => {
      trouble = given;
    },
    dropPerMinute: (rate) => {
      dropChance = (rate * tickMs) / 60_000;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(dropping);
      const closed = new Promise((resolve) => server.close(resolve));
      isHalfOpen = false;
      reset();
      gates.up.open();
      gates.down.open();
      await closed;
    },
  };
}

interface Line {
  readonly client: Socket;
  target: Socket | undefined;
}

/** Passed at once while it is open. */
function createGate() {
  let opened: Promise<void> | undefined;
  let letPass: (() => void) | undefined;
  return {
    passed: async () => {
      while (opened !== undefined) await opened;
    },
    shut: () => {
      opened ??= new Promise<void>((resolve) => {
        letPass = resolve;
      });
    },
    open: () => {
      opened = undefined;
      letPass?.();
    },
  };
}

async function* pieces(socket: Socket, sizeMax: () => number | undefined): AsyncGenerator<Buffer> {
  for await (const chunk of Readable.prototype.iterator.call(socket, { destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + (sizeMax() ?? bytes.length));
      from += piece.length;
      yield piece;
    }
  }
}
