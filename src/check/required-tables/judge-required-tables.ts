import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { requiredTables } from './about.ts';
import type { Attempt, TableProbe, WantedTable } from './probe-table.ts';

/** A table, tried on the clone before it was migrated and after. */
export interface ProbedTable {
  readonly wanted: WantedTable;
  readonly before: TableProbe;
  readonly after: TableProbe;
}

type Tried = Extract<TableProbe, { kind: 'tried' }>;
type Refused = Extract<Attempt, { kind: 'refused' }>;

/**
 * Judges whether the application's role can still read and write its tables. What was refused in the same way before migrating isn't this deploy's doing, and a
 * doubt; what couldn't have been refused proves nothing.
 *
 * @param startedAt `performance.now()` when the tables were begun to be tried
 */
export function judgeRequiredTables(probed: readonly ProbedTable[], startedAt: number): CheckOutcome {
  const findings = probed.flatMap(judgeTable);
  const proven = probed.filter(({ after }) => after.kind === 'tried' && after.refusesOthers && after.unstoppable === undefined);
  const [first] = findings;
  const written = proven.filter(({ after }) => after.kind === 'tried' && after.insert.kind === 'worked').length;
  const couldFail = proven.length > 0 || findings.some(({ severity }) => severity === 'blocker');
  return conclude({
    gate: 'required-tables',
    phase: requiredTables.phase,
    required: true,
    couldFail,
    proof:
      proven.length === 0
        ? 'no table was tried as a role that could have been refused'
        : `a role without rights was refused on ${showCount(proven.length, 'table')}, in a rolled-back transaction`,
    summary:
      first === undefined ? `${showCount(probed.length, 'table')} read, and a row inserted into ${written}, as the application’s role.` : `${first.title}.`,
    findings,
    startedAt,
  });
}

function judgeTable({ wanted, before, after }: ProbedTable): readonly Finding[] {
  const { table, role } = wanted;
  const finding = writer(wanted, after);
  switch (after.kind) {
    case 'missing':
      return [
        finding(undefined, 'blocker', {
          rootCause: 'compatibility',
          title: before.kind === 'missing' ? `The required table ${table} does not exist` : `The required table ${table} is gone after migrating`,
          cure: before.kind === 'missing' ? 'Have a migration make it, or correct its name in data.requiredTables.' : requiredTables.cure,
        }),
      ];
    case 'not-run': {
      const what = after.what === 'role' ? `nobody can become ${role}` : 'its settings could not be made';
      const cure = after.what === 'role' ? 'Correct the role’s name, or create the role in production.' : 'Correct its settings in data.requiredTables.';
      return [finding('untried', 'doubt', { title: `${table} could not be tried: ${what}: ${after.sql.message}`, cure, sql: after.sql })];
    }
    case 'tried':
      return [...readFindings(wanted, before, after), ...writeFindings(wanted, before, after), ...vacuous(wanted, after)];
    default:
      return after satisfies never;
  }
}

function readFindings(wanted: WantedTable, before: TableProbe, after: Tried): readonly Finding[] {
  const { select } = after;
  if (select.kind === 'refused') return [refusal(wanted, after, 'select', select, beforeOf(before, 'select'))];
  if (before.kind !== 'tried' || before.select.kind !== 'worked' || before.select.rows === 0) return [];
  if (select.kind !== 'worked' || select.rows > 0 || !after.hasRows) return [];
  return [
    writer(wanted, after)('hidden', 'blocker', {
      rootCause: 'compatibility',
      title: `${wanted.role} sees no row of ${after.sqlName} any more, and rows are there`,
      detail: 'Before migrating it saw some, with the same settings. A policy hides them, or none lets them be seen.',
      cure: 'Correct the policies of the table: with row level security and no policy for a role, it sees nothing.',
    }),
  ];
}

function writeFindings(wanted: WantedTable, before: TableProbe, after: Tried): readonly Finding[] {
  const { insert } = after;
  if (insert.kind === 'worked' || wanted.insert === false) return [];
  if (insert.kind === 'refused') return [refusal(wanted, after, 'insert', insert, beforeOf(before, 'insert'))];
  return [
    writer(wanted, after)('insert', 'doubt', {
      title: `Whether ${wanted.role} can insert into ${after.sqlName} is not known: ${insert.why}`,
      cure: 'Give data.requiredTables an `insert` for it: one INSERT as the application says it.',
    }),
  ];
}

function beforeOf(before: TableProbe, what: 'select' | 'insert'): Attempt | undefined {
  return before.kind === 'tried' ? before[what] : undefined;
}

/** Errors that are about the row and not about who inserts it: a row of ours is no row of the application. */
const aboutTheRow = /^2[123]/;

function refusal(wanted: WantedTable, after: Tried, what: 'select' | 'insert', { sql, missing }: Refused, before: Attempt | undefined): Finding {
  const { role } = wanted;
  const { sqlName, rowSecurity } = after;
  const finding = writer(wanted, after);
  const sameBefore = before?.kind === 'refused' && before.sql.sqlstate === sql.sqlstate;
  const ours = what === 'insert' && wanted.insert === undefined && aboutTheRow.test(sql.sqlstate);
  const severity = sameBefore || ours ? 'doubt' : 'blocker';
  const already = sameBefore ? 'Before migrating it was refused with the same SQLSTATE: what never worked isn’t the migration’s doing.' : undefined;
  const verb = what === 'select' ? `read ${sqlName}` : `insert into ${sqlName}`;
  if (missing.length > 0) {
    return finding(what, severity, {
      rootCause: 'privileges',
      title: `${role} can’t ${verb}: it lacks ${missing.map(({ right }) => right).join(', ')}`,
      ...detailOf([sql.message, already]),
      cure: `Have the migration say: ${missing.map(({ grant }) => `${grant};`).join(' ')}`,
      sql,
    });
  }
  if (sql.sqlstate === '42501' && rowSecurity && what === 'insert') {
    return finding(what, severity, {
      rootCause: 'compatibility',
      title: `${role} can’t ${verb}: a row level security policy refuses the row`,
      ...detailOf([sql.message, 'Its rights are there: no GRANT is missing.', already]),
      cure: 'Correct the policy, or give data.requiredTables the settings that the application makes (such as its tenant), or an `insert` with a row of its own.',
      sql,
    });
  }
  return finding(what, severity, {
    rootCause: 'compatibility',
    title: `${role} can’t ${verb}: ${sql.message} (SQLSTATE ${sql.sqlstate})`,
    ...detailOf([ours ? 'The row was made from the catalog, and may be one that the application would never insert.' : undefined, already]),
    cure: ours ? 'Give data.requiredTables an `insert` for it: one INSERT as the application says it.' : requiredTables.cure,
    sql,
  });
}

function vacuous(wanted: WantedTable, after: Tried): readonly Finding[] {
  const finding = writer(wanted, after);
  if (after.unstoppable !== undefined) {
    return [
      finding('vacuous', 'doubt', {
        title: `Trying ${after.sqlName} as ${wanted.role} proves nothing: ${after.unstoppable}`,
        cure: 'Name the role that the application uses in production.',
      }),
    ];
  }
  if (after.refusesOthers) return [];
  return [
    finding('vacuous', 'doubt', {
      title: `Trying ${after.sqlName} proves nothing: a role without rights was not refused either`,
      cure: 'Look for rights that everybody has, such as a view or a function of its owner; give an `insert` that writes to the table itself.',
    }),
  ];
}

type Told = Pick<Finding, 'title' | 'cure'> & Partial<Pick<Finding, 'rootCause' | 'detail' | 'sql'>>;

function writer({ table, role, settings }: WantedTable, after: TableProbe) {
  const object = { kind: 'table', name: after.kind === 'tried' ? after.sqlName : table };
  return (property: string | undefined, severity: Finding['severity'], told: Told): Finding => ({
    id: findingId(requiredTables.check, object, property),
    check: requiredTables.check,
    phase: requiredTables.phase,
    severity,
    rootCause: 'compatibility',
    object,
    ...told,
    ...(told.sql?.statement === undefined ? {} : { showSql: showSql(role, settings, told.sql.statement) }),
  });
}

function detailOf(sentences: readonly (string | undefined)[]): { readonly detail?: string } {
  const said = sentences.filter((sentence) => sentence !== undefined).map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`));
  return said.length === 0 ? {} : { detail: said.join(' ') };
}

function showSql(role: string, settings: Readonly<Record<string, string>>, statement: string): string {
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const set = Object.entries(settings).map(([name, value]) => `select set_config(${literal(name)}, ${literal(value)}, true);`);
  return ['begin;', ...set, `set local role "${role.replaceAll('"', '""')}";`, `${statement.trim().replace(/;$/, '')};`, 'rollback;'].join('\n');
}
