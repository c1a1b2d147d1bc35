import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { ObjectName } from '../../core/object-name.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { leftovers } from './about.ts';
import type { InvalidIndex, Leftovers, UnvalidatedConstraint } from './read-leftovers.ts';

/**
 * Judges what is unfinished after migrating and wasn't before. An invalid index blocks; the index of a partitioned table that waits for its partitions,
 * and a constraint that is NOT VALID, are warned of, since both may be meant for a later migration.
 */
export function judgeLeftovers(before: Leftovers, after: Leftovers): CheckOutcome {
  const startedAt = performance.now();
  const known = new Set([...before.invalidIndexes, ...before.unvalidated].map(({ oid }) => oid));
  const findings = [
    ...after.invalidIndexes.filter(({ oid }) => !known.has(oid)).map(invalidIndex),
    ...after.unvalidated.filter(({ oid }) => !known.has(oid)).map(unvalidated),
  ];
  const looked = after.indexes + after.constraints;
  return conclude({
    gate: 'leftovers',
    phase: leftovers.phase,
    required: looked > 0,
    notApplicable: looked === 0,
    couldFail: looked > 0,
    proof:
      looked > 0
        ? `${showCount(after.indexes, 'index').replace(/indexs$/, 'indexes')} and ${showCount(after.constraints, 'constraint')} looked at`
        : 'there is neither an index nor a constraint',
    summary: findings.length === 0 ? 'Nothing was left unfinished.' : `${findings[0]?.title}${findings.length > 1 ? `, and ${findings.length - 1} more` : ''}.`,
    findings,
    startedAt,
  });
}

function invalidIndex({ name, table, partitioned, unique }: InvalidIndex): Finding {
  const what = partitioned
    ? 'is invalid: not every partition has its part of it'
    : `is invalid: it serves no query${unique ? ', does not guarantee uniqueness' : ''} and slows writes down`;
  return {
    ...found({ kind: 'index', name }, partitioned ? 'warning' : 'blocker', `Index ${name} on ${table} ${what}`),
    showSql: `select indisvalid, indisready from pg_catalog.pg_index where indexrelid = '${name.replaceAll("'", "''")}'::regclass;`,
  };
}

function unvalidated({ name, table, definition }: UnvalidatedConstraint): Finding {
  const title = `Constraint ${name} on ${table} was not validated: rows that were there before may break it`;
  return { ...found({ kind: 'constraint', name: `${name} on ${table}` }, 'warning', title), actual: definition };
}

function found(object: ObjectName, severity: Severity, title: string): Finding {
  return {
    id: findingId(leftovers.check, object),
    check: leftovers.check,
    phase: leftovers.phase,
    severity,
    rootCause: 'structural-parity',
    object,
    title,
    cure: leftovers.cure,
  };
}
