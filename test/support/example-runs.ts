import type { Event, RunHeader } from '../../src/core/event.ts';
import type { JournalEntry } from '../../src/core/evidence.ts';
import { failure } from '../../src/core/failure.ts';
import { type Finding, findingId } from '../../src/core/finding.ts';
import type { GateResult } from '../../src/core/gate.ts';
import { type Phase, type PhaseOutcome, phases } from '../../src/core/phase.ts';
import { type RunSummary, summarise } from '../../src/core/run-summary.ts';
import type { ComparisonScope } from '../../src/core/schema-difference.ts';
import type { CopyReport, RoleFacts, SourceFacts } from '../../src/core/source-facts.ts';

/** Events as real runs send them, for the tests of all reports. The company is that of examples/tenant-rename. */
export const exampleEvents = {
  blocker: () => blockerEvents(),
  pass: () => passEvents(),
  inconclusive: () => inconclusiveEvents(),
  failedMigration: () => failedMigrationEvents(),
  torn: () => blockerEvents().slice(0, 38),
  empty: () => [],
  hostile: () => hostileEvents(),
} satisfies Record<string, () => readonly Event[]>;

export type ExampleRun = keyof typeof exampleEvents;
export const exampleNames = Object.keys(exampleEvents) as ExampleRun[];

export function exampleSummary(name: ExampleRun): RunSummary {
  return summarise(journal(exampleEvents[name]()));
}

export function journal(events: readonly Event[]): JournalEntry[] {
  return events.map((event, index) => ({
    seq: index + 1,
    at: new Date(Date.UTC(2026, 10, 21, 2, 45, 0, index * 400)).toISOString(),
    event,
    previousSha256: fakeHash(index),
    sha256: fakeHash(index + 1),
  }));
}

function fakeHash(seed: number): string {
  return Array.from({ length: 64 }, (_, index) => ((seed * 31 + index * 7 + seed * index) % 16).toString(16)).join('');
}

const exampleHeader: RunHeader = {
  runId: '20261121-024500-7f3a',
  title: 'Arrowroot Books: legal_entity becomes tenant (as first proposed)',
  source: 'reader@replica.arrowroot.example:5432/arrowroot',
  projectFolder: '/srv/arrowroot',
  toolVersion: '0.1.0',
  nodeVersion: '24.21.0',
  platform: 'linux x64',
  host: 'ci-runner-7',
  user: 'ci',
  configSha256: fakeHash(99),
  git: { commit: '9f8c2d41e07b6a5536d0c9f1b6d1a4470e3c7712', dirty: true },
};

function role(name: string, change: Partial<RoleFacts> = {}): RoleFacts {
  const none = { superuser: false, inherit: true, createRole: false, createDb: false, canLogin: true, replication: false, bypassRls: false };
  return { name, ...none, connectionLimit: -1, settings: {}, ...change };
}

const exampleFacts: SourceFacts = {
  kind: 'url',
  label: 'reader@replica.arrowroot.example:5432/arrowroot',
  database: 'arrowroot',
  major: 18,
  serverVersion: '18.4',
  locale: { encoding: 'UTF8', collate: 'C.UTF-8', ctype: 'C.UTF-8', provider: 'libc' },
  dataAsOf: '2026-11-21T02:44:58.000Z',
  sizeBytes: 214_000_000,
  isStandby: true,
  extensions: [
    { name: 'btree_gist', version: '1.8', schema: 'public' },
    { name: 'plpgsql', version: '1.0', schema: 'pg_catalog' },
  ],
  languages: ['plpgsql'],
  features: [],
  roles: [role('arrowroot_app'), role('arrowroot_migrator'), role('arrowroot_readonly', { canLogin: false })],
  memberships: [{ role: 'arrowroot_readonly', member: 'arrowroot_app', grantor: 'postgres', admin: false, inherit: true, set: true }],
  databaseSettings: ['timezone=UTC'],
  databaseOwner: 'arrowroot_migrator',
  unknown: [],
};

const tables = [
  ['public.account', 1440],
  ['public.accounting_period', 720],
  ['public.app_user', 600],
  ['public.customer', 9600],
  ['public.document', 18_000],
  ['public.inbound_event', 24_000],
  ['public.invoice', 48_000],
  ['public.invoice_line', 120_000],
  ['public.ledger_entry', 96_000],
  ['public.legal_entity', 120],
  ['public.payment', 21_600],
  ['public.plan', 4],
  ['public.product', 2400],
  ['public.schema_migrations', 4],
] as const;

function counts(change: (table: string, rows: number) => [string, number] = (table, rows) => [table, rows]) {
  return tables.map(([table, rows]) => {
    const [renamed, count] = change(table, rows);
    const [schema = '', name = ''] = renamed.split('.');
    return { schema, table: name, rows: count };
  });
}

const copyReport: CopyReport = {
  sourceCounts: counts(),
  rows: 342_488,
  bytes: 71_400_000,
  durationMs: 2310,
  snapshotHeldMs: 2480,
  ddlBy: 'pg_dump 18 (WebAssembly)',
  losses: [
    {
      object: { kind: 'publication', name: 'analytics_feed' },
      message: 'The publication was left out: nothing may leave a clone.',
      cure: 'None is needed; it is compared from the catalog.',
    },
  ],
  harmless: ['schema "public" already exists'],
};

function scope(change: Partial<ComparisonScope> = {}): ComparisonScope {
  return {
    engines: ['pg_dump text by object', 'catalog supplement'],
    leftServer: 'PostgreSQL 18.4 (clone)',
    rightServer: 'PostgreSQL 18.4 (baseline)',
    objectsCompared: 412,
    kinds: {
      table: 20,
      column: 168,
      constraint: 96,
      index: 41,
      policy: 10,
      function: 7,
      trigger: 16,
      view: 4,
      'materialized view': 1,
      sequence: 15,
      type: 3,
      acl: 31,
    },
    excluded: ['public.schema_migrations (rows of the ledger: compared by revision)'],
    notCompared: ['large objects', 'row contents'],
    cycles: 1,
    leftFingerprint: fakeHash(3),
    rightFingerprint: fakeHash(4),
    ...change,
  };
}

function phase(name: Phase, outcome: PhaseOutcome, summary: string, durationMs: number, inside: readonly Event[] = []): Event[] {
  return [{ type: 'phase-started', phase: name }, ...inside, { type: 'phase-finished', phase: name, outcome, summary, durationMs }];
}

function gate(name: string, where: Phase, proof: string, summary: string, change: Partial<GateResult> = {}): Event {
  return {
    type: 'gate',
    gate: { gate: name, phase: where, required: true, outcome: 'passed', couldFail: true, proof, summary, findingIds: [], durationMs: 42, ...change },
  };
}

const routeEvent = (key: string) => `create or replace function public.route_inbound_event() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  the_tenant bigint;
begin
  the_tenant := (new.payload ->> '${key}')::bigint;
  if the_tenant is null then
    new.status := 'unroutable';
    return new;
  end if;
  new.tenant_id := the_tenant;
  new.status := 'queued';
  new.received_at := clock_timestamp();
  insert into audit.routed (event_id, tenant_id) values (new.id, the_tenant);
  perform pg_notify('inbound', new.id::text);
  return new;
end
$$`;

function finding(change: Omit<Finding, 'id' | 'severity'> & { severity?: Finding['severity'] }, property?: string): Finding {
  return { severity: 'blocker', ...change, id: findingId(change.check, change.object, property) };
}

const rename = 'migrations/flawed/0006_rename_legal_entity_to_tenant.sql';

const exampleFindings: readonly Finding[] = [
  finding(
    {
      check: 'schema',
      phase: 'schema-gate',
      rootCause: 'structural-parity',
      object: { kind: 'function', name: 'public.route_inbound_event()' },
      title: 'Function public.route_inbound_event() has another body than in the baseline',
      detail: 'Postgres doesn’t check function bodies when something that they use is renamed. One line of 19 differs.',
      expected: routeEvent('tenant_id'),
      actual: routeEvent('legal_entity_id'),
      differenceClass: 'semantic',
      migration: '0007_route_events_by_tenant',
      place: { file: 'migrations/flawed/0007_route_events_by_tenant.sql', line: 3 },
      cure: 'Replace the function in migration 0007 with the text of schema/head.sql.',
      showSql: "select pg_get_functiondef('public.route_inbound_event()'::regprocedure);",
      artifacts: ['schema-gate/clone.sql', 'schema-gate/baseline.sql'],
    },
    'body',
  ),
  finding({
    check: 'schema',
    phase: 'schema-gate',
    rootCause: 'structural-parity',
    object: { kind: 'policy', name: 'tenant_isolation on public.document' },
    title: 'Policy tenant_isolation on public.document is missing after the migrations',
    detail: 'Row level security stays on, so that without any policy the application sees no documents at all.',
    expected: `create policy tenant_isolation on public.document to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());`,
    differenceClass: 'security',
    migration: '0006_rename_legal_entity_to_tenant',
    place: { file: rename, line: 61 },
    cure: 'Rename the policy instead of dropping it: alter policy legal_entity_isolation on public.document rename to tenant_isolation;',
    showSql: '\\d public.document',
    artifacts: ['schema-gate/clone.sql', 'schema-gate/baseline.sql'],
  }),
  finding(
    {
      check: 'schema',
      phase: 'schema-gate',
      rootCause: 'structural-parity',
      object: { kind: 'index', name: 'public.invoice_open_idx' },
      title: 'Index public.invoice_open_idx has another predicate than in the baseline',
      expected: "create index invoice_open_idx on public.invoice using btree (tenant_id, due_on) where (status = any (array['issued', 'overdue']));",
      actual: "create index invoice_open_idx on public.invoice using btree (tenant_id, due_on) where (status = 'issued');",
      differenceClass: 'semantic',
      migration: '0009_index_open_invoices',
      place: { file: 'migrations/flawed/0009_index_open_invoices.sql', line: 2 },
      cure: 'Create the index with the predicate of schema/head.sql.',
      showSql: '\\d public.invoice_open_idx',
    },
    'predicate',
  ),
  finding({
    check: 'schema',
    phase: 'schema-gate',
    rootCause: 'structural-parity',
    object: { kind: 'constraint', name: 'accounting_period_tenant_id_fkey on public.accounting_period' },
    title: 'Foreign key accounting_period_tenant_id_fkey on public.accounting_period is missing after the migrations',
    expected: 'foreign key (tenant_id) references public.tenant (id)',
    differenceClass: 'semantic',
    migration: '0006_rename_legal_entity_to_tenant',
    place: { file: rename, line: 48 },
    cure: 'Rename the constraint instead of dropping it.',
    showSql: '\\d public.accounting_period',
  }),
  finding(
    {
      check: 'row-bounds',
      phase: 'data-gate',
      rootCause: 'data-volume',
      object: { kind: 'table', name: 'public.invoice' },
      title: 'The migrations updated 9,412 rows of public.invoice; 3,187 were expected',
      detail: 'The bound is a query that was run on the clone before migrating.',
      expected: '3,187 rows updated',
      actual: '9,412 rows updated',
      migration: '0008_mark_overdue_invoices',
      place: { file: 'migrations/flawed/0008_mark_overdue_invoices.sql', line: 4 },
      cure: 'Correct the condition of the UPDATE, or the bound if it is wrong.',
      showSql: "select status, count(*) from public.invoice where due_on >= date '2026-06-30' group by 1 order by 1;",
    },
    'updated',
  ),
  finding({
    check: 'invariant',
    phase: 'data-gate',
    rootCause: 'invariant',
    object: { kind: 'invariant', name: 'trial-balance-agrees' },
    title: 'Invariant trial-balance-agrees is violated: 240 rows, none were expected',
    detail: 'The balances that are kept equal those that the ledger adds up to. First row: account_id 2.',
    expected: 'no rows',
    actual: '240 rows',
    migration: '0010_keep_account_balances',
    cure: 'Correct the migration that fills account.balance_cents, or the invariant if the rule has changed.',
    showSql: `select b.account_id
from public.trial_balance b
where b.balance_cents <> (select sum(amount_cents) from public.ledger_entry where account_id = b.account_id);`,
  }),
  finding(
    {
      check: 'schema',
      phase: 'drift',
      severity: 'warning',
      rootCause: 'schema-drift',
      object: { kind: 'index', name: 'public.payment_received_idx' },
      title: 'Index public.payment_received_idx exists in production and not in the repo',
      actual: 'create index payment_received_idx on public.payment using btree (received_on);',
      differenceClass: 'physical',
      cure: 'Add a migration that creates it if it doesn’t exist, or drop it in production.',
    },
    'existence',
  ),
  finding({
    check: 'fidelity',
    phase: 'fidelity',
    severity: 'note',
    rootCause: 'fidelity',
    object: { kind: 'publication', name: 'analytics_feed' },
    title: 'Publication analytics_feed is not on the clone, on purpose',
    cure: 'None is needed.',
  }),
];

const [body, policy, index, foreignKey, bounds, invariant, drift, note] = exampleFindings.map((one) => one.id);
const ids = (...some: (string | undefined)[]) => some.filter((one) => one !== undefined);

const invariants = [
  ['other-tenants-stay-hidden', 'row level security switched off in a rolled-back transaction: 47,600 rows became visible'],
  ['own-invoices-are-seen', 'policy dropped in a rolled-back transaction: the rows disappeared'],
  ['ledger-refuses-update', 'triggers switched off in a rolled-back transaction: the UPDATE went through'],
  ['ledger-refuses-truncate', 'triggers switched off in a rolled-back transaction: the TRUNCATE went through'],
  ['ledger-balances', 'an entry of 1 cent inserted in a rolled-back transaction: 1 row came'],
] as const;

const pending = [
  '0005_add_overdue_status',
  '0006_rename_legal_entity_to_tenant',
  '0007_route_events_by_tenant',
  '0008_mark_overdue_invoices',
  '0009_index_open_invoices',
  '0010_keep_account_balances',
];
const fileOf = (revision: string) => `migrations/flawed/${revision}.sql`;

const statements: readonly [migration: number, line: number, tag: string, rows: number | null, durationMs: number, text: string][] = [
  [0, 1, 'ALTER TYPE', null, 2.1, "alter type public.invoice_status add value 'overdue' after 'issued'"],
  [1, 3, 'ALTER TABLE', null, 1.4, 'alter table public.legal_entity rename to tenant'],
  [1, 4, 'ALTER TABLE', null, 0.8, 'alter table public.app_user rename column legal_entity_id to tenant_id'],
  [1, 48, 'ALTER TABLE', null, 1.1, 'alter table public.accounting_period drop constraint accounting_period_legal_entity_id_fkey'],
  [1, 61, 'DROP POLICY', null, 0.7, 'drop policy legal_entity_isolation on public.document'],
  [
    1,
    70,
    'DO',
    null,
    18.2,
    "do $$\ndeclare\n  one record;\nbegin\n  for one in select conrelid::regclass as rel, conname from pg_constraint where conname like '%legal_entity%' loop\n    execute format('alter table %s rename constraint %I to %I', one.rel, one.conname, replace(one.conname, 'legal_entity', 'tenant'));\n  end loop;\nend\n$$",
  ],
  [2, 3, 'CREATE FUNCTION', null, 1.9, routeEvent('legal_entity_id')],
  [
    2,
    26,
    'UPDATE',
    24_000,
    412.6,
    "update public.inbound_event set payload = payload - 'legal_entity_id' || jsonb_build_object('tenant_id', payload -> 'legal_entity_id') where payload ? 'legal_entity_id'",
  ],
  [3, 4, 'UPDATE', 9412, 188.4, "update public.invoice set status = 'overdue' where status = 'issued'"],
  [4, 1, 'DROP INDEX', null, 2.2, 'drop index public.invoice_open_idx'],
  [4, 2, 'CREATE INDEX', null, 96.7, "create index invoice_open_idx on public.invoice (tenant_id, due_on) where status = 'issued'"],
  [5, 1, 'ALTER TABLE', null, 1.2, 'alter table public.account add column balance_cents bigint not null default 0'],
  [
    5,
    3,
    'UPDATE',
    1440,
    266.9,
    'update public.account a set balance_cents = (select coalesce(sum(amount_cents), 0) from public.ledger_entry l where l.account_id = a.id and l.payment_id is null)',
  ],
];

function migrationEvents(): Event[] {
  return pending.flatMap((revision, number): Event[] => {
    const own = statements.filter(([migration]) => migration === number);
    return [
      ...own.map(
        ([, line, tag, rows, durationMs, text], at): Event => ({
          type: 'statement',
          statement: { migration: revision, index: at + 1, place: { file: fileOf(revision), line }, text, tag, rows, durationMs },
        }),
      ),
      {
        type: 'migration-finished',
        outcome: { migration: revision, ranAs: 'one-transaction', durationMs: own.reduce((sum, one) => sum + one[4], 1.5), statements: own.length },
      },
    ];
  });
}

function beforeMigrating(): Event[] {
  return [
    { type: 'run-started', header: exampleHeader },
    ...phase('preconditions', 'passed', 'PostgreSQL 18.4 is here; 41 GB are free; dumps are ignored by git', 214, [
      gate('disk-space', 'preconditions', '41 GB free, 0.6 GB needed', 'There is room for copy, image and clones.'),
    ]),
    ...phase('provision', 'passed', '14 tables with 342,488 rows copied in 2.3 s', 6120, [
      { type: 'source-read', facts: exampleFacts },
      { type: 'step', phase: 'provision', text: 'Copying the schema with pg_dump 18 (WebAssembly)' },
      { type: 'progress', phase: 'provision', task: 'copying rows', done: 171_244, total: 342_488, unit: 'rows' },
      { type: 'copied', report: copyReport },
    ]),
    ...phase('fidelity', 'passed', 'The clone has production’s rows, roles and schema', 1380, [
      { type: 'counted', moment: 'source', counts: counts() },
      { type: 'counted', moment: 'clone', counts: counts() },
      gate('row-parity', 'fidelity', '14 tables counted on both sides', '342,488 rows on both sides.'),
      gate('role-parity', 'fidelity', '3 roles and 1 membership compared', 'Roles, memberships and role settings are the same.'),
      ...exampleFindings.filter((one) => one.id === note).map((one): Event => ({ type: 'finding', finding: one })),
    ]),
    ...phase('lineage', 'passed', '4 applied, 6 pending', 61, [
      {
        type: 'lineage-read',
        applied: ['0001_companies_and_people', '0002_invoices', '0003_ledger', '0004_documents_and_events'],
        pending: pending.map((revision, number) => ({ revision, file: fileOf(revision), sha256: fakeHash(20 + number) })),
        unknown: [],
      },
      gate('known-history', 'lineage', '4 ledger rows against 10 files', 'Every applied migration is in the repo.'),
    ]),
  ];
}

function blockerEvents(): Event[] {
  const schemaFindings = exampleFindings.filter((one) => one.phase === 'schema-gate');
  const dataFindings = exampleFindings.filter((one) => one.phase === 'data-gate');
  return [
    ...beforeMigrating(),
    ...phase('drift', 'passed', '1 difference, reported', 1940, [
      { type: 'compared', phase: 'drift', scope: scope({ cycles: 0, objectsCompared: 398 }), differences: 1 },
      ...exampleFindings.filter((one) => one.id === drift).map((one): Event => ({ type: 'finding', finding: one })),
      gate('schema-drift', 'drift', '398 objects compared', '1 object is in production and not in the repo.', {
        required: false,
        outcome: 'failed',
        findingIds: ids(drift),
      }),
    ]),
    ...phase('migrate', 'passed', '6 migrations, 13 statements, as arrowroot_migrator', 1240, [
      { type: 'counted', moment: 'before', counts: counts() },
      ...migrationEvents(),
      {
        type: 'counted',
        moment: 'after',
        counts: counts((table, rows) => [table.replace('legal_entity', 'tenant'), table === 'public.schema_migrations' ? 10 : rows]),
      },
      gate('migrations-apply', 'migrate', '13 statements ran as arrowroot_migrator', 'All 6 migrations applied.'),
    ]),
    ...phase('schema-gate', 'failed', '4 differences to the baseline', 2210, [
      { type: 'compared', phase: 'schema-gate', scope: scope(), differences: 4 },
      ...schemaFindings.map((one): Event => ({ type: 'finding', finding: one })),
      gate('schema-equality', 'schema-gate', '412 objects compared by two engines', '4 objects differ from the baseline.', {
        outcome: 'failed',
        findingIds: ids(body, policy, index, foreignKey),
        durationMs: 2105,
      }),
      { type: 'artifact', artifact: { path: 'schema-gate/clone.sql', title: 'The migrated clone’s schema', sizeBytes: 48_213, sha256: fakeHash(41) } },
      { type: 'artifact', artifact: { path: 'schema-gate/baseline.sql', title: 'The baseline’s schema', sizeBytes: 48_655, sha256: fakeHash(42) } },
    ]),
    ...phase('data-gate', 'failed', '1 bound and 1 invariant broken', 960, [
      ...dataFindings.map((one): Event => ({ type: 'finding', finding: one })),
      gate('row-bounds', 'data-gate', '4 tables with bounds; 24,000 rows were changed', 'public.invoice: 9,412 updated instead of 3,187.', {
        outcome: 'failed',
        findingIds: ids(bounds),
      }),
      ...invariants.map(([name, proof]) => gate(`invariant:${name}`, 'data-gate', proof, 'Holds.', { durationMs: 18 })),
      gate(
        'invariant:trial-balance-agrees',
        'data-gate',
        'a balance raised by 1 cent in a rolled-back transaction: 1 row came',
        '240 rows; none were expected.',
        {
          outcome: 'failed',
          findingIds: ids(invariant),
        },
      ),
    ]),
    ...phase('compatibility', 'not-applicable', 'No smoke command is configured', 0),
    ...phase('rollback', 'not-applicable', 'The migrations have no way down', 0),
    ...phase('verdict', 'failed', 'BLOCKER', 2),
    {
      type: 'run-finished',
      verdict: {
        kind: 'BLOCKER',
        rootCause: 'structural-parity',
        otherCauses: ['invariant', 'data-volume'],
        findingIds: ids(policy, foreignKey, body, index, invariant, bounds),
        summary: 'Policy tenant_isolation on public.document is missing after the migrations. And 5 more findings block the deploy.',
      },
      exitCode: 1,
      durationMs: 14_320,
      peakMemoryBytes: 168_000_000,
    },
  ];
}

function passEvents(): Event[] {
  const events = blockerEvents().filter((event) => event.type !== 'finding');
  return events.map((event): Event => {
    if (event.type === 'run-started')
      return {
        ...event,
        header: {
          ...exampleHeader,
          title: 'Arrowroot Books: legal_entity becomes tenant',
          git: { commit: '9f8c2d41e07b6a5536d0c9f1b6d1a4470e3c7712', dirty: false },
        },
      };
    if (event.type === 'gate')
      return {
        ...event,
        gate: { ...event.gate, outcome: 'passed', findingIds: [], summary: event.gate.outcome === 'passed' ? event.gate.summary : 'As expected.' },
      };
    if (event.type === 'compared') return { ...event, differences: 0 };
    if (event.type === 'phase-finished' && event.outcome === 'failed')
      return { ...event, outcome: 'passed', summary: event.phase === 'verdict' ? 'PASS' : 'Nothing was found' };
    if (event.type !== 'run-finished') return event;
    return { ...event, exitCode: 0, verdict: { kind: 'PASS', gatesPassed: 14, summary: 'All 14 required gates passed, each shown able to fail.' } };
  });
}

function inconclusiveEvents(): Event[] {
  const refused = failure('source-unreachable', 'replica.arrowroot.example:5432 refused the connection (ECONNREFUSED).', {
    object: 'replica.arrowroot.example:5432',
  });
  return [
    { type: 'run-started', header: exampleHeader },
    ...phase('preconditions', 'passed', 'PostgreSQL 18.4 is here; 41 GB are free', 214),
    { type: 'phase-started', phase: 'provision' },
    { type: 'failure', phase: 'provision', failure: refused },
    { type: 'phase-finished', phase: 'provision', outcome: 'inconclusive', summary: refused.message, durationMs: 10_021 },
    { type: 'phase-started', phase: 'verdict' },
    { type: 'phase-finished', phase: 'verdict', outcome: 'inconclusive', summary: 'INCONCLUSIVE', durationMs: 1 },
    {
      type: 'run-finished',
      verdict: {
        kind: 'INCONCLUSIVE',
        rootCause: 'connection',
        reasons: [refused.message, 'No required gate that judges the schema or the data passed and could have failed.'],
        failure: refused,
        summary: `${refused.message} (1 more reason)`,
      },
      exitCode: 4,
      durationMs: 10_302,
      peakMemoryBytes: 92_000_000,
    },
  ];
}

function failedMigrationEvents(): Event[] {
  const text = "update public.invoice\n   set status = 'overdue'\n where statu = 'issued'";
  const sql = {
    ...{ sqlstate: '42703', message: 'column "statu" does not exist', hint: 'Perhaps you meant to reference the column "invoice.status".' },
    ...{ position: 56, statement: text },
  };
  const failed = failure(
    'migration-failed',
    '0008_mark_overdue_invoices, statement 1 (migrations/flawed/0008_mark_overdue_invoices.sql:6) failed: column "statu" does not exist (SQLSTATE 42703). Left behind: nothing but the positions of sequences, since the transaction was rolled back.',
    { object: '0008_mark_overdue_invoices', place: { file: fileOf('0008_mark_overdue_invoices'), line: 6 }, sql },
  );
  const done = migrationEvents().filter(
    (event) => (event.type === 'statement' ? event.statement.migration : event.type === 'migration-finished' ? event.outcome.migration : '') < '0008',
  );
  return [
    ...beforeMigrating(),
    ...phase('drift', 'passed', 'Production equals the repo', 1940),
    { type: 'phase-started', phase: 'migrate' },
    { type: 'counted', moment: 'before', counts: counts() },
    ...done,
    {
      type: 'statement',
      statement: {
        migration: '0008_mark_overdue_invoices',
        index: 1,
        place: { file: fileOf('0008_mark_overdue_invoices'), line: 4 },
        text,
        rows: null,
        durationMs: 0.9,
        error: sql,
      },
    },
    {
      type: 'migration-finished',
      outcome: {
        migration: '0008_mark_overdue_invoices',
        ranAs: 'one-transaction',
        durationMs: 2,
        statements: 1,
        error: sql,
        leftBehind: 'nothing but the positions of sequences, since the transaction was rolled back',
      },
    },
    { type: 'failure', phase: 'migrate', failure: failed },
    { type: 'phase-finished', phase: 'migrate', outcome: 'failed', summary: failed.message, durationMs: 610 },
    ...phase('verdict', 'failed', 'BLOCKER', 1),
    {
      type: 'run-finished',
      verdict: { kind: 'BLOCKER', rootCause: 'sql-error', otherCauses: [], findingIds: [], summary: failed.message },
      exitCode: 1,
      durationMs: 10_870,
      peakMemoryBytes: 150_000_000,
    },
  ];
}

/** What a hostile database may hold, wherever a name or a text can stand. */
const hostileText = `"><script>alert('x')</script><img src=x onerror=alert(1)> \u001b[2J\u001b[31mred\u0007\r\nforged line \u202egnp.exe\u202c \`\`\` | [a](javascript:alert(1)) @everyone &amp; ' 表`;

function hostileEvents(): Event[] {
  const poison = <T>(value: T, key = ''): T => {
    if (typeof value === 'string') return (keptWords.has(key) ? value : `${value} ${hostileText}`) as T;
    if (Array.isArray(value)) return value.map((one) => poison(one, key)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poison(one, name)])) as T;
  };
  const leftover: Event = {
    type: 'resource',
    what: 'not-removed',
    resource: { id: 'r1', kind: 'folder', label: 'clone', facts: {}, kept: false, owner: { pid: 1, processStartedAt: '', host: '' }, createdAt: '' },
    failure: failure('cleanup-failed', 'it is busy'),
  };
  const output: Event = { type: 'output', phase: 'migrate', stream: 'stderr', line: 'NOTICE:' };
  const events = [...blockerEvents(), ...failedMigrationEvents().filter((event) => event.type === 'failure'), leftover, output];
  return events.map((event) => poison(event));
}

/** Fields whose values are the program's own words. */
const keptWords = new Set([
  ...['type', 'phase', 'outcome', 'severity', 'rootCause', 'otherCauses', 'kind', 'code', 'moment', 'unit', 'stream', 'what', 'ranAs', 'differenceClass'],
  ...['sha256', 'configSha256', 'leftFingerprint', 'rightFingerprint', 'dataAsOf', 'findingIds', 'migration', 'revision', 'provider'],
]);

/** Every phase is in the example, so that a report which forgets one fails its tests. */
export const phaseCount = phases.length;
