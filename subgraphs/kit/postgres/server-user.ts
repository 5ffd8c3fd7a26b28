/**
 * PostgreSQL refuses to run as root, so a root process starts it as somebody else. That somebody sees less of the
 * disk than root does, and mode bits alone do not tell how much less: every question here is asked by trying.
 */
import { spawnSync } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';

/** `null`: the server runs as the user who starts it. */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

/** nobody:nogroup on Debian, nobody:nobody elsewhere; the number is the same. */
const NOBODY = { uid: 65534, gid: 65534 } as const;

/** A cluster keeps the user it was made by; PostgreSQL refuses a data folder of another owner. */
export async function serverUserFor(cluster: string): Promise<ServerUser> {
  const ownUid = process.getuid?.();
  const owner = await stat(cluster).catch(() => undefined);
  if (ownUid !== 0) {
    if (owner && ownUid !== undefined && owner.uid !== ownUid) {
      throw new Error(
        `The PostgreSQL cluster ${cluster} belongs to user ${owner.uid}, but this process runs as ${ownUid}. ` +
          'Start as that user (or as root), or choose another data folder.',
      );
    }
    return null;
  }
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
}

export async function giveTo(user: ServerUser, path: string): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

/** Whether the server's user can enter and write a folder, parents and access lists included. */
export function canWrite(user: ServerUser, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], { ...user, cwd: '/' }).status === 0;
}

/** `undefined` when the program starts for that user, else what went wrong. */
export function startFailure(user: ServerUser, program: string): string | undefined {
  const trial = spawnSync(program, ['--version'], { ...user, cwd: '/', encoding: 'utf8', timeout: 10_000 });
  if (trial.error) return trial.error.message;
  return trial.status === 0 ? undefined : trial.stderr.trim() || `exit code ${trial.status}`;
}
