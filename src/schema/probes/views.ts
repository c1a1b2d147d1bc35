import type { Probe } from './probe.ts';
import { table as t } from './samples.ts';

export const viewProbes: readonly Probe[] = [
  {
    name: 'view definition',
    expect: ['semantic', 'view', 'definition'],
    both: t,
    left: 'create view v as select a from t',
    right: 'create view v as select a + 1 as a from t',
  },
  {
    name: 'view security_invoker',
    expect: ['security', 'view', 'parameter security_invoker'],
    both: t,
    left: 'create view v with (security_invoker) as select a from t',
    right: 'create view v as select a from t',
  },
  {
    name: 'view security_barrier',
    expect: ['security', 'view', 'parameter security_barrier'],
    both: t,
    left: 'create view v as select a from t',
    right: 'create view v with (security_barrier) as select a from t',
  },
  {
    name: 'view check option',
    expect: ['semantic', 'view', 'check option'],
    both: t,
    left: 'create view v as select a from t where a > 0 with local check option',
    right: 'create view v as select a from t where a > 0 with cascaded check option',
  },
  {
    name: 'view column default',
    expect: ['semantic', 'column', 'only-left'],
    both: `${t} create view v as select a from t;`,
    left: 'alter view v alter a set default 5',
  },
  {
    name: 'materialized view not populated',
    expect: ['semantic', 'materialized view', 'populated'],
    both: t,
    left: 'create materialized view m as select a from t with no data',
    right: 'create materialized view m as select a from t',
  },
  {
    name: 'rule',
    expect: ['semantic', 'rule', 'definition'],
    both: t,
    left: 'create rule r as on delete to t do instead nothing',
    right: 'create rule r as on update to t do instead nothing',
  },
  {
    name: 'rule disabled',
    expect: ['semantic', 'rule', 'enabled'],
    both: `${t} create rule r as on delete to t do instead nothing;`,
    left: 'alter table t disable rule r',
  },
];
