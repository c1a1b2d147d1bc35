import { countRows } from '../../../src/copy/parity/count-rows.ts';
import { hashTables } from '../../../src/copy/parity/hash-tables.ts';
import type { TableHash } from '../../../src/core/data.ts';
import { ok } from '../../../src/core/result.ts';
import type { Address } from '../../../src/core/server.ts';
import { compareSchemas } from '../../../src/schema/compare-schemas.ts';
import { ask } from '../own-server.ts';
import { testContext } from '../test-context.ts';

/** All that differs between two databases, one sentence each; nothing when the second is a true copy of the first. */
export async function differencesOf(source: Address, copy: Address, exclude: readonly string[] = []): Promise<readonly string[]> {
  const context = testContext();
  const different: string[] = [];
  const options = { materializedViews: false };
  const counts = await Promise.all([countRows(context, source, options), countRows(context, copy, options)]);
  const [given, taken] = counts.map((list) => new Map(list.map(({ schema, table, rows }) => [`${schema}.${table}`, rows])));
  for (const name of new Set([...(given?.keys() ?? []), ...(taken?.keys() ?? [])])) {
    if (given?.get(name) !== taken?.get(name)) different.push(`rows of ${name}: ${given?.get(name)} at the source, ${taken?.get(name)} in the copy`);
  }
  different.push(...differentHashes(await hashTables(context, source), await hashTables(context, copy)));
  for (const [what, query] of Object.entries(beside)) {
    const [left, right] = await Promise.all([ask(source, query), ask(copy, query)]);
    const lines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row));
    for (const line of lines(left)) if (!lines(right).includes(line)) different.push(`${what} only at the source: ${line}`);
    for (const line of lines(right)) if (!lines(left).includes(line)) different.push(`${what} only in the copy: ${line}`);
  }
  const sides = [
    { address: source, label: 'source' },
    { address: copy, label: 'copy' },
  ] as const;
  const compared = await compareSchemas(context, ...sides, { exclude, scratch: async () => ok({ ...copy, database: 'postgres' }) });
  if (!compared.ok) return [...different, `the schemas could not be compared: ${compared.failure.message}`];
  for (const difference of compared.value.differences) {
    if (difference.class === 'deparse-only') continue;
    const { object, property, left, right } = difference;
    different.push(
      `${difference.class} ${object.kind} ${object.name} ${property ?? ''}: ${left ?? 'nothing'} at the source, ${right ?? 'nothing'} in the copy`,
    );
  }
  return different;
}

function differentHashes(source: readonly TableHash[], copy: readonly TableHash[]): readonly string[] {
  const copied = new Map(copy.map((table) => [`${table.schema}.${table.table}`, table]));
  return source.flatMap((table) => {
    const name = `${table.schema}.${table.table}`;
    const other = copied.get(name);
    if (other === undefined) return [`${name} is not in the copy`];
    const columns = table.columns.flatMap(({ column, hash, values }, at) => {
      const found = other.columns[at];
      return found?.column === column && found.hash === hash && found.values === values ? [] : [`content of ${name}.${column} differs`];
    });
    return columns.length > 0 || other.rowHash === table.rowHash ? columns : [`rows of ${name} differ`];
  });
}

/** What is neither a row of a table nor a part of the schema. */
const beside = {
  'large object': `select l.oid, pg_get_userbyid(lomowner) as owner, lomacl::text as rights, md5(lo_get(l.oid)) as md5, obj_description(l.oid, 'pg_largeobject') as comment
     from pg_largeobject_metadata l order by 1`,
  sequence: `select schemaname, sequencename, last_value, start_value, increment_by, cycle, cache_size, data_type::text from pg_sequences where schemaname !~ '^pg_' order by 1, 2`,
  'materialized view': `select schemaname, matviewname, ispopulated from pg_matviews order by 1, 2`,
};
