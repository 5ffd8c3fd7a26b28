/**
 * Where a crash would hurt an envelope most, by name. With KORTELIJN_FAULT=<point> (or <point>#3 for the third pass)
 * the process kills itself there with SIGKILL, so that nothing can be tidied up first; only under NODE_ENV=test.
 */
export const FAULT_POINTS = [
  /** The change and its envelope are written, nothing is committed. */
  'cause:before-commit',
  /** Both are committed, nobody has sent anything. */
  'cause:after-commit',
  /** The sender is about to post. */
  'send:before',
  /** The answer of the hub is here and not yet read. */
  'send:after',
  /** The receiver has made the effect and its entry, nothing is committed. */
  'take-in:before-commit',
  /** Both are committed, the receipt is not on its way. */
  'take-in:after-commit',
  /** The sender has closed its envelope, nothing is committed. */
  'receipt:before-commit',
  'receipt:after-commit',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

const armed = parseFault(process.env.KORTELIJN_FAULT, process.env.NODE_ENV);
let passes = 0;

export function faultPoint(point: FaultPoint): void {
  if (armed?.point !== point || ++passes < armed.pass) return;
  process.kill(process.pid, 'SIGKILL');
}

/** A name that does not exist is an error: a crash test that never crashes proves nothing. */
export function parseFault(
  value: string | undefined,
  nodeEnv: string | undefined,
): { readonly point: FaultPoint; readonly pass: number } | undefined {
  if (!value) return undefined;
  if (nodeEnv !== 'test') throw new Error('KORTELIJN_FAULT is for tests: expected NODE_ENV=test. Unset it.');
  const [name, pass = '1'] = value.split('#');
  const point = FAULT_POINTS.find((known) => known === name);
  if (!point || !/^[1-9]\d{0,5}$/.test(pass)) {
    throw new Error(`KORTELIJN_FAULT: expected one of ${FAULT_POINTS.join(', ')}, with #<pass>; found "${value}".`);
  }
  return { point, pass: Number(pass) };
}
