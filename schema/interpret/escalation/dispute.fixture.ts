import { createHash } from 'node:crypto';
import { calendars } from '../../vocabulary/calendars.ts';
import type { Act, ActType } from './act.ts';
import { CHANNEL } from './act.ts';
import { channel, DAY, foundation } from './chain.fixture.ts';
import { buildDisputeFile, type DisputeFile } from './dispute-file.ts';
import { createSignedStory, directory, keys, publicKeys, signedBy, signerOf } from './signed.fixture.ts';
import { type SaltedText, textHash } from './text-hash.ts';

/** An escalation that went outside, of which one party lets go a text and another withholds one with a reason. */
export function exportDispute(): DisputeFile {
  const texts = new Map<string, SaltedText>();
  const say = (names: Record<string, string>): Pick<Act, 'texts'> => ({
    texts: Object.fromEntries(
      Object.entries(names).map(([name, text]) => {
        const said = { salt: createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url'), text };
        texts.set(textHash(said), said);
        return [name, textHash(said)];
      }),
    ),
  });
  const parties = ['fictiviteit', 'linde', 'niemandsland'];
  const story = createSignedStory(
    parties,
    say({ reason: 'Verzamelen faalt', cooperationFailure: 'Niemand belt terug' }),
  );
  const act = (type: ActType, party: string, content: Partial<Act> = {}) => story.act(type, party, content);
  act('takeUp', 'fictiviteit');
  act('propose', 'fictiviteit', say({ liftPlan: 'Samen bellen', resumePlan: 'Weer gewoon melden' }));
  act('object', 'linde', say({ reason: 'Te duur' }));
  const waiting = signedBy(story.now(), 'consent', 'niemandsland', { atMs: story.nowMs() });
  story.wait(DAY);
  act('declareImpasse', 'linde', say({ reason: 'Wij komen er niet uit' }));
  act('accept', CHANNEL, channel);
  story.wait(DAY);
  act('mediationFailed', CHANNEL, { ...channel, ...say({ reason: 'Geen overeenstemming' }) });
  const itemOf = (party: string, type: string, text: string) => {
    const [id] = Object.entries(story.now().acts).find(([, each]) => each.party === party && each.type === type) ?? [];
    return [{ act: id as string, text }];
  };
  act('disclose', 'fictiviteit', { items: itemOf('fictiviteit', 'raise', 'reason') });
  act('withhold', 'linde', { items: itemOf('linde', 'object', 'reason'), ...say({ reason: 'Bedrijfsgeheim' }) });

  const registryKey = publicKeys.get(CHANNEL)?.export({ format: 'jwk' }) as object;
  return buildDisputeFile(
    {
      escalation: story.now().id,
      entries: [...story.entries].reverse(),
      acts: [waiting],
      keys,
      calendar: structuredClone(calendars.office),
      foundation,
      directories: [directory],
      registryKeys: [registryKey],
      textOf: (hash) => texts.get(hash),
      exportedBy: 'linde',
      nowMs: story.nowMs(),
    },
    signerOf('linde'),
  );
}
