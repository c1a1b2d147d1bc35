import { derivedName } from './derived-name.ts';

/**
 * NOT NULL for a column that has no null any more, without reading the rows under a lock: SET NOT NULL believes a valid check.
 *
 * @example setNotNull('public.invoice', 'total')[1] // 'alter table public.invoice validate constraint invoice_total_not_null'
 */
export function setNotNull(table: string, column: string): readonly string[] {
  const check = derivedName(table, `_${column.replaceAll('"', '')}_not_null`);
  return [
    `-- reads nothing\nalter table ${table} add constraint ${check} check (${column} is not null) not valid`,
    `-- reads all rows, while they are read and written\nalter table ${table} validate constraint ${check}`,
    `-- believes the check, and reads nothing\nalter table ${table} alter column ${column} set not null`,
    `alter table ${table} drop constraint ${check}`,
  ];
}
