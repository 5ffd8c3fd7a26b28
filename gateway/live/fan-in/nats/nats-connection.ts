/**
 * One connection to NATS for all feeds, made when it is first needed. Once made it comes back by itself; whoever reads
 * through it is told that it broke, for what was under way then may be lost.
 */
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

export interface Nats {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

export interface NatsRoad {
  /** Rejects while NATS is not there. */
  open(): Promise<Nats>;
  onBreak(listener: () => void): () => void;
  [Symbol.asyncDispose](): Promise<void>;
}

const timeoutMs = 2_000;

/** `url` as `nats://user:password@host:port`, or `tls://…`; what stands before @ may be left out, or be a token. */
export function createNatsRoad(url: URL, name: string): NatsRoad {
  const listeners = new Set<() => void>();
  let opening: Promise<Nats> | undefined;
  let isClosed = false;

  const watch = async (connection: NatsConnection): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') for (const listener of [...listeners]) listener();
    }
  };
  const make = async (): Promise<Nats> => {
    if (isClosed) throw new Error('The connection to NATS is closed.');
    const connection = await connect({
      servers: url.host,
      name,
      ...credentials(url),
      ...(url.protocol === 'tls:' && { tls: {} }),
      timeout: timeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      reconnectJitter: 500,
      // A peer that vanished is noticed in seconds, not minutes.
      pingInterval: 2_000,
      maxPingOut: 2,
    });
    void watch(connection);
    const manager = await jetstreamManager(connection, { timeout: timeoutMs, checkAPI: false });
    return { connection, client: jetstream(connection, { timeout: timeoutMs }), manager };
  };

  return {
    open() {
      opening ??= make().catch((error: unknown) => {
        opening = undefined;
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`Expected NATS at ${url.host}, found: ${reason}.`);
      });
      return opening;
    },
    onBreak(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const made = await opening?.catch(() => undefined);
      await made?.connection.close();
    },
  };
}

function credentials({ username, password }: URL): { user?: string; pass?: string; token?: string } {
  if (username === '') return {};
  if (password === '') return { token: decodeURIComponent(username) };
  return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}
