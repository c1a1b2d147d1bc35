import type { Phase } from '../../src/core/phase.ts';
import type { RootCause } from '../../src/core/root-cause.ts';

/** Changes a text: what stands there, and what stands there instead; what isn't found is a fault of the variant. */
export type Edit = readonly (readonly [from: string, to: string])[];

/** One way in which the example's deploy can be broken, and what a rehearsal has to say of it. */
export interface BrokenVariant {
  readonly name: string;
  /** What somebody did, and why it must stop. */
  readonly about: string;
  /** Run in production as superuser, after production.sql. */
  readonly production?: string | undefined;
  /** Of files below backend/alembic; undefined: deleted. */
  readonly files?: Readonly<Record<string, Edit | undefined>> | undefined;
  /** Put in the place of the configuration's own parts. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What the plan tolerates (data.parityPercent). */
  readonly parityPercent?: number;
  /** A run is made and approved before anything is broken, and named in the configuration. */
  readonly approved?: true;
  readonly expect: {
    readonly rootCause: RootCause;
    /** Where the run stops: no later phase begins. */
    readonly stopsIn: Phase;
    /** Whether the clone was stamped before; unless given, it is where the run stops in `migrate`. */
    readonly stamped?: true;
    /** Of findings that block the deploy. */
    readonly findings: readonly string[];
    /** Of what the migrations met. */
    readonly sqlstate?: string;
    /** First lines of logs. */
    readonly logs: Readonly<Record<string, RegExp>>;
  };
}

const versions = 'versions';
const conflict = (sqlstate: string, what: string) => [`forbidden-error:statement:${what}:${sqlstate}`];
const notRun = /^NOT RUN: /;
const failed = /^FAILED: /;
const passed = /^PASSED: /;
const [attestation, rows, parity, stamp, upgrade] = [
  'clone_provisioning_attestation.log',
  'clone_rowcount_parity.log',
  'clone_anchor_structural_parity_0019.log',
  'clone_stamp_anchor.log',
  'clone_upgrade_0019_to_head.log',
] as const;

/** Of 3,600 statements: more than the 0.1 percent that the plan tolerates, where three are less. */
const forgotten = 4;

/** In the order of the plan's phases. */
export const brokenVariants: readonly BrokenVariant[] = [
  {
    name: 'two-heads',
    about: 'Somebody forgot to commit the revision that merges both branches.',
    files: { [`${versions}/70a79686336c_merge_ai_tables.py`]: undefined },
    expect: { rootCause: 'multiple-heads', stopsIn: 'preconditions', findings: ['lineage:history:heads'], logs: { [attestation]: failed, [rows]: notRun } },
  },
  {
    name: 'wrong-head',
    about: 'The commit that is rehearsed isn’t the one that is to be deployed: another revision follows the merge.',
    files: { [`${versions}/70a79686336c_merge_ai_tables.py`]: [['revision = "70a79686336c"', 'revision = "81b8a797447d"']] },
    expect: { rootCause: 'dependency-order', stopsIn: 'preconditions', findings: ['lineage:history:head'], logs: { [attestation]: failed, [rows]: notRun } },
  },
  {
    name: 'row-parity',
    about: 'A function that an index calls was changed since, and removes old statements: the copy builds the index anew, and has fewer rows than production.',
    production: `
      create function public.forget_statements() returns integer language sql as 'select 0';
      create function public.retention(fund integer) returns integer language plpgsql immutable as 'begin return fund + public.forget_statements(); end';
      create index funds_retention_idx on public.funds (public.retention(id));
      create or replace function public.forget_statements() returns integer language sql
        as 'delete from public.investor_statements where id <= ${forgotten}; select 0';
    `,
    parityPercent: 0.1,
    expect: {
      rootCause: 'fidelity',
      stopsIn: 'fidelity',
      findings: ['row-parity:table:public.investor_statements'],
      logs: { [rows]: failed, [parity]: notRun },
    },
  },
  {
    name: 'drift-at-the-anchor',
    about: 'Somebody changed production by hand: it isn’t what the repo says that it was at 0019.',
    production: 'alter table public.investments alter column company drop not null',
    expect: {
      rootCause: 'schema-drift',
      stopsIn: 'lineage',
      findings: ['anchor-parity:column:public.investments.company:not null'],
      logs: { [rows]: passed, [parity]: failed, [stamp]: /^NOT RUN: Stamp - phase lineage ended before that: / },
    },
  },
  {
    name: 'edited-migration',
    about: 'A revision that production has long had was edited after the rehearsal that was approved.',
    approved: true,
    files: { [`${versions}/0009_investments.py`]: [['"""What the funds have invested in."""', '"""What the funds invested in."""']] },
    expect: {
      rootCause: 'history-edited',
      stopsIn: 'lineage',
      findings: ['lineage:revision:0009_investments:edited'],
      // What is applied is known once the stamp says it.
      stamped: true,
      logs: { [parity]: passed, [stamp]: passed, [upgrade]: notRun },
    },
  },
  {
    name: 'duplicate-table',
    about: 'A branch that was written beside 0023 makes one of its tables, too.',
    files: {
      [`${versions}/0023_cash_impact_and_risk.py`]: [['        "cash_impact_flags",\n', '        "covenant_status_register",\n']],
    },
    expect: {
      rootCause: 'structural-parity',
      stopsIn: 'migrate',
      sqlstate: '42P07',
      findings: conflict('42P07', 'CREATE TABLE covenant_status_register'),
      logs: { [stamp]: passed, [upgrade]: failed },
    },
  },
  {
    name: 'duplicate-table-swallowed',
    about: 'The same, and the revision catches the error and goes on: Alembic ends well.',
    files: {
      [`${versions}/0023_cash_impact_and_risk.py`]: [
        [
          'def upgrade():\n',
          [
            'def upgrade():',
            '    try:',
            '        with op.get_bind().begin_nested():',
            '            op.create_table("covenant_status_register", sa.Column("id", sa.BigInteger))',
            '    except sa.exc.ProgrammingError:',
            '        pass  # somebody was faster',
            '',
          ].join('\n'),
        ],
      ],
    },
    expect: {
      rootCause: 'structural-parity',
      stopsIn: 'migrate',
      sqlstate: '42P07',
      findings: conflict('42P07', 'CREATE TABLE covenant_status_register'),
      logs: { [stamp]: passed, [upgrade]: failed },
    },
  },
  {
    name: 'missing-column',
    about: '0021 reads a column that was never made.',
    files: { [`${versions}/0021_currency_of_investments.py`]: [['f.base_currency', 'f.reporting_currency']] },
    expect: {
      rootCause: 'dependency-order',
      stopsIn: 'migrate',
      sqlstate: '42703',
      findings: conflict('42703', 'update public.investments i'),
      logs: { [stamp]: passed, [upgrade]: failed },
    },
  },
  {
    name: 'enum-conflict',
    about: '0023 makes the enum that 0020 has made.',
    files: {
      [`${versions}/0023_cash_impact_and_risk.py`]: [
        ['def upgrade():\n', "def upgrade():\n    op.execute(\"create type flag_severity as enum ('info', 'alert')\")\n"],
      ],
    },
    expect: {
      rootCause: 'structural-parity',
      stopsIn: 'migrate',
      sqlstate: '42710',
      findings: conflict('42710', 'create type flag_severity'),
      logs: { [stamp]: passed, [upgrade]: failed },
    },
  },
  {
    name: 'backfill-volume',
    about: '0021 lost a condition: every investment gets its fund’s currency, also those that have one.',
    files: { [`${versions}/0021_currency_of_investments.py`]: [['where f.id = i.fund_id and i.currency is null', 'where f.id = i.fund_id']] },
    expect: {
      rootCause: 'data-volume',
      stopsIn: 'migrate',
      findings: ['row-bounds:table:public.investments:updated'],
      logs: { [stamp]: passed, [upgrade]: failed },
    },
  },
  {
    name: 'lock-timeout',
    about: 'A report reads while the deploy wants its table for itself, and the deploy doesn’t get it in time.',
    files: { 'env.py': [['lock_timeout=5s', 'lock_timeout=1s']] },
    config: { traffic: { tables: ['public.monthly_report_packs'], longReaderSeconds: 3600 } },
    expect: {
      rootCause: 'lock',
      stopsIn: 'migrate',
      sqlstate: '55P03',
      findings: conflict('55P03', 'ALTER TABLE monthly_report_packs'),
      logs: { [stamp]: passed, [upgrade]: failed },
    },
  },
];
