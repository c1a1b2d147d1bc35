import type { ApplicationQuery, SourceStatements } from '../core/queries.ts';
import type { FoundQueries, FoundQuery } from './found-queries.ts';
import { queryId } from './query-shape.ts';

/** All that is known of the application's queries. */
export interface GatheredQueries {
  /** The most frequent first, then by text. */
  readonly queries: readonly ApplicationQuery[];
  /** Where they come from: `pg_stat_statements of the source`, `queries/`. */
  readonly from: readonly string[];
  /** What isn't among them, a clause each. */
  readonly leftOut: readonly string[];
  /** What should have been there and could not be had, a clause each. */
  readonly missing: readonly string[];
  /** What takes from the proof even where all of them run, a clause each. */
  readonly weakened: readonly string[];
  /** Why there are none, where nothing was to be had and nothing was asked for. */
  readonly absent?: string;
}

/** One origin that the team configured. */
export interface NamedQueries extends FoundQueries {
  readonly name: string;
}

/** How many origins of one query are told. */
const placesTold = 5;

/**
 * Puts the queries of all origins together; the same query of several is one.
 *
 * @param source what pg_stat_statements told; undefined where it wasn't asked for
 * @param required whether the run is to be inconclusive without it
 * @param migrator the role that migrates production, where it is known
 */
export function gatherQueries(
  source: SourceStatements | undefined,
  required: boolean,
  files: readonly NamedQueries[],
  migrator?: string | undefined,
): GatheredQueries {
  const counted = source?.kind === 'read' ? ofSource(source, migrator) : undefined;
  const origins = [...(counted === undefined ? [] : [counted]), ...files];
  const found = new Map<string, ApplicationQuery>();
  for (const { queries } of origins) for (const [id, one] of byId(queries)) found.set(id, merge(found.get(id), one));
  const others: Record<string, number> = {};
  for (const origin of origins) for (const [kind, count] of Object.entries(origin.others)) others[kind] = (others[kind] ?? 0) + count;
  const kinds = Object.entries(others).sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  return {
    queries: [...found.values()].sort((a, b) => (b.callsPerHour ?? 0) - (a.callsPerHour ?? 0) || (a.text < b.text ? -1 : 1)),
    from: origins.map(({ name }) => name),
    leftOut: [
      ...(kinds.length === 0 ? [] : [`statements that are no query: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')}`]),
      ...origins.flatMap(({ leftOut }) => leftOut),
    ],
    missing: missingOf(source, required),
    weakened: weakenedOf(source),
    ...(source?.kind === 'absent' && origins.length === 0 ? { absent: source.why } : {}),
  };
}

type Read = Extract<SourceStatements, { kind: 'read' }>;

const sourceName = 'pg_stat_statements of the source';

/** What a run, and pg_dump for it, asks production: catalogs, the state of sequences, rows of one table without those that inherit from it, the ledger as text. */
const asked =
  /\bpg_catalog\.|(?:\bfrom|\bjoin|,)\s+pg_\w+|\bfrom\s+only\b|\blast_value,\s*is_called\s+from\b|^select l::text as row from\b|^\s*select l\.\S+::text as value, /i;

function ofSource({ statements, others }: Read, migrator: string | undefined): NamedQueries {
  // What others ask the catalogs is theirs.
  const theirs = statements.filter(({ own, text }) => !(own && asked.test(text)));
  const ours = statements.length - theirs.length;
  return {
    name: sourceName,
    queries: theirs.map(({ text, perSecond, calls, roles, superuser, own }) => ({
      ...{ text, roles, from: 'pg_stat_statements' },
      ...(perSecond === undefined ? {} : { callsPerHour: perSecond * 3600 }),
      ...(own ? { own } : {}),
      ...(calls === 1 && (superuser || (migrator !== undefined && roles.every((role) => role === migrator))) ? { once: true as const } : {}),
    })),
    others,
    leftOut: ours === 0 ? [] : [`${ours} that ask for what we ask for ourselves, of the role that we read with`],
  };
}

/** Several texts of one origin may be one query: their calls add up. */
function byId(queries: readonly FoundQuery[]): ReadonlyMap<string, ApplicationQuery> {
  const found = new Map<string, ApplicationQuery>();
  for (const { from, ...query } of queries) {
    const one: ApplicationQuery = { id: queryId(query.text), ...query, from: [from] };
    const known = found.get(one.id);
    const { callsPerHour } = query;
    const calls = known?.callsPerHour === undefined && callsPerHour === undefined ? {} : { callsPerHour: (known?.callsPerHour ?? 0) + (callsPerHour ?? 0) };
    found.set(one.id, { ...merge(known, one), ...calls });
  }
  return found;
}

function merge(known: ApplicationQuery | undefined, more: ApplicationQuery): ApplicationQuery {
  if (known === undefined) return more;
  const callsPerHour = Math.max(known.callsPerHour ?? -1, more.callsPerHour ?? -1);
  return {
    ...{ id: known.id, text: known.text },
    from: [...new Set([...known.from, ...more.from])].slice(0, placesTold),
    roles: [...new Set([...known.roles, ...more.roles])],
    ...(callsPerHour < 0 ? {} : { callsPerHour }),
    // Found twice, it isn't what somebody did once.
    ...(known.own && more.own ? { own: true as const } : {}),
  };
}

function missingOf(source: SourceStatements | undefined, required: boolean): readonly string[] {
  if (source?.kind === 'unreadable') return [`pg_stat_statements of the source could not be read: ${source.why}`];
  if (source?.kind === 'absent') return required ? [source.why] : [];
  if (source === undefined || source.hidden === 0) return [];
  return [`${source.hidden} entries of the source’s pg_stat_statements are of other users, and only members of pg_read_all_stats see them`];
}

function weakenedOf(source: SourceStatements | undefined): readonly string[] {
  if (source?.kind !== 'read') return [];
  return [
    ...(source.standby ? ['the source is a standby, so that what only the primary runs, all writes among it, isn’t in its pg_stat_statements'] : []),
    ...(source.evictions > 0 ? [`pg_stat_statements of the source is full: rare queries had to make room ${Math.round(source.evictions)} times`] : []),
  ];
}
