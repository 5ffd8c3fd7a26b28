/** What was found, for people and for machines. The canonical JSON is what a signature is made over. */
import { canonicalJson } from '@kortelijn/schema/interpret/canonical.ts';
import type { Judgement, Outcome } from './run-checks.ts';

export const exitCodes = { conform: 0, mustFails: 1, wrongUse: 2, notJudged: 3 } as const;

export type Verdict = 'CONFORM' | 'NOT_CONFORM' | 'NOT_JUDGED';

export interface ConformanceReport {
  readonly kind: 'kortelijn conformance report v1';
  readonly endpoint: string;
  readonly url: string;
  /** When the examination began, RFC 3339. */
  readonly at: string;
  /** SHA-256 of the contract it was held against. */
  readonly contract: string;
  /** CONFORM only when every MUST was judged and kept. */
  readonly verdict: Verdict;
  readonly checks: readonly {
    readonly id: string;
    readonly level: string;
    readonly title: string;
    readonly rule: string;
    readonly outcome: Outcome;
    readonly why?: string;
  }[];
}

export interface ReportHead {
  readonly endpoint: string;
  readonly url: string;
  readonly at: string;
  readonly contract: string;
}

export function verdictOf(judgements: readonly Judgement[]): Verdict {
  const musts = judgements.filter(({ check }) => check.level === 'MUST');
  if (musts.some(({ outcome }) => outcome === 'FAIL')) return 'NOT_CONFORM';
  const isWhole = musts.length > 0 && musts.every(({ outcome }) => outcome === 'PASS');
  return isWhole ? 'CONFORM' : 'NOT_JUDGED';
}

export function reportOf(head: ReportHead, judgements: readonly Judgement[]): ConformanceReport {
  return {
    kind: 'kortelijn conformance report v1',
    ...head,
    verdict: verdictOf(judgements),
    checks: judgements.map(({ check: { id, level, title, rule }, outcome, why }) => ({
      id,
      level,
      title,
      rule,
      outcome,
      ...(why !== undefined && { why }),
    })),
  };
}

/** The bytes to keep and to sign: canonical JSON (RFC 8785), in UTF-8. */
export const reportBytes = (report: ConformanceReport): Buffer => Buffer.from(canonicalJson(report));

export const exitCodeOf = ({ verdict }: ConformanceReport): number =>
  ({ CONFORM: exitCodes.conform, NOT_CONFORM: exitCodes.mustFails, NOT_JUDGED: exitCodes.notJudged })[verdict];

const marks: Readonly<Record<Outcome, string>> = { PASS: 'pass', FAIL: 'FAIL', NOT_JUDGED: '?' };

export function printJudgement({ check: { id, level, title, rule }, outcome, why }: Judgement): string {
  const line = `${marks[outcome].padEnd(5)}${id.padEnd(13)}${level.padEnd(8)}${title}`;
  return why === undefined ? line : `${line}\n     ${rule}\n     ${why}`;
}

export function printVerdict({ endpoint, verdict, checks }: ConformanceReport): string {
  const count = (outcome: Outcome) => checks.filter((check) => check.outcome === outcome).length;
  const counts = `${count('PASS')} of ${checks.length} checks pass, ${count('FAIL')} fail, ${count('NOT_JUDGED')} could not be judged.`;
  const words = {
    CONFORM: 'keeps every MUST of the contract',
    NOT_CONFORM: 'breaks a MUST of the contract',
    NOT_JUDGED: 'could not be judged whole: it breaks no MUST that could be judged',
  };
  return `${endpoint} ${words[verdict]}. ${counts}`;
}
