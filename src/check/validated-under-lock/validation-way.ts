import type { Advice } from '../../core/explained-comparison.ts';
import { derivedName } from '../recording/derived-name.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { Validation } from './validations.ts';

const apart = 'Each statement in a transaction of its own: behind the first one, the lock is held to the end of its transaction.';

/** The same constraint, added without reading and validated beside the writers. */
export function validationWay(run: RecordedRun, table: number, validation: Validation): Advice {
  const name = run.nameOf(table);
  const timeout = `set lock_timeout = '2s'`;
  if (validation.what === 'constraint') {
    const { constraint } = validation;
    const definition = constraint.definition.replace(/ NOT VALID$/, '');
    return {
      statements: [
        timeout,
        `-- reads nothing\nalter table ${name} add constraint ${constraint.name} ${definition} not valid`,
        `-- reads all rows, while they are read and written\nalter table ${name} validate constraint ${constraint.name}`,
      ],
      notes: [apart],
    };
  }
  const { column } = validation;
  const check = derivedName(name, `_${column.replaceAll('"', '')}_not_null`);
  if (run.after.serverVersionNum >= 180_000)
    return {
      statements: [
        timeout,
        `-- reads nothing\nalter table ${name} add constraint ${check} not null ${column} not valid`,
        `-- reads all rows, while they are read and written\nalter table ${name} validate constraint ${check}`,
      ],
      notes: [apart],
    };
  return {
    statements: [
      timeout,
      `-- reads nothing\nalter table ${name} add constraint ${check} check (${column} is not null) not valid`,
      `-- reads all rows, while they are read and written\nalter table ${name} validate constraint ${check}`,
      `-- believes the check, and reads nothing\nalter table ${name} alter column ${column} set not null`,
      `alter table ${name} drop constraint ${check}`,
    ],
    notes: [apart],
  };
}
