import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { QueryColumn, QueryDirection } from '../../core/queries.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import { showCount } from '../show-count.ts';
import { queryCompatibility as about } from './about.ts';
import type { ComparedQuery } from './queries-input.ts';
import { markedQuery, nameAt, shortQuery } from './query-text.ts';
import type { SortedQuery } from './sort-queries.ts';

/** A query that works where it belongs and fails on the other schema. */
export function brokenQuery({ compared, comparison }: SortedQuery, direction: QueryDirection, severity: Severity): Finding {
  if (comparison?.kind !== 'broken') throw new Error('the query isn’t broken');
  const { sql, text } = comparison;
  const { query, blame } = compared;
  const old = direction === 'old-on-new';
  const name = nameAt(text, sql);
  const when = old ? 'after migrating' : 'on the schema before migrating';
  const by =
    blame === undefined ? undefined : 'migration' in blame ? `Broken by ${blame.migration}.` : `Which migration broke it isn’t known: ${blame.unknown}.`;
  return {
    ...common(compared, old ? 'query' : 'new query'),
    // Once is no traffic: told, and no reason to stop a deploy.
    severity: query.once ? 'warning' : severity,
    title: `${old ? 'A query' : 'A new query'} of the application fails ${when}: ${sql.message} (SQLSTATE ${sql.sqlstate})`,
    detail: [markedQuery(text, sql, 400), ...(name === undefined ? [] : [`It names ${name}.`]), ...told(compared), ...(by === undefined ? [] : [by])].join(
      '\n',
    ),
    ...(blame !== undefined && 'migration' in blame ? { migration: blame.migration, place: { file: blame.file } } : {}),
    sql: { ...sql, statement: text },
    cure: `${old ? oldCure(sql.sqlstate) : newCure} If nobody needs the query any more, name ${query.id} in compatibility.${old ? 'queries' : 'newQueries'}.ignore.`,
    showSql: [
      ...(compared.role === undefined ? [] : [`set role ${quoteIdentifier(compared.role)};`]),
      `prepare q as ${text};`,
      `explain (verbose) execute q${nulls(text)};`,
    ].join('\n'),
  };
}

/** One that works as before, and reads or writes something else. */
export function misdirectedQuery({ compared, why }: SortedQuery, direction: QueryDirection, severity: Severity): Finding {
  const { query, blame } = compared;
  const old = direction === 'old-on-new';
  return {
    ...common(compared, old ? 'query' : 'new query', 'misdirected'),
    severity: query.once ? 'warning' : severity,
    title: `${old ? 'A query' : 'A new query'} of the application means something else ${old ? 'after migrating' : 'on the schema before migrating'}: ${why}`,
    detail: [shortQuery(query.text, 400), 'No error tells of it.', ...told(compared)].join('\n'),
    ...(blame !== undefined && 'migration' in blame ? { migration: blame.migration, place: { file: blame.file } } : {}),
    cure: `Name the columns in an INSERT, and the schema of a table where another one has its name. If nobody needs the query any more, name ${query.id} in compatibility.${old ? 'queries' : 'newQueries'}.ignore.`,
  };
}

/** One that gives other columns than before. */
export function changedQuery({ compared, why }: SortedQuery, severity: Severity): Finding {
  const { known, other, query } = compared;
  const writes = known.kind !== 'failed' && known.columns === undefined;
  const columns = (all: readonly QueryColumn[] | undefined) => all?.map(({ name, type }) => `${name} ${type}`).join('\n') ?? '';
  return {
    ...common(compared, 'query', 'result'),
    severity,
    title: `A query of the application ${writes ? 'writes other values' : 'gives another result'} after migrating: ${why}`,
    detail: [
      shortQuery(query.text, 400),
      ...told(compared),
      writes
        ? 'No error tells of it: rows that the application of before writes look otherwise.'
        : 'Sessions that have prepared it meet “cached plan must not change result type” once; clients that count on the columns’ number or types for good.',
    ].join('\n'),
    ...(known.kind === 'failed' || writes ? {} : { expected: columns(known.columns) }),
    ...(other === undefined || other.kind === 'failed' || writes ? {} : { actual: columns(other.columns) }),
    cure: writes
      ? 'Nothing, where the new default is meant for the application of before, too: else keep the old one until every instance names the column.'
      : 'Name the columns that the application needs instead of selecting all, and let sessions reconnect after the deploy.',
  };
}

/** One of which nobody can say whether it works. */
export function undecidedQuery({ compared, why }: SortedQuery, direction: QueryDirection): Finding {
  return {
    ...common(compared, direction === 'old-on-new' ? 'query' : 'new query', 'undecided'),
    severity: 'doubt',
    title: `Whether a query of the application works on the other schema isn’t known: ${why}`,
    detail: [shortQuery(compared.query.text, 400), ...told(compared)].join('\n'),
    cure: 'Run again; a planner that doesn’t come to an end has a function in the query that is called immutable or stable and takes long.',
  };
}

function common({ query }: ComparedQuery, kind: string, property?: string): Pick<Finding, 'id' | 'check' | 'phase' | 'rootCause' | 'object'> {
  const object = { kind, name: query.id };
  return { id: findingId(about.check, object, property), check: about.check, phase: about.phase, rootCause: 'compatibility', object };
}

function told({ query, role }: ComparedQuery): readonly string[] {
  const { callsPerHour, from, roles, once } = query;
  const often =
    callsPerHour === undefined
      ? undefined
      : `Production runs it ${callsPerHour < 1 ? 'less than once' : `about ${showCount(Math.round(callsPerHour), 'time')}`} an hour${roles.length === 0 ? '' : `, as ${roles.slice(0, 3).join(', ')}`}.`;
  const single = once ? ['It ran a single time, as a superuser or the role that migrates: not the application, by all appearances.'] : [];
  return [...(often === undefined ? [] : [often]), ...single, `From ${from.join(', ')}; tried as ${role ?? 'superuser'}.`];
}

/** A value for each parameter: what only planning finds is found with any. */
function nulls(text: string): string {
  const most = Math.max(0, ...significantTokens(text).flatMap((token) => (token.kind === 'parameter' ? [Number(token.text.slice(1))] : [])));
  return most === 0 ? '' : `(${Array.from({ length: most }, () => 'null').join(', ')})`;
}

function oldCure(sqlstate: string): string {
  if (sqlstate === '42501') return 'Give the application’s role the right, or a policy, in the same migration.';
  if (sqlstate === '23502' || sqlstate === '23514') return 'Give the new column a default, or allow null until every instance fills it.';
  return about.cure;
}

const newCure = 'Let the migrations run before the first new instance starts, or have the application do without what is new until it is there.';
