/**
 * How much may be under way: per endpoint and in all, with a short queue before each.
 * Entering is synchronous while there is room, which is nearly always.
 */
export interface Bounds {
  enter(endpoint: string, deadlineMs: number): Entrance | Promise<Entrance>;
  leave(endpoint: string): void;
  inFlight(endpoint: string): number;
}

export type Entrance = 'IN' | 'TOO_MANY_IN_FLIGHT' | 'OVERLOADED' | 'DEADLINE_EXCEEDED';

export interface BoundsSettings {
  readonly inFlightPerEndpointMax: number;
  readonly inFlightMax: number;
  /** How many may wait, per endpoint and in all. */
  readonly queuePerEndpointMax: number;
  readonly queueMax: number;
}

interface Waiting {
  readonly endpoint: string;
  readonly admit: (entrance: Entrance) => void;
  isDone: boolean;
}

export function createBounds(settings: BoundsSettings, now: () => number): Bounds {
  const inFlight = new Map<string, number>();
  const waitingAt = new Map<string, number>();
  let queue: Waiting[] = [];
  let total = 0;
  let waitingCount = 0;

  const hasRoom = (endpoint: string) =>
    total < settings.inFlightMax && (inFlight.get(endpoint) ?? 0) < settings.inFlightPerEndpointMax;
  const take = (endpoint: string) => {
    total += 1;
    inFlight.set(endpoint, (inFlight.get(endpoint) ?? 0) + 1);
  };
  const stopWaiting = (waiting: Waiting) => {
    waiting.isDone = true;
    waitingCount -= 1;
    waitingAt.set(waiting.endpoint, (waitingAt.get(waiting.endpoint) ?? 1) - 1);
  };

  return {
    enter(endpoint, deadlineMs) {
      if (hasRoom(endpoint)) {
        take(endpoint);
        return 'IN';
      }
      if (waitingCount >= settings.queueMax) return 'OVERLOADED';
      if ((waitingAt.get(endpoint) ?? 0) >= settings.queuePerEndpointMax) return 'TOO_MANY_IN_FLIGHT';
      return new Promise((resolve) => {
        const waiting: Waiting = {
          endpoint,
          isDone: false,
          admit: (entrance) => {
            clearTimeout(timer);
            resolve(entrance);
          },
        };
        const timer = setTimeout(
          () => {
            stopWaiting(waiting);
            waiting.admit('DEADLINE_EXCEEDED');
          },
          Math.max(0, deadlineMs - now()),
        );
        waitingCount += 1;
        waitingAt.set(endpoint, (waitingAt.get(endpoint) ?? 0) + 1);
        queue.push(waiting);
      });
    },
    leave(endpoint) {
      total -= 1;
      inFlight.set(endpoint, (inFlight.get(endpoint) ?? 1) - 1);
      if (waitingCount === 0) return;
      // In order of arrival, past those whose own endpoint is still full.
      for (const waiting of queue) {
        if (total >= settings.inFlightMax) break;
        if (waiting.isDone || !hasRoom(waiting.endpoint)) continue;
        take(waiting.endpoint);
        stopWaiting(waiting);
        waiting.admit('IN');
      }
      queue = queue.filter((waiting) => !waiting.isDone);
    },
    inFlight: (endpoint) => inFlight.get(endpoint) ?? 0,
  };
}
