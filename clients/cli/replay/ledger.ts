/** What a replay has done so far, one line of JSON per finished incident: a second start goes on where it stopped. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TraceOutcome {
  readonly events: number;
  readonly commands: number;
  /** Events of which the hub refused a command, by the kind of refusal. */
  readonly refused: readonly { readonly event: number; readonly kind: string }[];
  /** Events whose state our lifecycle has no way to, by kind. */
  readonly unlike: readonly { readonly event: number; readonly kind: string }[];
}

export interface Ledger {
  readonly salt: string;
  readonly batch: string;
  outcomeOf(trace: string): TraceOutcome | undefined;
  record(trace: string, outcome: TraceOutcome): void;
}

export function openLedger(folder: string): Ledger {
  mkdirSync(folder, { recursive: true });
  const identityFile = join(folder, 'replay.json');
  if (!existsSync(identityFile)) {
    const salt = randomBytes(16).toString('hex');
    writeFileSync(identityFile, JSON.stringify({ salt, batch: `replay-${salt.slice(0, 8)}` }), { mode: 0o600 });
  }
  const { salt, batch } = JSON.parse(readFileSync(identityFile, 'utf8')) as { salt: string; batch: string };
  const file = join(folder, 'done.jsonl');
  const done = new Map<string, TraceOutcome>();
  if (existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const entry = parsed(line);
      if (entry !== undefined) done.set(entry.trace, entry.outcome);
    }
  }
  return {
    salt,
    batch,
    outcomeOf: (trace) => done.get(trace),
    record: (trace, outcome) => {
      done.set(trace, outcome);
      appendFileSync(file, `${JSON.stringify({ trace, outcome })}\n`);
    },
  };
}

/** The last line may be cut where the program was killed; that incident is then sent again. */
function parsed(line: string): { trace: string; outcome: TraceOutcome } | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as { trace: string; outcome: TraceOutcome });
  } catch {
    return undefined;
  }
}
