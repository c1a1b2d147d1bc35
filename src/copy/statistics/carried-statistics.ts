import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { SourceFacts, StatisticsFacts } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { differentCollations } from '../restore/collation-notes.ts';
import { restoreColumns, restoreRelations } from './restore-functions.ts';
import { makeStaging, sortStaging, stagingTable } from './staging.ts';
import { statisticsSettings } from './statistics-query.ts';
import { deleteColumns, insertColumns, updateRelations } from './write-to-catalog.ts';

/** Relations of one transaction: few enough for a server's table of locks, so many that planning each query doesn't count. */
const relationsAtOnce = 500;

interface Relation {
  readonly place: number;
  readonly kind: 'r' | 'p' | 'm';
  readonly schema: string;
  readonly name: string;
  /** Columns and expressions with statistics. */
  readonly columns: number;
}

/** The relations that are staged. */
const relationsQuery = `
  select s.place, s.kind, s.schema, s.name,
         (select pg_catalog.count(*)::int from ${stagingTable} a where a.place = s.place and a.kind in ('a', 'x')) as "columns"
    from ${stagingTable} s
   where s.kind in ('r', 'p', 'm')
   order by s.place`;

/** Which staged relations have text whose order, as statistics tell it, may not be the copy's? */
const otherOrderQuery = `
  select distinct s.place
    from ${stagingTable} s
    join pg_catalog.pg_namespace n on n.nspname = s.schema join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.name
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and case when s.kind = 'x' then a.attnum = s.number else a.attname = s.attribute end
    join pg_catalog.pg_collation k on k.oid = a.attcollation join pg_catalog.pg_namespace kn on kn.oid = k.collnamespace
   where s.kind in ('a', 'x') and s.histogram_bounds is not null
     and case when k.collprovider = 'd' then 'default' else pg_catalog.format('%I.%I', kn.nspname, k.collname) end = any ($1::text[])
   order by 1`;

/**
 * The statistics of a source's planner on their way to a copy: staged while the source can be read, put in their places when rows and indexes are there.
 * What can't be, is analysed.
 *
 * @example
 * const carried = await CarriedStatistics.stage(session, facts, survey.analysed, (statement) => relay(statement));
 * const unfit = await carried.apply(session, 'tables');
 */
export class CarriedStatistics {
  readonly #relations: Map<string, Relation>;
  readonly #analysed: Map<string, string>;

  private constructor(relations: readonly Relation[], analysed: ReadonlyMap<string, string>) {
    this.#relations = new Map(relations.map((relation) => [nameOf(relation), relation]));
    this.#analysed = new Map(analysed);
    for (const name of analysed.keys()) this.#relations.delete(name);
  }

  /**
   * @param session the one that will apply them: nobody else sees what is staged.
   * @param analysed what isn't carried.
   * @param fill runs a COPY … FROM stdin with the rows of `statisticsQuery`.
   */
  static async stage(
    session: Session,
    facts: Pick<SourceFacts, 'collationVersions' | 'locale'>,
    analysed: StatisticsFacts['analysed'],
    fill: (copyIn: string) => Promise<void>,
  ): Promise<CarriedStatistics> {
    await session.execute(`${statisticsSettings}; ${makeStaging}`);
    await fill(`copy ${stagingTable} from stdin`);
    await session.execute(sortStaging);
    const relations = await session.query<Relation>(relationsQuery);
    const refused = new Map(analysed.flatMap(({ why, tables }) => tables.map((table) => [table, why] as const)));
    const collations = await differentCollations(session, facts);
    if (collations.length > 0) {
      const places = new Set((await session.query<{ place: number }>(otherOrderQuery, [collations])).map(({ place }) => place));
      for (const relation of relations) if (places.has(relation.place)) refused.set(nameOf(relation), 'text comes in another order on the copy');
    }
    return new CarriedStatistics(relations, refused);
  }

  /** Whether a relation needs ANALYZE. A partitioned table that has no statistics in production gets none. */
  needsAnalyze({ schema, name, kind }: { readonly schema: string; readonly name: string; readonly kind: string }): boolean {
    if (schema === 'information_schema' || schema.startsWith('pg_')) return true;
    const table = qualifiedName(schema, name);
    return kind === 'p' ? this.#analysed.has(table) : !this.#relations.has(table);
  }

  /**
   * Puts statistics in their places; returns the names of relations for which that couldn't be done, so that they need ANALYZE after all. Throws only
   * errors that say nothing of the statistics: a lost connection, a full disk.
   */
  async apply(session: Session, of: 'tables' | 'materialized views'): Promise<ReadonlySet<string>> {
    const chosen = [...this.#relations.values()].filter(({ kind }) => (kind === 'm') === (of === 'materialized views'));
    await session.execute(statisticsSettings);
    for (let from = 0; from < chosen.length; from += relationsAtOnce) await this.#applySome(session, chosen.slice(from, from + relationsAtOnce));
    await session.execute('reset lc_monetary; reset jit');
    return new Set(chosen.map(nameOf).filter((name) => !this.#relations.has(name)));
  }

  facts(): StatisticsFacts {
    const byReason = Map.groupBy(this.#analysed, ([, why]) => why);
    return {
      carried: [...this.#relations.keys()].sort(),
      analysed: [...byReason].map(([why, entries]) => ({ why, tables: entries.map(([table]) => table).sort() })),
    };
  }

  /** All or nothing; where it is nothing, the halves are tried. */
  async #applySome(session: Session, relations: readonly Relation[]): Promise<void> {
    const [first] = relations;
    if (first === undefined) return;
    const why = await applyAtOnce(session, relations);
    if (why === undefined) return;
    if (relations.length === 1) {
      this.#relations.delete(nameOf(first));
      this.#analysed.set(nameOf(first), `production’s statistics don’t fit the copy: ${why}`);
      return;
    }
    const middle = Math.ceil(relations.length / 2);
    await this.#applySome(session, relations.slice(0, middle));
    await this.#applySome(session, relations.slice(middle));
  }
}

/** Undefined when all were written; else why not, and none is. */
async function applyAtOnce(session: Session, relations: readonly Relation[]): Promise<string | undefined> {
  const places = [relations.map(({ place }) => place)];
  const expected = relations.reduce((sum, { columns }) => sum + columns, 0);
  await session.execute('begin');
  try {
    let columns: number;
    if (session.serverVersionNum >= 180_000) {
      columns = (await session.query<{ taken: boolean }>(restoreColumns, places)).filter(({ taken }) => taken).length;
      await session.query(restoreRelations, places);
    } else {
      // Autovacuum, which takes the same lock, stays away meanwhile.
      const lockable = relations.filter(({ kind }) => kind !== 'm').map(({ schema, name }) => `only ${qualifiedName(schema, name)}`);
      if (lockable.length > 0) await session.execute(`lock table ${lockable.join(', ')} in share update exclusive mode`);
      await session.query(deleteColumns, places);
      columns = (await session.query(`${insertColumns} returning 1`, places)).length;
      await session.query(updateRelations, places);
    }
    if (columns === expected) {
      await session.execute('commit');
      return undefined;
    }
    await session.execute('rollback');
    return `${expected - columns} of ${expected} columns were not taken`;
  } catch (error) {
    if (!(error instanceof SqlError) || /^(08|57|53)/.test(error.fields.sqlstate)) throw error;
    await session.execute('rollback');
    return error.fields.message;
  }
}

function nameOf({ schema, name }: Pick<Relation, 'schema' | 'name'>): string {
  return qualifiedName(schema, name);
}
