import type { ErrorCode } from '../../errors/codes.ts';
import { sha256 } from '../canonical.ts';
import type { Act, Entry, SignedAct } from './act.ts';
import { readAct } from './act-shape.ts';
import { genesisOf } from './fold-entry.ts';
import { type KeyLookup, openClaims, peekClaims, type Signer, signClaims } from './jws.ts';
import type { Escalation } from './state.ts';

export const ACT_TYP = 'escalation-act+jwt';
export const ENTRY_TYP = 'escalation-entry+jwt';

/** What a home signs for one place in the chain. Acts are carried as their authors signed them. */
export interface EntryClaims {
  readonly escalation: string;
  readonly epoch: number;
  readonly index: number;
  readonly previousHash: string;
  /** The home that signs. */
  readonly home: string;
  readonly act: string;
  readonly also?: readonly string[];
  readonly placedAtMs: number;
}

export type OpenedAct = { readonly ok: true; readonly signed: SignedAct } | OpenFault;
export type OpenedEntry = { readonly ok: true; readonly entry: Entry } | OpenFault;
export interface OpenFault {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Clocks of parties differ; beyond this an entry is dated ahead to let a window pass. */
const aheadMaxMs = 60_000;

export function signAct(act: Act, signer: Signer): string {
  const read = readAct(act);
  if (typeof read === 'string') throw new TypeError(`This act cannot be signed: ${read}.`);
  return signClaims(ACT_TYP, act, signer);
}

export function openAct(jws: string, keys: KeyLookup): OpenedAct {
  const act = readAct(peekClaims(jws));
  if (typeof act === 'string') return { ok: false, code: 'ACT_MALFORMED', message: act };
  const opened = openClaims(jws, ACT_TYP, (kid) => keys(act.party, kid));
  if (opened.ok) return { ok: true, signed: { act: opened.claims as Act, hash: sha256(jws) } };
  const code = opened.fault === 'SIGNATURE' ? 'ACT_SIGNATURE_WRONG' : 'ACT_MALFORMED';
  return { ok: false, code, message: opened.message };
}

/** The claims under which the home gives an act the next place. Time never runs back in a chain. */
export function nextEntry(
  before: Escalation | undefined,
  act: string,
  { home, escalation, nowMs, also }: { home: string; escalation: string; nowMs: number; also?: readonly string[] },
): EntryClaims {
  const isMove = also !== undefined || (peekClaims(act) as Partial<Act> | undefined)?.type === 'moveHome';
  return {
    escalation,
    epoch: (before?.epoch ?? 0) + (isMove ? 1 : 0),
    index: before?.places.length ?? 0,
    previousHash: before?.places.at(-1)?.hash ?? genesisOf(escalation),
    home,
    act,
    ...(also && also.length > 0 ? { also } : {}),
    placedAtMs: Math.max(nowMs, before?.lastPlacedAtMs ?? 0),
  };
}

export function signEntry(claims: EntryClaims, signer: Signer): string {
  return signClaims(ENTRY_TYP, claims, signer);
}

/**
 * Opens an entry and the acts in it. `nowMs` is the clock of who takes it in; without one, as when an old file is
 * judged, nothing is ahead.
 */
export function openEntry(jws: string, keys: KeyLookup, nowMs?: number): OpenedEntry {
  const fault = (code: ErrorCode, message: string): OpenFault => ({ ok: false, code, message });
  const claims = readClaims(peekClaims(jws));
  if (!claims) return fault('ENTRY_MALFORMED', 'expected the claims of an entry, and no others');
  const opened = openClaims(jws, ENTRY_TYP, (kid) => keys(claims.home, kid));
  if (!opened.ok) {
    return fault(opened.fault === 'SIGNATURE' ? 'ENTRY_SIGNATURE_WRONG' : 'ENTRY_MALFORMED', opened.message);
  }
  if (nowMs !== undefined && claims.placedAtMs > nowMs + aheadMaxMs) {
    return fault('ENTRY_TIME_WRONG', `the entry is dated ${claims.placedAtMs}, the clock says ${nowMs}`);
  }
  const act = openAct(claims.act, keys);
  if (!act.ok) return act;
  const also: SignedAct[] = [];
  for (const each of claims.also ?? []) {
    const other = openAct(each, keys);
    if (!other.ok) return other;
    also.push(other.signed);
  }
  const { escalation, epoch, index, previousHash, home, placedAtMs } = claims;
  const hash = sha256(jws);
  return {
    ok: true,
    entry: { escalation, epoch, index, hash, previousHash, home, placedAtMs, signed: act.signed, also },
  };
}

function readClaims(value: unknown): EntryClaims | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { escalation, epoch, index, previousHash, home, act, also, placedAtMs, ...more } = value as EntryClaims;
  const isWhole = [epoch, index, placedAtMs].every((each) => Number.isSafeInteger(each) && each >= 0);
  const isText = [escalation, previousHash, home, act].every((each) => typeof each === 'string');
  const isAlso =
    also === undefined ||
    (Array.isArray(also) && also.length > 0 && also.length <= 100 && also.every((each) => typeof each === 'string'));
  return isWhole && isText && isAlso && Object.keys(more).length === 0 ? (value as EntryClaims) : undefined;
}
