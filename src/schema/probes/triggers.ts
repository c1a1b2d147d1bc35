import type { Probe } from './probe.ts';
import { table as t } from './samples.ts';

export const triggerProbes: readonly Probe[] = [
  {
    name: 'trigger event',
    expect: ['semantic', 'trigger', 'definition'],
    both: t,
    left: 'create trigger g before update on t for each row execute function suppress_redundant_updates_trigger()',
    right: 'create trigger g before update of a on t for each row execute function suppress_redundant_updates_trigger()',
  },
  {
    name: 'trigger condition',
    expect: ['semantic', 'trigger', 'definition'],
    both: t,
    left: 'create trigger g before update on t for each row when (old.a > 0) execute function suppress_redundant_updates_trigger()',
    right: 'create trigger g before update on t for each row when (old.a > 1) execute function suppress_redundant_updates_trigger()',
  },
  {
    name: 'trigger disabled',
    expect: ['semantic', 'trigger', 'enabled'],
    both: `${t} create trigger g before update on t for each row execute function suppress_redundant_updates_trigger();`,
    left: 'alter table t disable trigger g',
  },
  {
    name: 'trigger always',
    expect: ['semantic', 'trigger', 'enabled'],
    both: `${t} create trigger g before update on t for each row execute function suppress_redundant_updates_trigger();`,
    left: 'alter table t enable always trigger g',
  },
];
