import { type Calendar as Definition, holidaysOf } from '@kortelijn/schema/interpret/calendar.ts';
import { builder } from '../builder.ts';
import { codedError } from '../errors.ts';

const WorkingHours = builder.objectRef<Definition['weekly'][number]>('WorkingHours');
WorkingHours.implement({
  description: 'A window of service hours in a week.',
  directives: { audience: { per: 'NETWORK' } },
  fields: (t) => ({
    day: t.exposeInt('day', { description: '1 is Monday.' }),
    from: t.exposeString('from', { description: 'Wall time, HH:MM.' }),
    to: t.exposeString('to', { description: 'Wall time, HH:MM; may be 24:00.' }),
  }),
});

const Holiday = builder.objectRef<{ date: string; name: string }>('Holiday');
Holiday.implement({
  description: 'A day on which nobody works.',
  directives: { audience: { per: 'NETWORK' } },
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: 'The day.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
  }),
});

const Calendar = builder.objectRef<Definition>('Calendar');
Calendar.implement({
  description: 'A set of working hours and holidays, by version.',
  directives: { audience: { per: 'NETWORK' } },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'By which a participant names it.' }),
    version: t.exposeString('version', { description: 'A running clock keeps the version under which it started.' }),
    zone: t.exposeString('zone', { description: 'IANA time zone of its wall times.' }),
    weekly: t.field({ type: [WorkingHours], description: 'Service hours.', resolve: ({ weekly }) => weekly }),
    holidays: t.field({
      type: [Holiday],
      description: 'Holidays and closing days of one year.',
      args: { year: t.arg.int({ description: 'The present one when left out.' }) },
      resolve: (calendar, { year }, { now }) => {
        const asked = year ?? new Date(now()).getUTCFullYear();
        if (asked >= 1970 && asked <= 2200) return holidaysOf(calendar, asked);
        throw codedError('BAD_USER_INPUT', `Expected a year from 1970 to 2200; found ${asked}.`);
      },
    }),
  }),
});

builder.queryField('calendars', (t) =>
  t.field({
    type: [Calendar],
    nullable: true,
    description: 'Every calendar of the network, in every version.',
    resolve: async (_root, _args, { read }) =>
      (await read.calendars()).map(({ definition }) => definition as Definition),
  }),
);
