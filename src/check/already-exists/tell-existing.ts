import type { SqlErrorFields } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { causeOfSqlstate } from '../../core/forbidden-error.ts';
import type { StatementRecord } from '../../core/migration.ts';
import type { ObjectName } from '../../core/object-name.ts';
import { alreadyExists as about } from './about.ts';

export interface ToldExisting {
  readonly object: ObjectName;
  /** Undefined where that could not be found out. */
  readonly identical: boolean | undefined;
  readonly isThere: readonly string[];
  readonly wouldBe: readonly string[];
  readonly sentence: string;
}

/** Says what stood in a failed statement's way, and whether it is what the statement would make. A pure function. */
export function tellExisting({ object, identical, isThere, wouldBe, sentence }: ToldExisting, statement: StatementRecord, error: SqlErrorFields): Finding {
  const how = identical === undefined ? 'whether it is the same isn’t known' : identical ? 'it is the same' : 'it is another';
  return {
    id: findingId(about.check, object),
    check: about.check,
    phase: about.phase,
    severity: 'blocker',
    rootCause: causeOfSqlstate(error.sqlstate) ?? 'sql-error',
    object,
    title: `The ${object.kind} ${object.name} that statement ${statement.index} of ${statement.migration} makes is there already, and ${how}`,
    detail: sentence,
    ...(identical === false && { expected: wouldBe.join('\n'), actual: isThere.join('\n') }),
    migration: statement.migration,
    place: statement.place,
    sql: error,
    cure: about.cure,
  };
}
