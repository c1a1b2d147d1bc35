import type { Advice } from '../../core/explained-comparison.ts';
import { derivedName } from '../recording/derived-name.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import { setNotNull } from '../recording/set-not-null.ts';
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
  if (run.after.serverVersionNum >= 180_000) {
    const check = derivedName(name, `_${column.replaceAll('"', '')}_not_null`);
    return {
      statements: [
        timeout,
        `-- reads nothing\nalter table ${name} add constraint ${check} not null ${column} not valid`,
        `-- reads all rows, while they are read and written\nalter table ${name} validate constraint ${check}`,
      ],
      notes: [apart],
    };
  }
  return { statements: [timeout, ...setNotNull(name, column)], notes: [apart] };
}
