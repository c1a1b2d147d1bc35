import type { ComparedQuery } from '../../check/query-compatibility/queries-input.ts';
import type { Context } from '../../core/ports.ts';
import type { ApplicationQuery, QueryDirection } from '../../core/queries.ts';
import { ok, type Result } from '../../core/result.ts';
import { type IgnoreRule, ignoreRule } from '../../queries/ignored-queries.ts';
import { type AbleToFail, proveAbleToFail } from '../../queries/prove-able-to-fail.ts';
import { type QuerySide, tryQueries } from '../../queries/try-queries.ts';
import { withSession } from '../with-session.ts';

/** The same application's sessions on two clones. */
export interface ComparedSides {
  /** On which nothing is migrated. */
  readonly before: QuerySide;
  readonly after: QuerySide;
}

/** What came of trying queries on both schemas. */
export interface Tried {
  readonly compared: readonly ComparedQuery[];
  readonly leftOut: readonly string[];
  /** Rules under which no query fell. */
  readonly unmatchedRules: readonly string[];
  readonly ableToFail?: AbleToFail;
}

/** Some milliseconds each, on both schemas: more of them would take minutes. */
const mostTried = 5_000;

/** Tries queries on the schema that they are written for, then those that work there on the other one. */
export async function compareQueries(
  context: Context,
  direction: QueryDirection,
  queries: readonly ApplicationQuery[],
  { before, after }: ComparedSides,
  rules: readonly IgnoreRule[],
): Promise<Result<Tried>> {
  const chosen = queries.slice(0, mostTried);
  const rest = queries.length - chosen.length;
  const [home, away] = direction === 'old-on-new' ? [before, after] : [after, before];
  const known = await tryQueries(
    context,
    home,
    chosen.map((query) => ({ query })),
  );
  if (!known.ok) return known;
  // What uses no table and only the role that we read with runs is our own question to production.
  const isOurs = ({ id, own }: ApplicationQuery) => {
    const trial = known.value.get(id)?.trial;
    return own === true && trial?.kind === 'planned' && trial.plan.tables.every(({ schema }) => schema === 'pg_catalog');
  };
  const theirs = chosen.filter((query) => !isOurs(query));
  const ours = chosen.length - theirs.length;
  const works = theirs.flatMap((query) => {
    const like = known.value.get(query.id);
    return like === undefined || like.trial.kind === 'failed' ? [] : [{ query, like }];
  });
  const other = await tryQueries(context, away, works);
  if (!other.ok) return other;
  // Tables are renamed on the clone that no gate looks at; what works there can be shown to fail there.
  const there = direction === 'old-on-new' ? known.value : other.value;
  const candidates = theirs.flatMap((query) => {
    const tried = there.get(query.id);
    return tried?.trial.kind === 'planned' ? [{ query, tried }] : [];
  });
  const proven = await withSession(context, before.admin, async (session) => ok(await proveAbleToFail(session, before, candidates)));
  if (!proven.ok) return proven;
  const fallen = new Set<IgnoreRule>();
  const compared = theirs.flatMap((query): readonly ComparedQuery[] => {
    const home = known.value.get(query.id);
    if (home === undefined) return [];
    const rule = ignoreRule(query, rules);
    if (rule !== undefined) fallen.add(rule);
    const away = other.value.get(query.id)?.trial;
    return [
      {
        ...{ query, known: home.trial },
        ...(away === undefined ? {} : { other: away }),
        ...(home.role === undefined ? {} : { role: home.role }),
        ...(rule === undefined ? {} : { ignored: rule.reason }),
      },
    ];
  });
  return ok({
    compared,
    leftOut: [
      ...(rest === 0 ? [] : [`${rest} less frequent queries: ${mostTried} are tried`]),
      ...(ours === 0 ? [] : [`${ours} that use no table, of the role that we read with`]),
    ],
    unmatchedRules: rules.filter((rule) => !fallen.has(rule)).map(({ query }) => query),
    ...(proven.value === undefined ? {} : { ableToFail: proven.value }),
  });
}
