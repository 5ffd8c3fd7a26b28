/**
 * How far each endpoint's clock is from ours, measured from the time its answers carry.
 * A sample is as good as its round trip was short; a worse one is taken only when it contradicts the kept one or
 * the kept one is old.
 */
export interface ClockOffsets {
  /** Endpoint's clock minus ours in milliseconds; 0 before the first answer. */
  offsetMs(endpoint: string): number;
  observe(endpoint: string, endpointTimeMs: number, sentAtMs: number, receivedAtMs: number): void;
}

interface Sample {
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly atMs: number;
}

const freshForMs = 30_000;

export function createClockOffsets(): ClockOffsets {
  const samples = new Map<string, Sample>();
  return {
    offsetMs: (endpoint) => samples.get(endpoint)?.offsetMs ?? 0,
    observe(endpoint, endpointTimeMs, sentAtMs, receivedAtMs) {
      const uncertaintyMs = Math.max(0, receivedAtMs - sentAtMs) / 2;
      const offsetMs = endpointTimeMs - (sentAtMs + receivedAtMs) / 2;
      const kept = samples.get(endpoint);
      const isBetter =
        kept === undefined ||
        uncertaintyMs <= kept.uncertaintyMs ||
        Math.abs(receivedAtMs - kept.atMs) > freshForMs ||
        Math.abs(offsetMs - kept.offsetMs) > uncertaintyMs + kept.uncertaintyMs + 1;
      if (isBetter) samples.set(endpoint, { offsetMs, uncertaintyMs, atMs: receivedAtMs });
    },
  };
}
