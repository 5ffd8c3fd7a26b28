/** A webhook as this gateway delivers it, and the two things delivering needs: whose turn it is, and what happens. */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';

export interface Webhook {
  readonly id: string;
  /** The number of the lease; another gateway that takes over has a higher one. */
  readonly lease: number;
  /** Rises when the webhook is changed. */
  readonly revision: number;
  readonly participant: string;
  /** The client id of the program under whose rights everything is read. */
  readonly program: string;
  readonly scopes: readonly string[];
  readonly url: string;
  readonly secrets: readonly string[];
  readonly document: string | null;
  readonly documentId: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** After which item it goes on; null when it has not begun. */
  readonly cursor: string | null;
  /** Attempts in a row that failed, and why the last one did. */
  readonly failures: number;
  readonly reason: string | null;
  readonly replays: readonly Replay[];
}

/** A dead letter that somebody wants sent again. */
export interface Replay {
  readonly eventId: string;
  /** The place just before it. */
  readonly cursor: string;
}

export interface DeadLetter extends Replay {
  readonly type: string;
  readonly at: string;
  readonly status?: number | undefined;
  readonly reason: string;
}

/** How far one webhook came since the last report. */
export interface Progress {
  readonly webhookId: string;
  readonly lease: number;
  readonly revision: number;
  readonly cursor?: string | undefined;
  readonly hasDelivered: boolean;
  /** As it was when left out. */
  readonly failures?: number | undefined;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly isDisabled: boolean;
  readonly isReleased: boolean;
  readonly deadLetters: readonly DeadLetter[];
  readonly replayed: readonly string[];
  readonly failedReplays: readonly { readonly eventId: string; readonly status?: number; readonly reason: string }[];
}

/** Where webhooks and their progress are kept; no gateway keeps any of it. */
export interface WebhookStore {
  /** What this gateway delivers from now on; throws when that cannot be learned. */
  lease(holder: string, max: number): Promise<{ readonly leaseMs: number; readonly webhooks: readonly Webhook[] }>;
  /** Of which the report was taken in; of the others the lease is another's. */
  report(holder: string, progress: readonly Progress[]): Promise<ReadonlySet<string>>;
}

/** One item of a stream: as the program selected it, and what posting it needs. */
export type WebhookItem =
  | { readonly kind: 'heartbeat'; readonly cursor: string }
  | {
      readonly kind: 'item';
      /** The event it stands for; undefined for a gap, which is none. */
      readonly id: string | undefined;
      readonly cursor: string;
      readonly type: string;
      /** RFC 3339. */
      readonly at: string;
      readonly data: unknown;
      /** What of it could not be read, by code and path. */
      readonly errors: readonly { readonly code: string; readonly path: readonly (string | number)[] }[];
    };

export type OpenedStream =
  | { readonly kind: 'open'; readonly items: AsyncIterable<WebhookItem> }
  | { readonly kind: 'refused'; readonly code: ErrorCode | string };

/** Opens the stream of a webhook under the rights of this moment; `after` undefined: from now on. */
export type OpenStream = (webhook: Webhook, after: string | undefined, signal: AbortSignal) => Promise<OpenedStream>;

export interface WebhookTelemetry {
  webhookPosted(told: { webhook: string; result: string; status: number | undefined; durationMs: number }): void;
  webhookGivenUp(told: { webhook: string; reason: string }): void;
  webhookStopped(told: { webhook: string; reason: string }): void;
  webhooksHeld(count: number): void;
  webhooksFailed(told: { reason: string }): void;
}
