import type { ObjectSet } from '../../compare/schema-object.ts';
import { parameterAction } from './advise-options.ts';
import { adviseTable } from './advise-table.ts';
import { type Advised, advised, type Change, unknown, withNote } from './change.ts';
import { dropStatement } from './drop-statement.ts';
import { makeObject } from './statements-of.ts';

/** A view or materialized view. */
export function adviseView(change: Change): Advised | undefined {
  const { kind, name, property = '', want, wantObject, wants } = change;
  if (kind === 'materialized view') {
    if (property === 'populated')
      return advised({ stage: 'rules and triggers', sql: `REFRESH MATERIALIZED VIEW ${name}${want === 'no' ? ' WITH NO DATA' : ''}` });
    if (property !== 'definition') return adviseTable(change);
    const drop = dropStatement({ kind, name });
    if (wantObject === undefined || drop === undefined) return undefined;
    const steps = [drop, ...makeObject(wantObject, wants)];
    return withNote({ steps, notes: [] }, 'It is made and filled again, with its indexes; views that read it must be dropped before.');
  }
  if (property === 'check option')
    return advised({ stage: 'views', sql: `ALTER VIEW ${name} ${want === undefined ? 'RESET (check_option)' : `SET (check_option = ${want})`}` });
  if (property.startsWith('parameter ')) return advised({ stage: 'views', sql: `ALTER VIEW ${name} ${parameterAction(change)}` });
  if (property !== 'definition' && property !== 'columns') return undefined;
  const made = wantObject?.statements.findLast((sql) => / VIEW /.test(sql.slice(0, 40)));
  if (made === undefined) return undefined;
  if (made.includes("'hidden ")) return unknown('Its statement holds a secret, which is not shown.');
  if (wantObject !== undefined && !isRead(name, change.has)) {
    // Nothing reads it, so that its columns may change too.
    const steps = [{ stage: 'views' as const, sql: `DROP VIEW ${name}` }, ...makeObject(wantObject, wants)];
    return withNote({ steps, notes: [] }, 'It is dropped and made again with its rights and comments: nothing else in the schema reads it.');
  }
  const advice = advised({ stage: 'views', sql: made.replace(/^CREATE (?!OR REPLACE )/, 'CREATE OR REPLACE ') });
  return withNote(
    advice,
    'Postgres only adds columns at the end of a view this way; for any other change of its columns, drop it first with the views that read it.',
  );
}

/** Whether the text of any other object names it. */
function isRead(name: string, has: ObjectSet): boolean {
  const form = new RegExp(`(?<![\\w".])${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\w"])`);
  return has.all().some((object) => object.name !== name && object.parent !== name && object.statements.some((sql) => form.test(sql)));
}
