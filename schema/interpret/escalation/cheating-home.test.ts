import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANNEL, type Entry } from './act.ts';
import { calendar, context, foundation, HOUR, start } from './chain.fixture.ts';
import { decideAct } from './decide.ts';
import { buildDisputeFile } from './dispute-file.ts';
import { openAct, openEntry, signEntry } from './entry.ts';
import { foldEscalation } from './fold.ts';
import {
  createSignedStory,
  directory,
  fold,
  keys,
  open,
  placeSigned,
  publicKeys,
  signedBy,
  signerOf,
} from './signed.fixture.ts';
import { verifyDisputeFile } from './verify-file.ts';
import { homeSilentSince, placingOf } from './waiting.ts';

/** The home is fictiviteit throughout, and it is the home that cheats; linde and niemandsland look on. */
const parties = ['fictiviteit', 'linde', 'niemandsland'];
const at = { ...context, nowMs: start };
const held = (jws: string, heldSinceMs = start) => {
  const opened = openAct(jws, keys);
  if (!opened.ok) throw new Error(opened.message);
  return { ...opened.signed, heldSinceMs };
};

function talks() {
  const story = createSignedStory(parties);
  story.act('takeUp', 'fictiviteit');
  story.act('propose', 'fictiviteit');
  return story;
}

const seenBy = (entries: readonly string[], nowMs = start) => {
  const opened = entries.map(open);
  return foldEscalation(opened, opened[0]?.escalation as string, { ...context, nowMs });
};

describe('a home that forges', () => {
  test('M-21: an act in the name of another party is known by its signature', () => {
    const story = talks();
    const honest = signedBy(story.now(), 'consent', 'linde');
    const [head, payload] = honest.split('.');
    const forged = `${head}.${payload}.${signedBy(story.now(), 'consent', 'niemandsland').split('.')[2]}`;
    const entry = placeSigned(story.now(), forged, 'fictiviteit', start);
    expect(openEntry(entry, keys)).toMatchObject({ ok: false, code: 'ACT_SIGNATURE_WRONG' });
    expect(openEntry(placeSigned(story.now(), honest, 'fictiviteit', start), keys).ok).toBe(true);
  });

  test('M-21: a party that is not the home gives no entry its place', () => {
    const story = talks();
    const entry = placeSigned(story.now(), signedBy(story.now(), 'consent', 'linde'), 'niemandsland', start);
    expect(seenBy([...story.entries, entry]).refused).toMatchObject([{ code: 'ENTRY_NOT_BY_HOME' }]);
  });

  test('M-19: an act that the rules forbid is named by its index at every party, and changes nothing', () => {
    const story = talks();
    const outsider = signedBy(story.now(), 'consent', 'denkbeeld');
    const entry = placeSigned(story.now(), outsider, 'fictiviteit', start);
    for (const order of [
      [...story.entries, entry],
      [entry, ...story.entries],
    ]) {
      const { escalation } = seenBy(order);
      expect(escalation?.faults).toEqual([expect.objectContaining({ index: 3, code: 'ONLY_INVOLVED' })]);
      expect(escalation?.state).toBe('PROPOSED');
    }
  });

  test('M-20: an entry dated ahead, to let a window pass, is not taken in; nor one dated back', () => {
    const story = talks();
    const act = signedBy(story.now(), 'consent', 'linde');
    const ahead = placeSigned(story.now(), act, 'fictiviteit', start + 9 * 24 * HOUR);
    expect(openEntry(ahead, keys, start)).toMatchObject({ ok: false, code: 'ENTRY_TIME_WRONG' });
    const { hash, index, epoch } = story.now().places.at(-1) as Entry;
    const back = signEntry(
      {
        escalation: story.now().id,
        epoch,
        index: index + 1,
        previousHash: hash,
        home: 'fictiviteit',
        act,
        placedAtMs: start - 1,
      },
      signerOf('fictiviteit'),
    );
    expect(seenBy([...story.entries, back]).refused).toMatchObject([{ code: 'ENTRY_TIME_WRONG' }]);
  });
});

describe('a home that withholds', () => {
  test('M-19: an act that it does not place is WAITING_AT_HOME after 15 minutes, at every party that holds it', () => {
    const story = talks();
    const act = held(signedBy(story.now(), 'consent', 'linde'));
    const minutes = (n: number) => placingOf(story.now(), act, { ...at, nowMs: start + n * 60_000 });
    expect(minutes(14)).toEqual({ state: 'UNDER_WAY' });
    expect(minutes(15)).toEqual({ state: 'WAITING_AT_HOME', sinceMs: start });
    expect(homeSilentSince(story.now(), [act], { ...at, nowMs: start + HOUR })).toBe(start);
  });

  test('M-19: it cannot place a later act of the party whose earlier one it holds back', () => {
    const story = talks();
    const first = signedBy(story.now(), 'object', 'linde');
    const second = signedBy(story.now(), 'consent', 'linde', { previousAct: held(first).hash });
    const { escalation } = seenBy([...story.entries, placeSigned(story.now(), second, 'fictiviteit', start)]);
    expect(escalation?.faults).toMatchObject([{ index: 3, code: 'ACT_OUT_OF_ORDER' }]);
    expect(placingOf(story.now(), held(second), { ...at, nowMs: start + HOUR }).state).toBe('WAITING_AT_HOME');
  });

  test('M-19: entries that it gives to some and not to all show in the acts of those who saw them', () => {
    const story = talks();
    const behind = story.now();
    story.act('consent', 'linde');
    const act = held(signedBy(story.now(), 'consent', 'niemandsland'));
    expect(placingOf(behind, act, at)).toEqual({ state: 'AHEAD', index: 3 });
  });

  test('M-19: an act that lay for long before it was placed is shown so', () => {
    const story = talks();
    const act = signedBy(story.now(), 'consent', 'linde');
    const entry = placeSigned(story.now(), act, 'fictiviteit', start + HOUR);
    expect(seenBy([...story.entries, entry], start + HOUR).escalation?.late).toEqual([3]);
  });
});

describe('a home that reorders', () => {
  test('M-19: two acts of one party do not change places', () => {
    const story = talks();
    const first = signedBy(story.now(), 'object', 'linde');
    const second = signedBy(story.now(), 'consent', 'linde', { previousAct: held(first).hash });
    const one = placeSigned(story.now(), second, 'fictiviteit', start);
    const other = placeSigned(fold(story.now(), one), first, 'fictiviteit', start);
    const { escalation } = seenBy([...story.entries, one, other]);
    expect(escalation?.faults).toMatchObject([{ index: 3, code: 'ACT_OUT_OF_ORDER' }]);
  });

  test('M-19: an act does not come before the entry that its author had seen', () => {
    const story = talks();
    const before = story.now();
    const cause = story.act('object', 'linde');
    const answer = signedBy(story.now(), 'consent', 'niemandsland');
    const one = placeSigned(before, answer, 'fictiviteit', start);
    const { escalation } = seenBy([...story.entries.slice(0, -1), one]);
    expect(escalation?.faults).toMatchObject([{ index: 3, code: 'ACT_SAW_ANOTHER_CHAIN' }]);
    expect(open(cause).signed.act.type).toBe('object');
  });

  test('M-19: entries that were placed cannot be put in another order: the hashes no longer follow', () => {
    const story = talks();
    story.act('consent', 'linde');
    const moved = open(story.entries[3] as string);
    const relabelled = { ...moved, index: 1 };
    const opened = story.entries.slice(0, 1).map(open);
    const chain = foldEscalation([...opened, relabelled], moved.escalation, at);
    expect(chain.living).toHaveLength(1);
    expect(chain.unlinked).toHaveLength(1);
  });
});

describe('a home that forks', () => {
  function forked() {
    const story = talks();
    const before = story.now();
    const a = placeSigned(before, signedBy(before, 'consent', 'linde'), 'fictiviteit', start);
    const b = placeSigned(before, signedBy(before, 'object', 'niemandsland'), 'fictiviteit', start);
    return { story, before, a, b };
  }

  test('M-19: two entries for one place are kept as proof against their signer, and the chain stops before them', () => {
    const { story, a, b } = forked();
    for (const order of [
      [...story.entries, a, b],
      [b, ...story.entries, a],
    ]) {
      const chain = seenBy(order);
      expect(chain.forks).toMatchObject([{ epoch: 0, index: 3, signers: ['fictiviteit'] }]);
      expect(chain.forks[0]?.entries).toHaveLength(2);
      expect(chain.haltedAt).toBe(3);
      expect(chain.escalation?.places).toHaveLength(3);
    }
  });

  test('M-19: a history that another party has built upon stands; one signed later by the home alone does not undo it', () => {
    const { story, before, a, b } = forked();
    const grown = fold(before, a);
    const c = placeSigned(grown, signedBy(grown, 'consent', 'niemandsland'), 'fictiviteit', start);
    const later = placeSigned(
      fold(before, b),
      signedBy(fold(before, b), 'withdraw', 'fictiviteit'),
      'fictiviteit',
      start,
    );
    const chain = seenBy([...story.entries, b, later, a, c]);
    expect(chain.escalation?.state).toBe('LIFTING');
    expect(chain.forks).not.toEqual([]);
  });

  test('M-19: who was shown the other history sees it from the next act, before the second entry reaches him', () => {
    const { before, a, b } = forked();
    const act = held(signedBy(fold(before, b), 'consent', 'niemandsland'));
    expect(placingOf(fold(before, a), act, at)).toEqual({ state: 'OTHER_HISTORY', index: 3 });
  });

  test('M-19: a move by all other parties says on which of the two the chain goes on', () => {
    const { story, before, a, b } = forked();
    const grown = fold(before, a);
    const words = ['linde', 'niemandsland'].map((party) =>
      signedBy(grown, 'moveHome', party, {
        move: { epoch: 1, home: 'linde', index: 4, previousHash: grown.places.at(-1)?.hash as string },
      }),
    );
    const move = placeSigned(grown, words[0] as string, 'linde', start, words.slice(1));
    const chain = seenBy([...story.entries, a, b, move]);
    expect(chain.escalation).toMatchObject({ epoch: 1, home: 'linde' });
    expect(chain.living).toHaveLength(5);
    expect(chain.forks).toHaveLength(1);
  });
});

describe('a home that moves', () => {
  const nextDay = start + 30 * HOUR;
  const world = { isActive: () => true, hasReachableManager: () => true };

  function moved(story: ReturnType<typeof talks>, by: readonly string[], home = 'linde') {
    const now = story.now();
    const move = {
      epoch: now.epoch + 1,
      home,
      index: now.places.length,
      previousHash: now.places.at(-1)?.hash as string,
    };
    return by.map((party) =>
      signedBy(now, 'moveHome', party, { move, ...(party === CHANNEL ? { role: 'REGISTRY' as const } : {}) }),
    );
  }

  test('M-20: the others move a home that was silent for a working day, to the first of them, and not before', () => {
    const story = talks();
    const [first, second] = moved(story, ['linde', 'niemandsland']) as [string, string];
    const decide = (nowMs: number, homeSilentSinceMs?: number, words = [second]) =>
      decideAct(
        story.now(),
        held(first),
        { ...context, nowMs, world: { ...world, ...(homeSilentSinceMs === undefined ? {} : { homeSilentSinceMs }) } },
        words.map((word) => held(word)),
      );
    expect(decide(nextDay)).toMatchObject({ ok: false, code: 'HOME_NOT_SILENT' });
    expect(decide(start + 20 * HOUR, start)).toMatchObject({ ok: false, code: 'HOME_NOT_SILENT' });
    // Waiting since Wednesday 10:00: the working day after it is over on Thursday at 17:00.
    expect(decide(Date.parse('2026-05-21T15:00:00Z') - 1, start).ok).toBe(false);
    expect(decide(Date.parse('2026-05-21T15:00:00Z'), start)).toMatchObject({ ok: true, to: 'PROPOSED' });
    expect(decide(nextDay + HOUR, start, [])).toMatchObject({ ok: false, code: 'MOVE_NOT_NEXT' });
    const [wrong, same] = moved(story, ['linde', 'niemandsland'], 'niemandsland') as [string, string];
    const asked = { ...context, nowMs: nextDay + HOUR, world: { ...world, homeSilentSinceMs: start } };
    expect(decideAct(story.now(), held(wrong), asked, [held(same)])).toMatchObject({
      ok: false,
      code: 'MOVE_NOT_NEXT',
    });
  });

  test('M-20: the registry moves a home that is not active, alone', () => {
    const story = talks();
    const [act] = moved(story, [CHANNEL]) as [string];
    const active = (party: string) => party !== 'fictiviteit';
    const asked = { ...context, nowMs: nextDay, world: { ...world, isActive: active } };
    expect(decideAct(story.now(), held(act), asked)).toMatchObject({ ok: true });
    expect(decideAct(story.now(), held(act), { ...asked, world })).toMatchObject({ ok: false });
  });

  test('M-20: what the old home placed at or beyond the move does not count; its acts wait for the living epoch', () => {
    const story = talks();
    const before = story.now();
    const consent = signedBy(before, 'consent', 'linde');
    const old = [placeSigned(before, consent, 'fictiviteit', start)];
    old.push(
      placeSigned(
        fold(before, old[0] as string),
        signedBy(fold(before, old[0] as string), 'consent', 'niemandsland'),
        'fictiviteit',
        start,
      ),
    );
    const [act] = moved(story, [CHANNEL]) as [string];
    const move = placeSigned(before, act, 'linde', nextDay);
    const chain = seenBy([...story.entries, ...old, move], nextDay);
    expect(chain.escalation).toMatchObject({ epoch: 1, home: 'linde', state: 'PROPOSED' });
    expect(chain.cutOff).toHaveLength(2);
    expect(placingOf(chain.escalation as never, held(consent), { ...at, nowMs: nextDay }).state).toBe(
      'WAITING_AT_HOME',
    );
    const again = placeSigned(chain.escalation, consent, 'linde', nextDay);
    const answer = seenBy([...story.entries, ...old, move, again], nextDay).escalation;
    expect(answer?.faults).toEqual([]);
    expect(answer?.proposals[0]?.consents.linde?.state).toBe('AGREED');
    expect(answer?.late).toContain(4);
  });

  test('M-20: the old home orders nothing any more, and nobody takes the home without the word of all', () => {
    const story = talks();
    const before = story.now();
    const alone = placeSigned(before, moved(story, ['linde'])[0] as string, 'linde', nextDay);
    expect(seenBy([...story.entries, alone], nextDay).refused).toMatchObject([{ code: 'ENTRY_NOT_BY_HOME' }]);
    const move = placeSigned(before, moved(story, [CHANNEL])[0] as string, 'linde', nextDay);
    const now = fold(before, move);
    const late = placeSigned(now, signedBy(now, 'consent', 'linde'), 'fictiviteit', nextDay);
    expect(seenBy([...story.entries, move, late], nextDay).refused).toMatchObject([{ code: 'ENTRY_NOT_BY_HOME' }]);
  });
});

test('M-23: any character of an entry that is changed is seen before anything of it is believed', () => {
  const { entries } = talks();
  const jws = entries[2] as string;
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
  fc.assert(
    fc.property(fc.nat(jws.length - 1), fc.constantFrom(...characters), (position, character) => {
      fc.pre(jws[position] !== character);
      return !openEntry(jws.slice(0, position) + character + jws.slice(position + 1), keys).ok;
    }),
    { numRuns: 300 },
  );
});

describe('M-23: what a home did is proven by the file to who was never in the network', () => {
  const proof = (entries: readonly string[], acts: readonly string[] = []) => {
    const file = buildDisputeFile(
      {
        escalation: open(entries[0] as string).escalation,
        entries,
        acts,
        keys,
        calendar,
        foundation,
        directories: [directory],
        registryKeys: [publicKeys.get(CHANNEL)?.export({ format: 'jwk' }) as object],
        textOf: () => undefined,
        exportedBy: 'linde',
        nowMs: start,
      },
      signerOf('linde'),
    );
    return verifyDisputeFile(file);
  };

  test('a forged entry, whose act was not allowed, is named by its index', () => {
    const story = talks();
    const entry = placeSigned(story.now(), signedBy(story.now(), 'consent', 'denkbeeld'), 'fictiviteit', start);
    expect(proof([...story.entries, entry])).toMatchObject({ ok: true, faults: [{ index: 3, code: 'ONLY_INVOLVED' }] });
  });

  test('a fork is shown with both entries and their signer', () => {
    const story = talks();
    const [a, b] = (['consent', 'object'] as const).map((type) =>
      placeSigned(story.now(), signedBy(story.now(), type, 'linde'), 'fictiviteit', start),
    ) as [string, string];
    expect(proof([...story.entries, a, b])).toMatchObject({
      ok: true,
      forks: [{ epoch: 0, index: 3, signers: ['fictiviteit'] }],
    });
  });

  test('an act that was withheld stands in it, signed and without a place', () => {
    const story = talks();
    expect(proof(story.entries, [signedBy(story.now(), 'consent', 'linde')])).toMatchObject({ ok: true, unplaced: 1 });
  });

  test('acts in another order than their authors made them are named by their index', () => {
    const story = talks();
    const first = signedBy(story.now(), 'object', 'linde');
    const second = signedBy(story.now(), 'consent', 'linde', { previousAct: held(first).hash });
    const one = placeSigned(story.now(), second, 'fictiviteit', start);
    expect(proof([...story.entries, one])).toMatchObject({
      ok: true,
      faults: [{ index: 3, code: 'ACT_OUT_OF_ORDER' }],
    });
  });
});
