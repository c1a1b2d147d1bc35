import type { Migration } from '../../core/migration.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showDuration } from '../measures.ts';
import type { Block } from './document.ts';
import type { DeployedMigration } from './runbook-input.ts';

/** What is deployed: each migration, the tables that it was seen to touch, how risky the team takes it to be, and how it is taken back. */
export function inventory(deployed: readonly DeployedMigration[], evidence: RunSummary | undefined): readonly Block[] {
  if (deployed.length === 0) return [{ kind: 'text', text: 'No migration is pending.' }];
  const rows = deployed.map(({ migration, told, rehearsed }) => [
    migration.revision,
    told?.about ?? '',
    tablesOf(migration, evidence) ?? (evidence === undefined ? 'not rehearsed yet' : 'not seen'),
    `${told?.risk ?? 'not told'}${told?.why === undefined ? '' : `: ${told.why}`}`,
    rollbackStrategy(migration, evidence),
    rehearsed?.outcome === undefined ? 'unknown' : showDuration(rehearsed.outcome.durationMs),
  ]);
  return [{ kind: 'table', head: ['Migration', 'What it does', 'Tables, as seen', 'Risk', 'Way back', 'Took'], rows }, ...window(evidence)];
}

/** Tables that a migration's statements made, dropped, wrote to or locked, as the recorder saw them. */
function tablesOf({ revision }: Migration, evidence: RunSummary | undefined): string | undefined {
  const recording = evidence?.recording;
  if (recording === undefined) return undefined;
  const relations = new Map(recording.relations.map((relation) => [relation.oid, relation]));
  const names = new Set<string>();
  const take = (oid: number | undefined) => {
    const relation = oid === undefined ? undefined : relations.get(oid);
    const table = relation?.table === undefined ? relation : relations.get(relation.table);
    if (table?.kind === 'table' || table?.kind === 'partitioned table' || table?.kind === 'materialized view') names.add(table.nameAfter ?? table.name);
  };
  for (const statement of recording.statements.filter(({ migration }) => migration === revision)) {
    for (const { relation } of [...(statement.written ?? []), ...(statement.rewrites ?? [])]) take(relation);
    for (const { relation, mode } of statement.locks ?? []) if (mode !== 'AccessShareLock' && mode !== 'RowShareLock') take(relation);
    for (const { kind, name } of [...(statement.created ?? []), ...(statement.dropped ?? [])])
      if (['table', 'view', 'schema', 'materialized view', 'type'].includes(kind)) names.add(kind === 'table' ? name : `${kind} ${name}`);
  }
  return names.size === 0 ? 'none' : [...names].sort().join(', ');
}

function rollbackStrategy({ revision, down, downFile }: Migration, evidence: RunSummary | undefined): string {
  if (down === undefined) return 'restore a backup';
  const step = evidence?.waysBack.find(({ way }) => way === 'down')?.steps.find(({ migration }) => migration === revision);
  const file = downFile ?? 'its own way down';
  return step?.outcome === 'done'
    ? `${file} (rehearsed, ${showDuration(step.backMs ?? 0)})`
    : `${file} (${step === undefined ? 'not rehearsed' : `rehearsed: ${step.outcome}`})`;
}

function window(evidence: RunSummary | undefined): readonly Block[] {
  const predicted = evidence?.cost?.window;
  if (predicted === undefined) return [];
  const text = `All together took ${showDuration(predicted.measuredMs)} on the clone; expect ${showDuration(predicted.lowMs)} to ${showDuration(predicted.highMs)} in production.`;
  return [{ kind: 'text', text }];
}
