import type { Event } from './event.ts';
import type { Migration, MigrationOutcome, StatementRecord } from './migration.ts';
import type { Phase } from './phase.ts';
import type { MigrationRecord, RunRecord } from './run-record.ts';
import { withoutUndefined } from './without-undefined.ts';

/** Reads events in their order. */
export function recordRun(events: Iterable<Event>): RunRecord {
  const found: RunRecord = {
    phases: new Map(),
    gates: new Map(),
    findings: new Map(),
    failures: [],
    migrations: new Map(),
    counts: new Map(),
    comparisons: [],
    artifacts: new Map(),
    leftovers: new Map(),
    output: [],
    parities: [],
    attestations: [],
    answers: [],
    retries: [],
    backfills: [],
    queries: [],
    cuts: [],
    waysBack: [],
    smoke: [],
    objects: {},
  };
  for (const event of events) {
    switch (event.type) {
      case 'run-started':
        found.header = event.header;
        break;
      case 'run-finished':
        found.end = event;
        break;
      case 'phase-started':
        phaseOf(found, event.phase).outcome = 'unfinished';
        break;
      case 'phase-finished':
        Object.assign(phaseOf(found, event.phase), { outcome: event.outcome, summary: event.summary, durationMs: event.durationMs });
        break;
      case 'step':
        phaseOf(found, event.phase).steps.push(event.text);
        break;
      case 'output':
        found.output.push(event);
        break;
      case 'source-read':
        found.source = event.facts;
        break;
      case 'migrations-read':
        found.repo = { tool: event.tool, migrations: event.migrations };
        break;
      case 'cloned':
        found.cloned = { imageId: event.imageId, dataAsOf: event.dataAsOf, server: event.server, database: event.database };
        break;
      case 'sealed':
        found.rootSha256 = event.rootSha256;
        break;
      case 'copied':
        found.copy = event.report;
        break;
      case 'lineage-read':
        found.lineage = {
          ...{ applied: event.applied, pending: event.pending.map((one) => one.revision), unknown: event.unknown },
          ...withoutUndefined({ heads: event.heads }),
        };
        // Read again on another clone, it doesn't undo what is known of a migration.
        for (const one of event.pending) if (!found.migrations.has(one.revision)) found.migrations.set(one.revision, startMigration(one));
        break;
      case 'anchor-compared':
        found.parities.push(event.parity);
        break;
      case 'stamped':
        found.stamp = event.report;
        break;
      case 'tool-answered':
        found.answers.push(event.answer);
        break;
      case 'history-applied':
        found.applied = event.report;
        break;
      case 'statement':
        takeStatement(found.migrations, event.statement);
        break;
      case 'migration-finished':
        takeOutcome(found.migrations, event.outcome);
        break;
      case 'recorded':
        found.recording = event.recording;
        break;
      case 'traffic':
        found.traffic = event.report;
        break;
      case 'retried':
        found.retries.push(event.rehearsal);
        break;
      case 'costed':
        found.cost = event.report;
        break;
      case 'backfilled':
        found.backfills.push(event.report);
        break;
      case 'rolled-back':
        found.waysBack.push(event.report);
        break;
      case 'cut':
        found.cuts.push(event.cut);
        break;
      case 'queries':
        found.queries.push(event.report);
        break;
      case 'compared':
        found.comparisons.push({ phase: event.phase, scope: event.scope, differences: event.differences, ...withoutUndefined({ waivers: event.waivers }) });
        break;
      case 'clone-complete':
        found.cloneComplete = { database: event.database, at: event.at, lsn: event.lsn };
        break;
      case 'isolated':
        found.isolation = event.report;
        break;
      case 'attested':
        found.attestations.push({ what: event.what, by: event.by, at: event.at, text: event.text });
        break;
      case 'required-objects':
        found.requiredObjects = event.report;
        break;
      case 'counted':
        found.counts.set(event.moment, event.counts);
        break;
      case 'preserved':
        found.preservation = event.report;
        break;
      case 'preflighted':
        found.preflight = event.report;
        break;
      case 'objects-planned':
        found.objects.plan = event.report;
        break;
      case 'objects-synced':
        found.objects.synced = event.report;
        break;
      case 'object-references':
        found.objects.references = event.report;
        break;
      case 'tables-planned':
        syncOf(found).plan = event.plan;
        break;
      case 'tables-synced':
        syncOf(found).tables = event.report;
        break;
      case 'after-sync':
        syncOf(found).after.push(event.step);
        break;
      case 'smoked':
        found.smoke.push(event.report);
        break;
      case 'finding':
        // The same fault has the same id in two phases, such as drift and schema-gate: both are told.
        found.findings.set(`${event.finding.phase}\n${event.finding.id}`, event.finding);
        break;
      case 'gate':
        found.gates.set(`${event.gate.phase}\n${event.gate.gate}`, event.gate);
        break;
      case 'artifact':
        found.artifacts.set(event.artifact.path, event.artifact);
        break;
      case 'resource':
        if (event.what === 'not-removed') found.leftovers.set(event.resource.id, { resource: event.resource, ...withoutUndefined({ failure: event.failure }) });
        if (event.what === 'removed') found.leftovers.delete(event.resource.id);
        break;
      case 'failure':
        found.failures.push({ phase: event.phase, failure: event.failure });
        break;
      case 'tunnel':
      case 'progress':
        break;
      default:
        // An event of a newer version: a summary tells what it understands.
        event satisfies never;
    }
  }
  return found;
}

function syncOf(found: RunRecord) {
  found.sync ??= { after: [] };
  return found.sync;
}

function phaseOf(found: RunRecord, phase: Phase) {
  const known = found.phases.get(phase) ?? { phase, outcome: 'unfinished' as const, summary: '', steps: [] };
  found.phases.set(phase, known);
  return known;
}

function startMigration(one: Pick<Migration, 'revision'> & Partial<Pick<Migration, 'file' | 'sha256'>>): MigrationRecord {
  return { revision: one.revision, ...withoutUndefined({ file: one.file, sha256: one.sha256 }), statements: [], attempts: 0 };
}

function migrationOf(migrations: Map<string, MigrationRecord>, revision: string): MigrationRecord {
  const known = migrations.get(revision) ?? startMigration({ revision });
  migrations.set(revision, known);
  return known;
}

function takeStatement(migrations: Map<string, MigrationRecord>, statement: StatementRecord): void {
  const migration = migrationOf(migrations, statement.migration);
  const last = migration.statements.at(-1);
  // Counting from the start again means that the migration was run again, on a new clone: the earlier attempt is void.
  if (last === undefined || statement.index <= last.index) {
    migration.statements = [];
    migration.attempts += 1;
    delete migration.outcome;
  }
  migration.statements.push(statement);
}

function takeOutcome(migrations: Map<string, MigrationRecord>, outcome: MigrationOutcome): void {
  const migration = migrationOf(migrations, outcome.migration);
  if (migration.attempts === 0) migration.attempts = 1;
  migration.outcome = outcome;
}
