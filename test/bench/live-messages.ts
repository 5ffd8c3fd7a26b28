/** What the benchmark of streams and its processes say to each other, over the channel that node:child_process gives. */

export interface Connect {
  readonly kind: 'connect';
  /** `ws://…/graphql` */
  readonly url: string;
  /** The address of this machine from which the sockets come; each has room for some 28,000. */
  readonly localAddress: string;
  readonly perSecond: number;
  readonly documents: readonly string[];
  readonly tokens: readonly string[];
  /** One socket and one subscription each: which document, which token. */
  readonly subscribers: readonly (readonly [document: number, token: number])[];
}

export type ToClients = Connect | { readonly kind: 'collect' } | { readonly kind: 'disconnect' };

export interface Collected {
  readonly kind: 'collected';
  /** By event: how many were delivered, and after how long the last of them. */
  readonly events: readonly { readonly id: string; readonly count: number; readonly lastMs: number }[];
  /** Every delivery, by whole milliseconds. */
  readonly latencies: Readonly<Record<number, number>>;
  readonly deliveryCount: number;
  readonly byteCount: number;
  /** Moments of the first and the last delivery, in milliseconds since 1970. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Sockets that closed by themselves. */
  readonly lost: Readonly<Record<string, number>>;
}

export type FromClients =
  | { readonly kind: 'connected'; readonly count: number; readonly failures: Readonly<Record<string, number>> }
  | Collected
  | { readonly kind: 'disconnected' };

export type ToFloor = {
  readonly kind: 'publish';
  readonly count: number;
  readonly everyMs: number;
  /** Of one frame as it is sent. */
  readonly frameBytes: number;
};

export type FromFloor = { readonly kind: 'ready'; readonly url: string } | { readonly kind: 'published' };

/** One clock for all processes of this machine. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
