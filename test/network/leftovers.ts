/**
 * Ends processes of an earlier start on the same data folder that outlived their parent (kill -9 of a frozen one).
 * Only processes whose own environment names this folder are touched.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export async function stopLeftovers(dataDir: string): Promise<readonly number[]> {
  const left = processesOf(dataDir);
  for (const pid of left) end(pid);
  for (let waited = 0; waited < 5000 && left.some(isAlive); waited += 50) await sleep(50);
  return left;
}

function processesOf(dataDir: string): number[] {
  // Only Linux shows other processes' environments as files; elsewhere a closed pipe must be enough.
  if (process.platform !== 'linux') return [];
  const marks = [`DATA_DIR=${dataDir}/`, `PINS_FILE=${dataDir}/`, `PERSONAS_FILE=${dataDir}/`];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8')
          .split('\0')
          .some((line) => marks.some((mark) => line.startsWith(mark)));
      } catch {
        return false;
      }
    })
    .map(Number);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself in the meantime.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
