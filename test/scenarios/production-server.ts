import { chmodSync } from 'node:fs';
import pg from 'pg';
import { startTestServer } from '../support/global-setup.ts';
import { guardServers } from '../support/server-guard.ts';
import { makeFolder } from '../support/temporary-folder.ts';

/** A server that stands in for production, or for staging: one scenario at a time has it to itself, since roles belong to a whole server. */
export class ProductionServer implements AsyncDisposable {
  readonly major: 15 | 18;
  readonly port: number;
  readonly #stop: () => Promise<void>;
  #staging: Promise<ProductionServer> | undefined;

  private constructor(major: 15 | 18, port: number, stop: () => Promise<void>) {
    this.major = major;
    this.port = port;
    this.#stop = stop;
  }

  static async start(major: 15 | 18): Promise<ProductionServer> {
    const root = makeFolder('pgr-production-');
    chmodSync(root, 0o755);
    const guard = guardServers(root);
    const { port } = await startTestServer(major, root);
    return new ProductionServer(major, port, () => guard.close());
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}?sslmode=disable`;
  }

  /** Makes the database and runs the script in it as superuser; whatever an earlier scenario made is dropped first. */
  async load(database: string, script: string): Promise<void> {
    await this.clear();
    await this.#run('postgres', `create database ${pg.escapeIdentifier(database)}`);
    await this.#run(database, script);
  }

  /** The server of staging, which only few scenarios need: another one, since nothing is synced within production's own. */
  staging(): Promise<ProductionServer> {
    this.#staging ??= ProductionServer.start(18);
    return this.#staging;
  }

  /** What a query of one value answers, as text. */
  async ask(database: string, query: string): Promise<string> {
    const { rows } = await this.#run(database, `select (${query})::text as name`);
    return rows[0]?.name ?? 'null';
  }

  /** Drops every database and role but those that a new server has. */
  async clear(): Promise<void> {
    const databases = await this.#run(
      'postgres',
      `select datname as name from pg_catalog.pg_database where not datistemplate and datname <> 'postgres' order by 1`,
    );
    for (const { name } of databases.rows) await this.#run('postgres', `drop database ${pg.escapeIdentifier(name)} with (force)`);
    const roles = await this.#run('postgres', `select rolname as name from pg_catalog.pg_roles where rolname !~ '^pg_' and rolname <> 'postgres' order by 1`);
    for (const { name } of roles.rows) await this.#run('postgres', `drop role ${pg.escapeIdentifier(name)}`);
  }

  async #run(database: string, sql: string): Promise<pg.QueryResult<{ name: string }>> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await (await this.#staging)?.[Symbol.asyncDispose]();
  }
}
