import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { listImages } from '../../src/cluster/image.ts';
import { dropClone } from '../../src/cluster/kept-clones.ts';
import { removeImage } from '../../src/cluster/remove-image.ts';
import type { Context } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { withDatabase } from './databases.ts';
import { dropDumps } from './drop-dumps.ts';
import { dumpOf } from './dump-of.ts';
import { withFolder } from './temporary-folder.ts';
import { unwrap } from './unwrap.ts';
import { withContext } from './with-context.ts';

const production = `
  do $$ begin for t in 1..8 loop
    execute format('create table t%s (id int primary key, other int, text text unique)', t);
    execute format('insert into t%s select g, g, md5(g::text) from generate_series(1, 400 * %s) g', t, t);
    execute format('create index on t%s (other) where id > 3', t);
  end loop; end $$;
  alter table t2 add constraint "to one" foreign key (other) references t3 (id);
  create view seen as select count(*) as all_of from t1; create materialized view summed as select sum(id) from t2;
  create function touch() returns trigger language plpgsql as 'begin return new; end'; create trigger touched before update of text, other on t4 execute function touch();
  create rule quiet as on delete to t5 do instead nothing; alter table t6 enable row level security; create policy mine on t6 using (other > 3);
  create statistics pair on id, other from t7; create publication told for table t1; select lo_from_bytea(0, 'a large object');`;

export const recorded = "insert into pgrehearse_load.part values \\('table";
export const steps = (context: { readonly events: readonly object[] }) => context.events.flatMap((event) => ('text' in event ? [String(event.text)] : []));

type TestContext = Parameters<Parameters<typeof withContext>[0]>[0];

/** A dump folder of a database that holds one of everything that a load builds after its rows. @param more SQL that adds to it */
export async function withDump(use: (context: TestContext, dump: string, source: Address) => Promise<void>, more = ''): Promise<void> {
  await withDatabase(18, `${production} ${more}`, async (address) => {
    await withFolder({}, (folder) =>
      withContext(async (context) => {
        const dump = await dumpOf(context, address, folder);
        try {
          await use(context, dump.folder, address);
        } finally {
          await dropDumps(context);
        }
      }),
    );
  });
}

/** Everything that a clone holds, as far as it doesn't depend on where the clone is. */
export async function stateOf(context: Context, address: Address): Promise<unknown> {
  const pgDump = unwrap(await context.edge.postgres.pgDumpFor(18));
  const schema = unwrap(await pgDump.dumpSchema(address));
  await using session = unwrap(await context.edge.postgres.connect(address));
  const tables: unknown[] = [];
  for (let t = 1; t <= 8; t++) tables.push(await session.query(`select count(*)::int as rows, md5(string_agg(text, '' order by id)) as text from t${t}`));
  const objects = await session.query("select encode(lo_get(oid), 'escape') as content from pg_largeobject_metadata");
  const invalid = await session.query(
    'select conname from pg_constraint where not convalidated union select indexrelid::regclass::text from pg_index where not indisvalid',
  );
  return { schema, tables, objects, invalid, views: await session.query('select * from seen, summed') };
}

/** Loads the dump in a process that is killed at a statement. @param settings the configuration, where there is one */
export function loadKilledAt(context: { readonly root: string }, dump: string, pattern: string, before: number, settings?: object): void {
  const { signal, stderr } = tryToKill(context, dump, pattern, before, settings);
  expect(signal, stderr).toBe('SIGKILL');
}

/** As `loadKilledAt`, where so many statements may never be sent. */
export function tryToKill({ root }: { readonly root: string }, dump: string, pattern: string, before: number, settings?: object) {
  const program = join(import.meta.dirname, 'load-program.ts');
  const args = [program, root, dump, 'shop', pattern, String(before), ...(settings === undefined ? [] : [JSON.stringify(settings)])];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

/** With its image, so that the next load can't use that one. */
export async function dropWhole(context: Context, name: string): Promise<void> {
  unwrap(await dropClone(context, name));
  for (const { image } of await listImages(context)) unwrap(await removeImage(context, image));
}
