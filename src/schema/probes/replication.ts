import type { Probe } from './probe.ts';
import { table as t } from './samples.ts';

/** It connects to nothing. */
const subscription = (options: string) =>
  `create subscription sub_$s connection 'host=x dbname=x password=hidden' publication p with (connect = false, slot_name = none${options})`;

export const replicationProbes: readonly Probe[] = [
  { name: 'publication missing', expect: ['semantic', 'publication', 'only-left'], left: 'create publication p_$s' },
  {
    name: 'publication of all tables',
    expect: ['semantic', 'publication', ''],
    left: 'create publication p_$s for all tables',
    right: 'create publication p_$s',
  },
  {
    name: 'publication operations',
    expect: ['semantic', 'publication', ''],
    left: "create publication p_$s with (publish = 'insert')",
    right: "create publication p_$s with (publish = 'insert, delete')",
  },
  {
    name: 'publication truncate',
    expect: ['semantic', 'publication', ''],
    left: "create publication p_$s with (publish = 'insert, update, delete')",
    right: 'create publication p_$s',
  },
  {
    name: 'publication via the root',
    expect: ['semantic', 'publication', ''],
    left: 'create publication p_$s with (publish_via_partition_root)',
    right: 'create publication p_$s',
  },
  {
    name: 'publication of generated columns',
    expect: ['semantic', 'publication', ''],
    left: 'create publication p_$s with (publish_generated_columns = stored)',
    right: 'create publication p_$s',
    since: 18,
  },
  { name: 'published table', expect: ['semantic', 'publication', 'table '], both: `${t} create publication p_$s;`, left: 'alter publication p_$s add table t' },
  {
    name: 'published schema',
    expect: ['semantic', 'publication', 'schema '],
    both: 'create publication p_$s;',
    left: 'alter publication p_$s add tables in schema $s',
  },
  {
    name: 'publication filter',
    expect: ['semantic', 'publication', 'table '],
    both: `${t} create publication p_$s;`,
    left: 'alter publication p_$s add table t where (a > 0)',
    right: 'alter publication p_$s add table t where (a > 1)',
  },
  {
    name: 'publication columns',
    expect: ['semantic', 'publication', 'table '],
    both: `${t} create publication p_$s;`,
    left: 'alter publication p_$s add table t (a)',
    right: 'alter publication p_$s add table t (a, b)',
  },
  { name: 'subscription missing', expect: ['semantic', 'subscription', 'only-left'], left: subscription('') },
  ...(
    [
      ['publications', subscription('').replace('publication p ', 'publication p, q ')],
      ['connection', subscription('').replace('host=x', 'host=y')],
      ['slot', subscription('').replace('slot_name = none', 'slot_name = other')],
      ['binary', subscription(', binary')],
      ['streaming', subscription(', streaming')],
      ['commit', subscription(', synchronous_commit = local')],
      ['disable on error', subscription(', disable_on_error')],
      ['two-phase commit', subscription(', two_phase')],
      ['origin', subscription(', origin = none'), 16],
      ['password', subscription(', password_required = false'), 16],
      ['run as owner', subscription(', run_as_owner'), 16],
      ['failover', subscription(', failover'), 17],
    ] as const
  ).map(
    ([what, left, since]): Probe => ({
      name: `subscription ${what}`,
      expect: ['semantic', 'subscription', ''],
      left,
      right: subscription(''),
      ...(since !== undefined && { since }),
    }),
  ),
  {
    name: 'subscription owner',
    expect: ['security', 'subscription', 'owner'],
    both: `${subscription('')};`,
    left: "update pg_subscription set subowner = '$role'::regrole where subname = 'sub_$s' and subdbid = (select oid from pg_database where datname = current_database())",
  },
  {
    name: 'comment on a subscription',
    expect: ['comment', 'subscription', 'comment'],
    both: `${subscription('')};`,
    left: "comment on subscription sub_$s is 'x'",
  },
  {
    name: 'security label of a subscription',
    expect: ['security', 'subscription', 'security label'],
    both: `${subscription('')};`,
    left: "insert into pg_seclabel select oid, 'pg_subscription'::regclass, 0, 'dummy', 'secret' from pg_subscription where subname = 'sub_$s' and subdbid = (select oid from pg_database where datname = current_database())",
  },
];
