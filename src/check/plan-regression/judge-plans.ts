import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { PlannedTable, PlanScan, QueryPlan } from '../../core/queries.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { planRegression as about } from './about.ts';
import type { PlansInput } from './plans-input.ts';

export interface PlansOutcome extends CheckOutcome {
  /** By the query's id, a clause: how its plan became worse. */
  readonly regressed: ReadonlyMap<string, string>;
}

/** Findings that are told. */
const told = 30;

/**
 * Judges whether queries on tables that the migrations touched are planned much worse than before: a large table that was read by an index is read whole, or the
 * estimated cost has grown by the factor. Both plans are made for any values of the parameters, from the same statistics. Pure.
 */
export function judgePlans(input: PlansInput): PlansOutcome {
  const startedAt = performance.now();
  const { policy, tables, queries } = input;
  const before = byName(tables.before);
  const after = byName(tables.after);
  const touched = touchedTables(tables.before, tables.after);
  const reads = (plan: QueryPlan, known: ReadonlyMap<string, PlannedTable>) => plan.scans.flatMap((scan) => known.get(nameOf(scan)) ?? []);
  const concerned = queries.filter(({ before: old, after: now }) => [...reads(old, before), ...reads(now, after)].some(({ oid }) => touched.has(oid)));
  const regressed = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { query, before: old, after: now } of concerned) {
    const lost = lostIndexes(input, old, now, before, after);
    const costlier = now.totalCost >= input.minCost && now.totalCost >= old.totalCost * input.factor;
    if (lost.length === 0 && !costlier) continue;
    const grown = `estimated cost ${cost(old.totalCost)} → ${cost(now.totalCost)}`;
    const why = [...lost.map(({ table, rows }) => `reads all of ${table}, ${showCount(rows, 'row')}, which it read by an index`), grown].join('; ');
    regressed.set(query.id, why);
    const object = { kind: 'query', name: query.id };
    const often = query.callsPerHour === undefined ? [] : [`Production runs it about ${showCount(Math.round(query.callsPerHour), 'time')} an hour.`];
    const causes = causesOf(old, now, before, after);
    findings.push({
      id: findingId(about.check, object),
      check: about.check,
      phase: about.phase,
      severity: policy === 'fail' ? 'blocker' : 'warning',
      rootCause: 'compatibility',
      object,
      title: `A query of the application is planned worse after migrating: ${why}`,
      detail: [query.text.replaceAll(/\s+/g, ' ').slice(0, 400), ...often, ...(causes.length === 0 ? [] : [`Likely because ${causes.join('; ')}.`])].join('\n'),
      expected: old.lines.join('\n'),
      actual: now.lines.join('\n'),
      cure: about.cure,
      showSql: `set plan_cache_mode = force_generic_plan;\nprepare q as ${query.text};\nexplain execute q; -- with a null for each of its parameters`,
    });
  }
  const none = concerned.length === 0;
  const outcome = conclude({
    gate: about.check,
    phase: about.phase,
    required: policy === 'fail' && !none,
    notApplicable: none,
    couldFail: !none,
    proof: none
      ? 'no query that could be planned before and after reads a table that the migrations touched'
      : `${showCount(concerned.length, 'plan')} compared, on ${showCount(touched.size, 'table')} that the migrations touched; statistics are those of before migrating`,
    summary: none
      ? 'No query reads a table that the migrations touched.'
      : findings.length === 0
        ? 'No plan became much worse.'
        : `${showCount(findings.length, 'plan')} became much worse.`,
    findings: findings.slice(0, told),
    startedAt,
  });
  return { ...outcome, regressed };
}

function byName(tables: readonly PlannedTable[]): ReadonlyMap<string, PlannedTable> {
  return new Map(tables.map((table) => [nameOf(table), table]));
}

function nameOf({ schema, table }: Pick<PlanScan, 'schema' | 'table'>): string {
  return `${schema}.${table}`;
}

/** Those in which anything differs that a plan may depend on; their number in pg_class stays when they are renamed. */
function touchedTables(before: readonly PlannedTable[], after: readonly PlannedTable[]): ReadonlySet<string> {
  const known = new Map(before.map((table) => [table.oid, JSON.stringify(table)]));
  return new Set(after.filter((table) => known.get(table.oid) !== JSON.stringify(table)).map(({ oid }) => oid));
}

/** Large tables that were read by an index and now are read whole. */
function lostIndexes(
  { largeTableRows }: PlansInput,
  old: QueryPlan,
  now: QueryPlan,
  before: ReadonlyMap<string, PlannedTable>,
  after: ReadonlyMap<string, PlannedTable>,
): readonly { readonly table: string; readonly rows: number }[] {
  const scansOf = (plan: QueryPlan, known: ReadonlyMap<string, PlannedTable>) => Map.groupBy(plan.scans, (scan) => known.get(nameOf(scan))?.oid ?? '');
  const were = scansOf(old, before);
  return [...scansOf(now, after)].flatMap(([oid, scans]) => {
    const table = after.get(nameOf(scans[0] ?? { schema: '', table: '' }));
    if (oid === '' || table === undefined || table.rows < largeTableRows) return [];
    const whole = scans.some(({ node }) => node.includes('Seq Scan'));
    const byIndex = were.get(oid)?.every(({ node }) => !node.includes('Seq Scan')) === true;
    return whole && byIndex ? [{ table: nameOf(table), rows: table.rows }] : [];
  });
}

/** What happened to the tables that may have done it, a clause each. */
function causesOf(old: QueryPlan, now: QueryPlan, before: ReadonlyMap<string, PlannedTable>, after: ReadonlyMap<string, PlannedTable>): readonly string[] {
  const byOid = new Map([...before.values()].map((table) => [table.oid, table]));
  const read = new Set([
    ...old.scans.flatMap((scan) => before.get(nameOf(scan))?.oid ?? []),
    ...now.scans.flatMap((scan) => after.get(nameOf(scan))?.oid ?? []),
  ]);
  const causes = [...after.values()].flatMap((table) => {
    const was = byOid.get(table.oid);
    if (was === undefined || !read.has(table.oid)) return [];
    const used = new Set(old.scans.filter((scan) => nameOf(scan) === nameOf(was)).flatMap(({ indexes }) => indexes));
    const gone = [...used].filter((index) => !table.indexes.includes(index));
    const known = new Set(was.columns.filter(({ analysed }) => analysed).map(({ number }) => number));
    const unknown = table.columns.filter(({ number, analysed }) => known.has(number) && !analysed).map(({ name }) => name);
    return [
      ...gone.map((index) => `the index ${index} isn’t there any more, or has another name`),
      ...(unknown.length === 0 ? [] : [`the planner knows nothing any more of ${nameOf(table)} (${unknown.join(', ')}): ANALYZE it after migrating`]),
      ...(was.file === table.file ? [] : [`${nameOf(table)} was written anew`]),
      ...(table.bytes > was.bytes * 1.5 && was.bytes > 0
        ? [`${nameOf(table)} has grown from ${Math.round(was.bytes / 8192)} to ${Math.round(table.bytes / 8192)} pages`]
        : []),
    ];
  });
  return [...new Set(causes)];
}

function cost(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
