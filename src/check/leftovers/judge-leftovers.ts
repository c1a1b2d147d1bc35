import type { CheckOutcome } from '../../core/check-outcome.ts';
import { countOf } from '../../core/count-of.ts';
import type { Finding } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { leftovers } from './about.ts';
import { shutOut, withoutPolicies } from './judge-reach.ts';
import { leftover as found } from './leftover.ts';
import type { LaterSetting } from './read-later-settings.ts';
import type { InvalidIndex, Leftovers, UnvalidatedConstraint } from './read-leftovers.ts';
import type { SequenceBehind } from './read-sequences-behind.ts';
import type { SwitchedOff } from './read-switched-off.ts';

/**
 * Judges what is unfinished after migrating and wasn't before. An invalid index blocks, as do a transaction that was left prepared, a sequence that is going to deal numbers which are taken and a
 * constraint whose triggers are switched off. The index of a partitioned table that waits for its partitions, a constraint that is NOT VALID, a trigger that is
 * switched off, settings of later sessions, roles that may not connect any more and row level security that was switched off are warned of, since all of them may be
 * meant. A view that takes the name of a table under row level security and passes it by blocks.
 *
 * @param running processes that the team's tool started and that outlived it, by their ids
 */
export function judgeLeftovers(before: Leftovers, after: Leftovers, running: readonly number[] = []): CheckOutcome {
  const startedAt = performance.now();
  const known = new Set([...before.invalidIndexes, ...before.unvalidated].map(({ oid }) => oid));
  const findings = [
    ...after.invalidIndexes.filter(({ oid }) => !known.has(oid)).map(invalidIndex),
    ...after.unvalidated.filter(({ oid }) => !known.has(oid)).map(unvalidated),
    ...after.sequencesBehind.filter(({ key }) => !before.sequencesBehind.some((one) => one.key === key)).map(sequenceBehind),
    ...switchedOff(after.switchedOff.filter(({ oid }) => !before.switchedOff.some((one) => one.oid === oid))),
    ...after.settings.filter(({ whose, setting }) => !before.settings.some((one) => one.whose === whose && one.setting === setting)).map(laterSetting),
    ...after.prepared.filter((name) => !before.prepared.includes(name)).map(preparedTransaction),
    ...(running.length === 0 ? [] : [runningOn(running)]),
    ...shutOut(before.logIns, after.logIns),
    ...withoutPolicies(before.policed, after.policed),
  ];
  const looked = after.indexes + after.constraints + after.dealt;
  return conclude({
    gate: 'leftovers',
    phase: leftovers.phase,
    required: looked > 0,
    notApplicable: looked === 0,
    couldFail: looked > 0,
    proof:
      looked > 0
        ? `${showCount(after.indexes, 'index').replace(/indexs$/, 'indexes')}, ${showCount(after.constraints, 'constraint')} and ${showCount(after.dealt, 'numbered column')} looked at`
        : 'there is neither an index nor a constraint nor a column that a sequence gives numbers to',
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

function sequenceBehind({ sequence, table, column, next, there, soon, ended }: SequenceBehind): Finding {
  const name = `${table}.${column}`;
  if (ended)
    return {
      ...found({ kind: 'sequence', name: sequence }, 'blocker', `${sequence} has no number left for ${name}`),
      rootCause: 'invariant',
      detail: 'New rows without a number of their own fail with SQLSTATE 2200H.',
      showSql: `select last_value, is_called from ${sequence};`,
      cure: `Give it more numbers: alter sequence ${sequence} no maxvalue, or as bigint.`,
    };
  return {
    ...found({ kind: 'sequence', name: sequence }, soon ? 'blocker' : 'warning', `${sequence} gives ${next} next, and ${name} holds numbers up to ${there}`),
    rootCause: 'invariant',
    detail: soon ? 'New rows without a number of their own fail with SQLSTATE 23505.' : 'Not one of its next thousand numbers is taken; a later one is.',
    showSql: `select last_value, is_called from ${sequence};`,
    cure: `Set it ahead where the rows came: select setval('${sequence.replaceAll("'", "''")}', ${there});`,
  };
}

function preparedTransaction(name: string): Finding {
  return {
    ...found({ kind: 'transaction', name }, 'blocker', `Transaction ${name} was prepared, and neither committed nor rolled back`),
    detail: 'It keeps its locks for good, also when the server is started anew, and holds VACUUM back. What it did isn’t there for anybody.',
    cure: `End the migration with commit prepared '${name.replaceAll("'", "''")}', or don’t prepare it.`,
  };
}

function runningOn(pids: readonly number[]): Finding {
  const processes = countOf(pids.length, 'process', 'processes');
  const title = `The migration command ended, and ${processes} that it started ${pids.length === 1 ? 'runs' : 'run'} on: ${pids.join(', ')}`;
  return {
    ...found({ kind: 'process', name: 'of the migration command' }, 'warning', title),
    rootCause: 'environment',
    detail: 'What they still do to the database isn’t rehearsed.',
    cure: 'Let the command wait for all that it starts. A build tool’s own daemon is harmless.',
  };
}

/** A foreign key has triggers on both of its tables. */
function switchedOff(all: readonly SwitchedOff[]): readonly Finding[] {
  const cure = 'Switch it on again at the end of the migration: alter table … enable trigger ….';
  const own = all.filter((trigger) => trigger.constraint === null);
  return [
    ...own.map(({ table, name }): Finding => {
      const title = `Trigger ${name} on ${table} was switched off and doesn’t fire any more`;
      return { ...found({ kind: 'trigger', name: `${name} on ${table}` }, 'warning', title), cure };
    }),
    ...[...Map.groupBy(all, ({ constraint }) => constraint)].flatMap(([constraint, [first]]): readonly Finding[] => {
      if (constraint === null || first === undefined) return [];
      const title = `Constraint ${constraint} is enforced no longer: triggers of it on ${first.table} were switched off`;
      return [{ ...found({ kind: 'constraint', name: `${constraint} on ${first.table}` }, 'blocker', title), cure }];
    }),
  ];
}

function laterSetting({ whose, setting }: LaterSetting): Finding {
  const [name = setting] = setting.split('=', 1);
  return {
    ...found({ kind: 'setting', name: `${name} of ${whose}` }, 'warning', `Later sessions of ${whose} begin with ${setting}`),
    cure: 'Nothing, where the application is meant to work under it. SET LOCAL changes a setting for one transaction alone.',
  };
}
