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
    // Before PostgreSQL 18 a foreign key of a partitioned table can't be NOT VALID, but it takes those of its partitions over.
    const parts = constraint.kind === 'foreign key' && run.after.serverVersionNum < 180_000 ? partitionsOf(run, table) : [];
    if (parts.length > 0) {
      return {
        statements: [
          timeout,
          ...parts.flatMap((part) => [
            `alter table ${part} add constraint ${constraint.name} ${definition} not valid`,
            `alter table ${part} validate constraint ${constraint.name}`,
          ]),
          `-- takes those over, and reads nothing\nalter table ${name} add constraint ${constraint.name} ${definition}`,
        ],
        notes: [apart],
      };
    }
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

/** The partitions that hold rows; none of a table that isn't partitioned. */
function partitionsOf(run: RecordedRun, table: number): readonly string[] {
  return run.after.tables.filter(({ oid, kind }) => oid !== table && kind === 'table' && run.rootOf(oid) === table).map(({ name }) => name);
}
