import pg from 'pg';
import type { Failure } from '../../src/core/failure.ts';
import type { Migration } from '../../src/core/migration.ts';
import type { BackDifference, WayBackStep } from '../../src/core/rollback.ts';
import { readMigrations, type SqlFilesSettings } from '../../src/migrate/read-migrations.ts';
import { backPolicies, compareMoments, readMoment } from '../../src/rehearsal/rollback/moment.ts';
import { type DownScene, deploy, isFault, rehearseDown, takeBack } from '../../src/rehearsal/rollback/rehearse-down.ts';
import type { SchemaMoment } from '../../src/rehearsal/rollback/schema-moment.ts';
import { generateRows, type TableReport } from '../rows/generate-rows.ts';
import type { ProductionServer } from '../scenarios/production-server.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';
import type { RealProject } from './projects.ts';

const role = 'real_migrator';
export const rowsPerTable = 20;

/** One migration, taken back from databases in three states. */
export interface TriedDown {
  readonly migration: string;
  /** No row in any table but the ledger. A failure is the migration's own: it couldn't be applied. */
  readonly empty: WayBackStep | Failure;
  /** Rows in every table before the migration came; absent where there is no table yet. */
  readonly filled: WayBackStep | Failure | undefined;
  /** Rows came after the migration, in whatever shape its schema takes. */
  readonly written: WrittenSince;
  /** What was filled before the migration. */
  readonly rows: readonly TableReport[];
}

/** What a way down does to rows that were written after the deploy. */
export interface WrittenSince {
  /** Set where it fails because of them. */
  readonly failure?: Failure;
  /** How many rows it deletes of tables that stay. */
  readonly deleted: Readonly<Record<string, number>>;
}

export interface TriedHistory {
  readonly project: string;
  readonly downs: readonly TriedDown[];
  /** The whole history applied and taken back, last migration first. */
  readonly together: {
    readonly empty: { readonly differences: readonly BackDifference[] } | { readonly failure: Failure };
    /** Every table was filled when all migrations had run. */
    readonly written: WrittenSince;
  };
}

/**
 * Takes back every migration of a history, each from the state just after it, and all together, with the engine of `pgrehearse rollback`. The databases are
 * copies of one that the history is built up in.
 *
 * @param realFolder holds the project's folder
 */
export async function rehearseDowns(project: RealProject, realFolder: string, server: ProductionServer): Promise<TriedHistory> {
  const settings: SqlFilesSettings = { tool: 'sql-files', folder: project.name, layout: project.layout, transaction: 'auto', ledger: project.ledger };
  const migrations = unwrap(await readMigrations(settings, realFolder));
  const trials = new Trials(project, server, settings, migrations);
  await server.load('line', `create role ${role} login; alter database line owner to ${role}; set role ${role}; ${project.ledgerSql}`);
  await trials.copyLine('whole');
  const empty = await trials.allTakenBack('whole');
  const downs: TriedDown[] = [];
  let before: SchemaMoment | undefined;
  for (const migration of migrations) {
    for (const name of ['empty', 'filled', 'written']) await trials.copyLine(name);
    const rows = await trials.fill('filled', `before ${migration.revision}`, project.tidy?.[migration.revision]);
    const [nothing, filled, written] = await Promise.all([
      trials.takenBack('empty', migration, before),
      rows.length === 0 ? undefined : trials.takenBack('filled', migration, before),
      trials.writtenSince('written', [migration], [migration]),
    ]);
    downs.push({ migration: migration.revision, empty: nothing.step, filled: filled?.step, written, rows });
    before = nothing.schemaAfter;
    unwrap(await deploy(trials.context, trials.scene('line'), [migration]));
  }
  await trials.copyLine('whole');
  return { project: project.name, downs, together: { empty, written: await trials.writtenSince('whole', [], migrations) } };
}

class Trials {
  readonly context = testContext();
  readonly #project: RealProject;
  readonly #server: ProductionServer;
  readonly #settings: SqlFilesSettings;
  readonly #migrations: readonly Migration[];

  constructor(project: RealProject, server: ProductionServer, settings: SqlFilesSettings, migrations: readonly Migration[]) {
    this.#project = project;
    this.#server = server;
    this.#settings = settings;
    this.#migrations = migrations;
  }

  /** Makes a database that is what the history has come to. */
  async copyLine(name: string): Promise<void> {
    await this.#onDatabase('postgres', async (client) => {
      await client.query(`drop database if exists ${name} with (force)`);
      await client.query(`create database ${name} template line owner ${role} strategy file_copy`);
    });
  }

  scene(database: string): DownScene {
    const admin = { host: '127.0.0.1', port: this.#server.port, user: 'postgres', database, tls: 'disable' } as const;
    const ledger = this.#project.ledger.table;
    return {
      ...{ admin, migrator: { ...admin, user: role }, settings: this.#settings, migrations: this.#migrations, accepted: [] },
      comparing: { policies: backPolicies, exclude: [], include: undefined, ledger, role, shared: undefined },
    };
  }

  async fill(database: string, seed: string, tidy = ''): Promise<readonly TableReport[]> {
    return await this.#onDatabase(database, async (client) => {
      const rows = await generateRows(client, { seed, rowsPerTable, exclude: [this.#project.ledger.table] });
      await client.query(tidy);
      return rows;
    });
  }

  /** @param schema of the database as it is, where it is known */
  async takenBack(database: string, migration: Migration, schema: SchemaMoment | undefined) {
    const scene = this.scene(database);
    const before = unwrap(await readMoment(this.context, scene.admin, role, undefined, schema));
    const tried = await rehearseDown(this.context, scene, migration, before);
    return tried.ok ? tried.value : { step: fault(tried.failure), schemaAfter: undefined };
  }

  async allTakenBack(database: string): Promise<TriedHistory['together']['empty']> {
    const scene = this.scene(database);
    const before = unwrap(await readMoment(this.context, scene.admin, role));
    unwrap(await deploy(this.context, scene, this.#migrations));
    const back = await takeBack(this.context, scene, this.#migrations);
    return back.ok ? unwrap(await compareMoments(this.context, scene.comparing, scene.admin, before, [])) : { failure: fault(back.failure) };
  }

  async writtenSince(database: string, up: readonly Migration[], down: readonly Migration[]): Promise<WrittenSince> {
    const scene = this.scene(database);
    unwrap(await deploy(this.context, scene, up));
    await this.fill(database, `after ${down.at(-1)?.revision}`);
    const before = await this.#countRows(database);
    const back = await takeBack(this.context, scene, down);
    if (!back.ok) return { failure: fault(back.failure), deleted: {} };
    const after = await this.#countRows(database);
    const deleted = [...before].flatMap(([table, rows]) => {
      const left = after.get(table) ?? rows;
      return left === rows ? [] : [[table, rows - left] as const];
    });
    return { deleted: Object.fromEntries(deleted) };
  }

  async #countRows(database: string): Promise<ReadonlyMap<string, number>> {
    return await this.#onDatabase(database, async (client) => {
      const { rows } = await client.query<{ name: string; rows: string }>(countSql, [this.#project.ledger.table]);
      return new Map(rows.map((row) => [row.name, Number(row.rows)]));
    });
  }

  async #onDatabase<T>(database: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.#server.url(database) });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }
}

/** A failure that says something of the script, and not of the server. */
function fault(failure: Failure): Failure {
  if (!isFault(failure)) throw new Error(JSON.stringify(failure));
  return failure;
}

/** How many rows every table but the ledger has. */
const countSql = `
select t.name, (pg_catalog.xpath('/row/n/text()', pg_catalog.query_to_xml('select pg_catalog.count(*) as n from ' || t.name, false, true, '')))[1]::text as rows
from (
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as name
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname = 'public'
) t
where t.name <> $1
order by t.name`;
