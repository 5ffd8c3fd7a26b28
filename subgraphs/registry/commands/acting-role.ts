/** The role that an act is shown under: the one it needed, so that the feed says no more of a person than that. */
import type { Viewer } from '../domain/viewer.ts';

const SHOWN = ['FOUNDATION', 'SERVICEMANAGER', 'SERVICEDESK'];

export function actingRole(viewer: Viewer): string | null {
  if (viewer.program !== undefined) return 'PROGRAM';
  return SHOWN.find((role) => viewer.roles.includes(role)) ?? null;
}
