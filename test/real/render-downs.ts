import { restoring, tellDifference, tellFailure, tellStates, tellWritten } from './down-states.ts';
import type { KnownDown } from './known-downs.ts';
import { rowsPerTable, type TriedDown, type TriedHistory } from './rehearse-downs.ts';

type Known = Readonly<Record<string, KnownDown>>;

/** The page about the ways down of real histories. Pure. */
export function renderDowns(histories: readonly TriedHistory[], known: Readonly<Record<string, Known>>): string {
  const sections = histories.map((history) => section(history, known[history.project] ?? {}));
  return `# Ways down of real projects

Every migration of three public projects with ways down, rehearsed with the engine of \`pgrehearse rollback\` on PostgreSQL 18: applied, taken back from the state just after it, and compared with
what was before, the schema by both engines and the rows by their hashes; then applied once more. Three times: without rows; with up to ${rowsPerTable} generated rows in every table before the
migration, where what is lost is counted in values; and with as many written after it, where it only counts whether the way down still runs, and which rows it deletes of tables that stay.
What a dropped table or column held is gone in any case, and not listed here.

The rows are generated from the catalogs: they are what the schema allows, not what the projects’ applications write (for river’s fourth migration they are made to meet the checks that it adds).
A loss or an error in the last two columns says what can happen, not that
it happened to anybody. The order of columns alone isn’t counted as a fault. *By hand*: the same was seen with psql and the project’s own files.

\`npm run test:real\` compares all of this with a new rehearsal; \`-- downs -u\` writes it anew.

${sections.join('\n')}`;
}

function section({ project, downs, together }: TriedHistory, known: Known): string {
  const rows = downs.map((down) => `| ${[down.migration, ...tellStates(down), why(known[down.migration])].map(cell).join(' | ')} |`);
  const refused = refusals(downs);
  const whole = 'failure' in together.empty ? tellFailure('fails', together.empty.failure) : together.empty.differences.map(tellDifference).join('; ');
  return `## ${project}

${count(downs, known)}

| Migration | Without rows | Rows before it | Rows after it | Why |
|---|---|---|---|---|
${rows.join('\n')}

All ${downs.length} together, the last one first: without rows ${whole === '' ? 'restored' : whole}; with rows written after the last one ${tellWritten(together.written)}${place(together.written.failure?.place)}.
${refused.length === 0 ? '' : `\nTables that took fewer than ${rowsPerTable} rows: ${refused.join(', ')}.\n`}`;
}

function count(downs: readonly TriedDown[], known: Known): string {
  const of = (index: 0 | 1 | 2, isFault: (state: string) => boolean) =>
    downs.filter(({ migration }) => isFault((known[migration]?.states ?? restoring)[index])).length;
  const schema = of(0, (state) => state.includes('schema'));
  const data = of(1, (state) => state.includes('data'));
  const fails = of(1, (state) => state.startsWith('fails'));
  const since = of(2, (state) => state !== 'runs');
  return `Ways down: ${downs.length}. That don’t restore the schema: ${schema}. With rows before the migration, that don’t bring all values back: ${data}; that fail: ${fails}. With rows after it, that fail or delete rows: ${since}.`;
}

function why(known: KnownDown | undefined): string {
  return known === undefined ? '' : `${known.why}${known.byHand ? ' *By hand.*' : ''}`;
}

function place(where: { readonly file: string; readonly line?: number } | undefined): string {
  return where === undefined ? '' : ` (${where.file}${where.line === undefined ? '' : `, line ${where.line}`})`;
}

function refusals(downs: readonly TriedDown[]): readonly string[] {
  const fewest = new Map<string, number>();
  for (const { table, rows } of downs.flatMap((down) => down.rows)) {
    if (rows < rowsPerTable) fewest.set(table, Math.min(rows, fewest.get(table) ?? rowsPerTable));
  }
  return [...fewest].sort(([left], [right]) => (left < right ? -1 : 1)).map(([table, rows]) => `${table} (${rows})`);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
