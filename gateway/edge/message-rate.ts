/** How many messages a connection may still send: two numbers on the connection itself, no timer. */
import type { Limits } from './limits.ts';

export interface MessageRate {
  messagesLeft: number;
  messageAtMs: number;
}

/** A long message counts for several: reading it costs as much. */
const bytesPerMessage = 16_384;

export function newMessageRate({ messageBurst }: Limits, nowMs: number): MessageRate {
  return { messagesLeft: messageBurst, messageAtMs: nowMs };
}

/** Whether this message may still come in. */
export function takeMessage(rate: MessageRate, bytes: number, nowMs: number, limits: Limits): boolean {
  const { messageBurst, messagesPerSecond } = limits;
  const back = (Math.max(0, nowMs - rate.messageAtMs) / 1_000) * messagesPerSecond;
  rate.messagesLeft = Math.min(messageBurst, rate.messagesLeft + back) - 1 - Math.floor(bytes / bytesPerMessage);
  rate.messageAtMs = nowMs;
  return rate.messagesLeft >= 0;
}
