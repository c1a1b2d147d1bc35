import type { ColumnMask, MaskingSettings } from '../../../config/schema.ts';
import { type ColumnPath, showColumnPath } from '../column-path.ts';
import type { Decision } from '../decisions.ts';
import type { ColumnCatalog, MaskableColumn } from '../read-columns.ts';
import { looksPersonal, type Suspicion } from './looks-personal.ts';
import { suggestMask } from './suggest-mask.ts';

/** A column about which somebody has to decide. Holds no value of it. */
export interface UndecidedColumn extends ColumnPath {
  readonly name: string;
  readonly type: string;
  readonly why: string;
  readonly suggestion: ColumnMask;
}

/**
 * Columns that need a decision and have none: those that look personal; with `strict` all that aren't obviously harmless. What a foreign key
 * ties to one of them needs the same decision.
 *
 * @param suspects what is known besides, by column name: see sampleValues.
 */
export function findUndecided(
  catalog: ColumnCatalog,
  decisions: readonly Decision[],
  { strict }: Pick<MaskingSettings, 'strict'>,
  suspects: ReadonlyMap<string, Suspicion> = new Map(),
): readonly UndecidedColumn[] {
  const decided = new Map(decisions.map((decision) => [decision.name, decision]));
  const columns = new Map(catalog.columns.map((column) => [showColumnPath(column), column]));
  const found = new Map<string, UndecidedColumn>();
  const note = (column: MaskableColumn, why: string, suggestion: ColumnMask) => {
    const { schema, table, column: own, type } = column;
    const name = showColumnPath(column);
    if (!decided.has(name)) found.set(name, { schema, table, column: own, name, type, why, suggestion });
  };
  for (const [name, column] of columns) {
    if (decided.has(name)) continue;
    const suspicion = looksPersonal(column) ?? suspects.get(name);
    if (suspicion !== undefined) note(column, suspicion.why, suggestMask(column, suspicion));
    else if (strict && !isHarmless(column)) note(column, 'it could hold anything', suggestMask(column, { why: '' }));
  }
  // Both ends of a foreign key have to become the same, so whoever decides about one decides about the other.
  const waiting = [...found.values()];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const column = columns.get(next.name);
    for (const other of [...(column?.references ?? []), ...(column?.referencedBy ?? [])]) {
      const tied = columns.get(other);
      if (tied === undefined || found.has(other) || decided.has(other)) continue;
      note(tied, `a foreign key ties it to ${next.name}`, next.suggestion);
      const added = found.get(other);
      if (added !== undefined) waiting.push(added);
    }
  }
  // What is referenced says which: its own decision where there is one, else what is proposed for it.
  const agreed = (name: string, seen: readonly string[]): ColumnMask | undefined => {
    const next = columns.get(name)?.references.find((other) => !seen.includes(other) && (decided.has(other) || found.has(other)));
    return next === undefined ? (decided.get(name)?.mask ?? found.get(name)?.suggestion) : agreed(next, [...seen, name]);
  };
  return [...columns.keys()].flatMap((name) => {
    const column = found.get(name);
    return column === undefined ? [] : [{ ...column, suggestion: agreed(name, []) ?? column.suggestion }];
  });
}

/** What nobody has to think about: keys, numbers, flags, times, labels. */
function isHarmless({ kind, generated, identity, primaryKey, references }: MaskableColumn): boolean {
  if (generated || identity) return true;
  switch (kind.kind) {
    case 'boolean':
    case 'integer':
    case 'numeric':
    case 'time':
    case 'enum':
      return true;
    case 'uuid':
      return primaryKey || references.length > 0;
    case 'other':
      return ['float4', 'float8', 'money', 'time', 'timetz', 'interval', 'oid', 'pg_lsn', 'bit', 'varbit'].includes(kind.name);
    default:
      return false;
  }
}
