/** Who answered. The hub says it of the network; an endpoint that is asked says it of itself. */
import { builder } from '../builder.ts';
import { OutcomeEnum } from './enums.ts';
import { ParticipantRef } from './references.ts';

interface PartyCoverageShape {
  readonly participant: string;
  readonly asOf: Date;
}

const PartyCoverage = builder.objectRef<PartyCoverageShape>('PartyCoverage');
PartyCoverage.implement({
  description: "One participant's part of an answer.",
  fields: (t) => ({
    participant: t.field({
      type: ParticipantRef,
      description: 'Whose part it is.',
      resolve: ({ participant }) => ({ id: participant }),
    }),
    outcome: t.field({ type: OutcomeEnum, description: 'What became of it.', resolve: () => 'FRESH' as const }),
    asOf: t.expose('asOf', { type: 'DateTime', nullable: true, description: 'When what it says was true.' }),
    ageSeconds: t.int({ nullable: true, description: 'How old that is.', resolve: () => 0 }),
    code: t.string({
      nullable: true,
      description: 'Why it is not there, as a code of the contract.',
      resolve: () => null,
    }),
    reason: t.string({ nullable: true, description: 'Why it was skipped.', resolve: () => null }),
    skewMs: t.int({
      nullable: true,
      description: 'How far its clock is off, where that is noticeable.',
      resolve: () => null,
    }),
    resumedFrom: t.string({
      nullable: true,
      description: 'Set when its rows begin where an earlier page had missed them.',
      resolve: () => null,
    }),
  }),
});

export const Coverage = builder.objectRef<PartyCoverageShape>('Coverage');
Coverage.implement({
  description: 'Who was asked and what became of each part.',
  fields: (t) => ({
    complete: t.boolean({ description: 'Whether nobody is missing.', resolve: () => true }),
    asked: t.int({ description: 'How many participants were asked.', resolve: () => 1 }),
    answered: t.int({ description: 'How many answered.', resolve: () => 1 }),
    liveCursor: t.string({
      nullable: true,
      description: 'Where a stream of changes goes on from this answer without loss; only the hub gives it.',
      resolve: () => null,
    }),
    parties: t.field({
      type: [PartyCoverage],
      description: 'One for each participant that was asked.',
      resolve: (own) => [own],
    }),
  }),
});

/** For every answer that has a coverage. */
export const ownCoverage = (context: { readonly endpoint: string; now(): number }): PartyCoverageShape => ({
  participant: context.endpoint,
  asOf: new Date(context.now()),
});
