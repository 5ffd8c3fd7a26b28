import type { AvailableAction as Shape } from '@kortelijn/schema/interpret/lifecycle.ts';
import { builder } from '../builder.ts';

export const AvailableAction = builder.objectRef<Shape>('AvailableAction');
AvailableAction.implement({
  description: 'What this caller may do with an object now and, for what it may not, why.',
  directives: { audience: { per: 'CLASS' } },
  shareable: true,
  fields: (t) => ({
    action: t.exposeString('action', { description: 'The mutation that does it.' }),
    available: t.exposeBoolean('available', { description: 'Whether this caller may do it now.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why not, as a code of the contract; null when available.',
    }),
    requires: t.exposeStringList('requires', { description: 'What the command must carry.' }),
    effects: t.exposeStringList('effects', { description: 'What it brings about, in words.' }),
    awaits: t.exposeStringList('awaits', { description: 'What is waited for afterwards.' }),
  }),
});
