/** M-10, M-11: who reads which published contact, whose names, and when it has grown stale. */
import type { ContactReaders, ContactRole } from './participant.ts';
import { CONTACTS_SCOPE, isFoundation, isManager, type Viewer } from './viewer.ts';

export interface PublishedContact {
  /** The party it belongs to. */
  readonly participant: string;
  readonly role: ContactRole;
  readonly readers: ContactReaders;
}

export interface Reading {
  readonly viewer: Viewer;
  /** Of the viewer's own participant. */
  readonly viewerIsActive: boolean;
}

export function mayRead(contact: PublishedContact, { viewer, viewerIsActive }: Reading): boolean {
  if (contact.readers === 'USERS' || isFoundation(viewer)) return true;
  if (contact.readers === 'FOUNDATION') return viewer.participant === contact.participant && isManager(viewer);
  if (viewer.program !== undefined) return viewerIsActive && viewer.scopes.includes(CONTACTS_SCOPE);
  return viewerIsActive || viewer.participant === contact.participant;
}

/** Names of a servicedesk are for colleagues in the network: not for users, not for programs. */
export function mayReadNames(contact: PublishedContact, reading: Reading): boolean {
  if (contact.role !== 'SERVICEDESK') return true;
  const { viewer, viewerIsActive } = reading;
  if (viewer.program !== undefined) return false;
  return viewerIsActive || isFoundation(viewer) || viewer.participant === contact.participant;
}

export const STALE_MS = 365 * 24 * 3_600_000;

export function isStale(contact: { publishedAt: Date; confirmedAt: Date | null }, nowMs: number): boolean {
  return nowMs - (contact.confirmedAt ?? contact.publishedAt).getTime() >= STALE_MS;
}
