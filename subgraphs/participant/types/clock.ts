import { builder } from '../builder.ts';
import type { ShownClock, ShownPause } from '../store/shown-clock.ts';
import { ClockStateEnum } from './enums.ts';
import { ParticipantRef } from './references.ts';

const Pause = builder.objectRef<ShownPause>('Pause');
Pause.implement({
  description: 'A time in which a clock stood still.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'From when.' }),
    to: t.expose('to', { type: 'DateTime', nullable: true, description: 'Until when; null while it lasts.' }),
    reason: t.exposeString('reason', { description: 'Why.' }),
  }),
});

export const Clock = builder.objectRef<ShownClock>('Clock');
Clock.implement({
  description: 'A time that is measured, against a target where one is configured.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it measures.' }),
    state: t.field({ type: ClockStateEnum, description: 'What became of it.', resolve: ({ state }) => state }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    stoppedAt: t.expose('stoppedAt', { type: 'DateTime', nullable: true, description: 'When it stopped.' }),
    dueAt: t.expose('dueAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its target is up; null without a target.',
    }),
    atRiskAt: t.expose('atRiskAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When three quarters of its target are up.',
    }),
    on: t.field({
      type: ParticipantRef,
      description: 'Whose time it is.',
      resolve: ({ onParticipant }) => ({ id: onParticipant }),
    }),
    pauses: t.expose('pauses', { type: [Pause], description: 'When it stood still.' }),
    elapsedSeconds: t.exposeInt('elapsedSeconds', { description: 'How long it has run, pauses left out.' }),
    remainingSeconds: t.exposeInt('remainingSeconds', {
      nullable: true,
      description: 'How long until its target is up, below zero after that; null without a target.',
    }),
    cycle: t.exposeInt('cycle', { description: 'Which run it is: reopening starts a new one and keeps the old.' }),
    calendarVersion: t.exposeString('calendarVersion', {
      nullable: true,
      description: 'The calendar that its target counts in.',
    }),
  }),
});
