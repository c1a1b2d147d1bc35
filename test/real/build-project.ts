import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { generateRows, type TableReport } from '../rows/generate-rows.ts';
import type { ProductionServer } from '../scenarios/production-server.ts';
import { type RealProject, settingsFor } from './projects.ts';

export interface BuiltProject {
  readonly sourceUrl: string;
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly rows: readonly TableReport[];
}

/**
 * Makes a project folder with the real migrations, and its production: all but the last migrations, run by a role that is no superuser, then filled
 * with generated rows.
 *
 * @param sabotage SQL that production's owner would rather not know of, run before the rows come
 */
export async function buildProject(
  project: RealProject,
  realFolder: string,
  folder: string,
  production: ProductionServer,
  sabotage?: string,
): Promise<BuiltProject> {
  mkdirSync(join(folder, 'migrations'));
  cpSync(join(realFolder, project.name), join(folder, 'migrations'), { recursive: true });
  writeFileSync(join(folder, 'ledger.sql'), `${project.ledgerSql}\n`);
  writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify(settingsFor(project), null, 2));

  const files = readdirSync(join(folder, 'migrations'))
    .filter((file) => file.endsWith('.sql') && !file.endsWith('.down.sql'))
    .sort();
  const applied = files.slice(0, -project.pending);
  const database = project.name.replaceAll('.', '_');
  await production.load(database, 'create role real_migrator login');
  await onDatabase(production.url(database), async (client) => {
    await client.query(`alter database ${database} owner to real_migrator`);
    await client.query('set role real_migrator');
    if (project.ledgerSql !== '') await client.query(project.ledgerSql);
    for (const file of applied) await apply(client, project, join(folder, 'migrations'), file);
    await client.query('reset role');
    if (sabotage !== undefined) await client.query(sabotage);
  });
  const rows = await onDatabase(production.url(database), (client) =>
    generateRows(client, { seed: project.name, rowsPerTable: 400, exclude: [project.ledger.table] }),
  );
  return { sourceUrl: production.url(database), applied, pending: files.slice(-project.pending), rows };
}

/** One history file, as its own tool would run it, and the tool's record of it. */
async function apply(client: pg.Client, project: RealProject, folder: string, file: string): Promise<void> {
  const text = readFileSync(join(folder, file), 'utf8');
  const up = project.layout === 'goose' ? (text.split(/^-- \+goose Down.*$/m)[0] ?? '') : text;
  // River puts a schema's name here; without one the mark is nothing, inside of strings too.
  await client.query(up.replaceAll('/* TEMPLATE: schema */', ''));
  const version = Number.parseInt(file, 10);
  if (project.recordSql !== '') {
    await client.query(project.recordSql, [String(version), file, createHash('sha384').update(text).digest('hex')]);
  } else {
    const { rows } = await client.query<{ found: boolean }>(
      `select exists (select from pg_catalog.pg_attribute where attrelid = 'public.river_migration'::regclass and attname = 'line') as found`,
    );
    const sql =
      rows[0]?.found === true
        ? `insert into public.river_migration (line, version) values ('main', $1)`
        : 'insert into public.river_migration (version) values ($1)';
    await client.query(sql, [version]);
  }
}

async function onDatabase<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
