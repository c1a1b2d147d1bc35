import type { ViewEquals } from '../../../config/schema.ts';
import type { Session } from '../../../core/ports.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import { splitStatements } from '../../../sql/split-statements.ts';
import type { Breaking } from '../breakings.ts';
import { counted, countedRows } from '../counted.ts';
import type { Check } from '../probe.ts';
import { doubtful, type Plan, reading } from '../probe.ts';
import { readTable, type TableFacts } from '../table-facts.ts';
import { tryCheck } from '../try-check.ts';

/**
 * A view and its recomputation hold the same rows, each as often. Broken by a view that gives no rows: a recomputation that itself reads the view stays
 * equal then, and proves nothing. Throws SqlError.
 */
export async function planViewEquals(session: Session, { view: given, columns, sql, role, settings }: ViewEquals): Promise<Plan> {
  const view = await readTable(session, given, ['v', 'm']);
  if (view === undefined) return doubtful(`there is no view ${given} after migrating`, 'Correct the name in the invariant: it is the one after migrating.');
  const [statement, ...more] = splitStatements(sql);
  if (statement === undefined || more.length > 0) return doubtful('its recomputation is not one query', 'Write it as one SELECT.');
  const wanted = columns?.map(quoteIdentifier).join(', ') ?? '*';
  const [ofView, ofQuery] = [`select ${wanted} from ${view.name}`, `${statement.text}\n`];
  const difference = `((${ofView}) except all (${ofQuery})) union all ((${ofQuery}) except all (${ofView}))`;
  const check: Check = {
    sql: `select pg_catalog.count(*) from (select from (${difference}) as differing limit ${countedRows}) as counted`,
    role,
    settings,
    answer: 'value',
  };
  // As the role: it is its rows that are compared.
  const some = await tryCheck(session, { sql: `select exists (${ofView})`, role, settings, answer: 'value' });
  if (some.kind === 'seen' && some.seen.kind === 'value' && some.seen.value === false) {
    return doubtful(
      `${view.name} has no rows${role === undefined ? '' : ` for ${role}`}, so that nothing is compared`,
      'Rehearse on data that has rows of it.',
    );
  }
  return {
    probes: [
      {
        subject: `${view.name} and its recomputation`,
        check,
        ...counted(0, 'differing row'),
        breakings: async () => [await emptied(session, view, role)],
        showSql: `select 'only in the view' as where_, d.* from ((${ofView}) except all (${ofQuery})) d\nunion all\nselect 'only in the recomputation', d.* from ((${ofQuery}) except all (${ofView})) d\nlimit 100;`,
        cure: 'Correct the view, or refresh it where it is materialized; or the recomputation, if the rule has changed.',
        proofCure: 'Let the recomputation read the tables and not the view.',
      },
    ],
    doubts: [],
    remarks: [],
    warnings: [],
    reads: [reading(ofView), reading(statement.text, { role, settings })],
  };
}

const definitionQuery = 'select pg_catalog.pg_get_viewdef($1::pg_catalog.oid) as definition';

async function emptied(session: Session, { oid, schema, name, kind, owner }: TableFacts, role: string | undefined): Promise<Breaking> {
  const what = `${name} replaced by one without rows`;
  if (kind === 'v') {
    const [row] = await session.query<{ definition: string }>(definitionQuery, [oid]);
    const definition = (row?.definition ?? '').trim().replace(/;$/, '');
    return { what, statements: [`create or replace view ${name} as select given.* from (${definition}\n) as given where false`] };
  }
  const rights = [
    `alter view ${name} owner to ${quoteIdentifier(owner)}`,
    ...(role === undefined ? [] : [`grant select on ${name} to ${quoteIdentifier(role)}`]),
  ];
  const statements = [
    `alter materialized view ${name} rename to pgrehearse_set_aside`,
    `create view ${name} as select given.* from ${schema}.pgrehearse_set_aside as given where false`,
    ...rights,
  ];
  return { what, statements };
}
