import { quoteLiteral } from '../../../sql/quote.ts';
import { parameterAction } from './advise-options.ts';
import { type Advised, advised, type Change, type Step, unknown, withNote } from './change.ts';
import { dropStatement } from './drop-statement.ts';
import { splitLast, splitOn } from './split-name.ts';
import { stageOf } from './stages.ts';
import { addConstraint, ownStatements } from './statements-of.ts';

/** A constraint of a table, or an index of its own. */
export function adviseConstraint(change: Change): Advised | undefined {
  const { kind, name, property = '', want, have, wantObject, haveObject } = change;
  const names = kind === 'constraint' ? splitOn(name) : undefined;
  const table = names?.table ?? haveObject?.parent ?? wantObject?.parent ?? '';
  // The index behind a key has the key's name, in the table's schema.
  const index = kind === 'index' ? name : `${splitLast(table).before}.${names?.own}`;
  if (property === 'name') return adviseRename(change);
  if (property === 'validated') {
    if (want === 'yes' && names !== undefined) {
      return withNote(
        advised({ stage: 'foreign keys', sql: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${names.own}` }),
        'All rows are read; one that breaks it stops this.',
      );
    }
    const sql = wantObject === undefined ? undefined : addConstraint(wantObject, false);
    const drop = dropStatement({ kind, name });
    return sql === undefined || drop === undefined ? undefined : advised(drop, { stage: stageOf(sql), sql });
  }
  if (property === 'validated apart from its parent') {
    if (names === undefined || !(want === 'yes' || have === 'no')) return unknown('A constraint that is validated stays so; the other side lacks the proof.');
    return withNote(advised({ stage: 'foreign keys', sql: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${names.own}` }), 'All rows of this table are read.');
  }
  if (property === 'enforced apart from its parent') return unknown('Only the parent’s constraint can be altered.');
  if (property === 'enforcing triggers') return adviseTriggers(change);
  if (property === 'valid') {
    return want === undefined || want === 'yes'
      ? withNote(
          advised({ stage: 'attach indexes', sql: `REINDEX INDEX ${index}` }),
          'Writing to the table waits meanwhile; REINDEX INDEX CONCURRENTLY, outside of a transaction, doesn’t make it wait.',
        )
      : unknown('An index that is not valid is made by a statement that failed; there is none that should make it so.');
  }
  if (property.startsWith('parameter ')) return advised({ stage: 'attach indexes', sql: `ALTER INDEX ${index} ${parameterAction(change)}` });
  if (property === 'tablespace') return advised({ stage: 'attach indexes', sql: `ALTER INDEX ${index} SET TABLESPACE ${want ?? 'pg_default'}` });
  if (property.startsWith('statistics of column ')) {
    return advised({
      stage: 'attach indexes',
      sql: `ALTER INDEX ${index} ALTER COLUMN ${property.slice('statistics of column '.length)} SET STATISTICS ${want ?? '-1'}`,
    });
  }
  if (property === 'attached to' && want !== undefined && have === undefined) {
    return advised({ stage: 'attach indexes', sql: `ALTER INDEX ${want} ATTACH PARTITION ${index}` });
  }
  if (property === 'attached to') return unknown('An index can’t be detached: drop the index that it is attached to, and make that one again.');
  return remake(change);
}

/** Dropped, and made as the other side has it. */
function remake({ kind, name, wantObject }: Change): Advised | undefined {
  const drop = dropStatement({ kind, name });
  if (drop === undefined || wantObject === undefined) return undefined;
  return withNote(
    advised(drop, ...ownStatements(wantObject)),
    'Building it reads all rows, and other sessions wait for the lock; what depends on it must be dropped before.',
  );
}

function adviseRename({ kind, have, want }: Change): Advised | undefined {
  if (have === undefined || want === undefined) return undefined;
  const [from, to] = [splitOn(have), splitOn(want)];
  if (from !== undefined && to !== undefined) {
    const sql: Readonly<Record<string, string>> = {
      constraint: `ALTER TABLE ${from.table} RENAME CONSTRAINT ${from.own} TO ${to.own}`,
      trigger: `ALTER TRIGGER ${from.own} ON ${from.table} RENAME TO ${to.own}`,
      rule: `ALTER RULE ${from.own} ON ${from.table} RENAME TO ${to.own}`,
      policy: `ALTER POLICY ${from.own} ON ${from.table} RENAME TO ${to.own}`,
    };
    return sql[kind] === undefined ? undefined : advised({ stage: 'settings of columns', sql: sql[kind] });
  }
  const words = kind === 'statistics' ? 'STATISTICS' : 'INDEX';
  return advised({ stage: 'settings of columns', sql: `ALTER ${words} ${have} RENAME TO ${splitLast(want).last}` });
}

/** Other indexes, triggers, rules, policies and statistics that are only called differently. */
export function adviseName(change: Change): Advised | undefined {
  return change.property === 'name' ? adviseRename(change) : undefined;
}

/** The triggers of a foreign key are named by numbers that differ from database to database, so that they have to be looked for. */
function adviseTriggers({ name, want }: Change): Advised | undefined {
  const names = splitOn(name);
  if (names === undefined) return undefined;
  const wanted = new Map(
    (want ?? '').split(', ').flatMap((part) => {
      const found = /^(.*): (disabled|on replicas|always|enabled)$/s.exec(part);
      return found === null ? [] : [[found[1] ?? '', found[2] ?? ''] as const];
    }),
  );
  const words: Readonly<Record<string, string>> = { disabled: 'DISABLE', 'on replicas': 'ENABLE REPLICA', always: 'ENABLE ALWAYS', enabled: 'ENABLE' };
  const cases = [...wanted].map(([trigger, state]) => `WHEN ${quoteLiteral(trigger)} THEN ${quoteLiteral(words[state] ?? 'ENABLE')}`);
  const choose =
    cases.length === 0 ? `'ENABLE'` : `CASE format('%I.%I on %I.%I', fn.nspname, p.proname, n.nspname, c.relname) ${cases.join(' ')} ELSE 'ENABLE' END`;
  const sql = `DO $advice$
DECLARE statement text;
BEGIN
  FOR statement IN
    SELECT format('ALTER TABLE %I.%I %s TRIGGER %I', n.nspname, c.relname, ${choose}, t.tgname)
      FROM pg_catalog.pg_trigger t
      JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
      JOIN pg_catalog.pg_namespace fn ON fn.oid = p.pronamespace
      JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint
     WHERE t.tgisinternal AND k.conname = ${quoteLiteral(identifier(names.own))} AND k.conrelid = ${quoteLiteral(names.table)}::pg_catalog.regclass
  LOOP
    EXECUTE statement;
  END LOOP;
END
$advice$`;
  const step: Step = { stage: 'switches', sql };
  return withNote(advised(step), 'Needs a superuser. Rows that were written while it was off have not been checked.');
}

function identifier(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
