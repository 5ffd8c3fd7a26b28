/** What another process of this machine has used, as Linux tells it. */
import { readFileSync } from 'node:fs';

/** CLK_TCK, which Linux has not changed in decades. */
const ticksPerSecond = 100;

/** Processor time of all its threads. */
export function cpuSeconds(pid: number): number {
  // The second field is a name in brackets and may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory that would be free if it ended: what it shares is counted in parts. */
export function pssBytes(pid: number): number {
  const [, kilobytes = '0'] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
