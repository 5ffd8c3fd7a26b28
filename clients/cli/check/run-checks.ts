/** Runs the checks one after another and says of each what became of it. */
import type { Check, Need } from './check-of.ts';
import type { Examined } from './examined.ts';
import { CannotJudge, Finding } from './finding.ts';

export type Outcome = 'PASS' | 'FAIL' | 'NOT_JUDGED';

export interface Judgement {
  readonly check: Check;
  readonly outcome: Outcome;
  /** What was expected and found, or what was in the way. */
  readonly why?: string;
}

const CHECK_MS_MAX = 60_000;

export async function runChecks(
  endpoint: Examined,
  checks: readonly Check[],
  onJudged: (judgement: Judgement) => void = () => {},
): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = [];
  for (const check of checks) {
    const judgement = { check, ...(await judge(endpoint, check)) };
    judgements.push(judgement);
    onJudged(judgement);
  }
  return judgements;
}

async function judge(endpoint: Examined, check: Check): Promise<Omit<Judgement, 'check'>> {
  const lacking = (check.needs ?? []).map((need) => missing[need](endpoint)).find(Boolean);
  if (lacking) return { outcome: 'NOT_JUDGED', why: lacking };
  try {
    await inTime(check.run(endpoint));
    return { outcome: 'PASS' };
  } catch (error) {
    if (error instanceof Finding) return { outcome: 'FAIL', why: error.message };
    if (error instanceof CannotJudge) return { outcome: 'NOT_JUDGED', why: error.message };
    const why = `No answer that could be judged: ${reasonOf(error)}`;
    // Whoever answers others and hangs up on this has answered by that.
    return (await answers(endpoint)) ? { outcome: 'FAIL', why } : { outcome: 'NOT_JUDGED', why };
  }
}

const answers = ({ ask, desk }: Examined): Promise<boolean> =>
  ask(desk, '{ __typename }').then(
    () => true,
    () => false,
  );

const missing: Readonly<Record<Need, (endpoint: Examined) => string | undefined>> = {
  write: ({ mayWrite }) => (mayWrite ? undefined : 'It needs --write.'),
  sender: ({ sender }) => (sender ? undefined : 'It needs --sender and --sender-keys, and --write.'),
  // Whether there are rows shows when they are read.
  rows: () => undefined,
};

async function inTime(run: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Finding(`Expected an end within ${CHECK_MS_MAX} ms; found none.`)),
      CHECK_MS_MAX,
    );
  });
  try {
    await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
