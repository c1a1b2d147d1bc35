import { lockSentence, lockWeight } from '../recording/lock-weight.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { lockedScans } from '../scan-under-lock/locked-scans.ts';
import { showDuration } from '../show-duration.ts';
import { validatedUnderLock } from './about.ts';
import { validationWay } from './validation-way.ts';
import { type Validation, validationsOf } from './validations.ts';

export const validatedUnderLockCheck: RecordingCheck = { about: validatedUnderLock, rootCause: 'lock', judge: judgeValidated };

/** Constraints for whose sake a locked table was read as a whole. */
function judgeValidated(run: RecordedRun): readonly Sighting[] {
  return lockedScans(run).flatMap(({ statement, root, tables, hold }) =>
    validationsOf(run, statement, root).flatMap((validation): readonly Sighting[] => {
      const weight = lockWeight(run, hold, tables);
      if (weight === undefined) return [];
      const name = run.nameOf(root);
      const [object, what] =
        validation.what === 'not null'
          ? [{ kind: 'column', name: `${name}.${validation.column}` }, `NOT NULL of ${name}.${validation.column}`]
          : [
              { kind: 'constraint', name: `${validation.constraint.name} on ${name}` },
              `${titles[validation.constraint.kind]} ${validation.constraint.name} on ${name}`,
            ];
      return [
        {
          weight,
          object,
          title: `${what} was validated under a lock of ${showDuration(hold.heldMs)}`,
          detail: `${showStatement(statement)}${sameTransaction(validation, hold.statement === statement)}. ${lockSentence(run, hold, tables)}`,
          statement,
          safeWay: validationWay(run, root, validation),
        },
      ];
    }),
  );
}

const titles = { check: 'Check', 'foreign key': 'Foreign key', 'primary key': 'Primary key', unique: 'Unique key', exclusion: 'Exclusion' } as const;

/** VALIDATE CONSTRAINT lets writers through by itself, but not behind a statement that has locked them out. */
function sameTransaction(validation: Validation, own: boolean): string {
  return own || (validation.what === 'constraint' && !validation.wasThere) ? '' : ', in the transaction of an earlier statement that holds the lock';
}
