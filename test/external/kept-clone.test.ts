import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { removeUnneededRoles } from '../../src/cluster/external/target-roles.ts';
import { findImage } from '../../src/cluster/image-use.ts';
import { cloneAccess, dropClone, findClone, listClones, wakeClone } from '../../src/cluster/kept-clones.ts';
import { removeImage } from '../../src/cluster/remove-image.ts';
import { type Settings, settingsSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/core/ports.ts';
import type { Result } from '../../src/core/result.ts';
import { freshClone } from '../../src/rehearsal/load/fresh-clone.ts';
import { type LoadedClone, loadClone } from '../../src/rehearsal/load/load-clone.ts';
import type { LoadRequest } from '../../src/rehearsal/load/load-request.ts';
import { resetClone } from '../../src/rehearsal/load/reset-clone.ts';
import { testServer } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';
import { openContext, withContext } from '../support/with-context.ts';
import { useTarget } from './shared-target.ts';

const target = useTarget();
const role = 'shop_owner';

const files = {
  'production.sql': `create role ${role} superuser; create table public.item (id int primary key, name text); alter table public.item owner to ${role};
    insert into public.item select n, 'item ' || n from generate_series(1, 40) as n;`,
  'migrations/0001_start.sql': 'create table public.item (id int primary key, name text);',
  'schema/head.sql': 'create table public.item (id int primary key, name text);',
};

const settings = (): Settings =>
  settingsSchema.parse({
    source: { dump: 'production.sql' },
    target: { url: target.url },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role },
    baseline: { mode: 'init-at-head', schema: ['schema/head.sql'] },
  });

interface Stage {
  readonly context: Context & { readonly events: readonly object[]; readonly root: string };
  readonly folder: string;
  readonly load: (name: string, wishes?: Partial<LoadRequest>) => Promise<Result<LoadedClone>>;
  /** Drops the clones and the images that are left. */
  readonly clear: () => Promise<void>;
}

async function withStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  await withFolder(files, (folder) =>
    withContext(async (context) => {
      const load = (name: string, wishes?: Partial<LoadRequest>) =>
        loadClone(context, { settings: settings(), folder, dump: join(folder, 'production.sql'), name, ...wishes });
      const clear = async () => {
        for (const { resource } of await listClones(context)) unwrap(await dropClone(context, resource.id));
        for (const { id, kind, facts } of await context.ledger.list())
          if (kind === 'database' && facts.use === 'image') unwrap(await removeImage(context, { id }));
        await removeUnneededRoles(context);
      };
      try {
        await use({ context, folder, load, clear });
      } finally {
        await clear();
      }
    }),
  );
}

const databaseAt = (name: string) => ({ ...target.admin, database: name });
const isThere = async (name: string) => (await ask(target.admin, `select 1 from pg_catalog.pg_database where datname = '${name}'`)).length === 1;

test('a clone on an existing server is reset to how it was loaded, whoever is in it and whatever became of it', async () => {
  await withStage(async ({ context, load, clear }) => {
    const wanted = `Kept_${randomBytes(4).toString('hex')}`;
    const { clone } = unwrap(await load('one', { database: wanted, user: role }));
    expect(clone.login).toMatchObject({ database: wanted, user: role });
    const session = unwrap(await context.edge.postgres.connect({ ...clone.login }, { applicationName: 'the app' }));
    await session.execute('delete from public.item where id > 7');
    const reset = unwrap(await resetClone(context, 'one'));
    expect(reset).toMatchObject({ method: 'template', clone: { login: { database: wanted, user: role } } });
    expect(context.events).toContainEqual(
      expect.objectContaining({ text: expect.stringMatching(new RegExp(`^Ending the session of the app \\(${role} from 127`)) }),
    );
    await expect(session.query('select 1')).rejects.toThrow();
    await session.close();
    expect(await ask(clone.admin, 'select count(*)::int as rows from public.item')).toEqual([{ rows: 40 }]);

    // Renamed by somebody, it is still known by its number; gone, it can be made again.
    await ask(target.admin, `alter database "${wanted}" rename to "${wanted}_away"`);
    expect(unwrap(await findClone(context, 'one'))).toMatchObject({ state: 'gone', running: false });
    unwrap(await resetClone(context, 'one'));
    expect(await isThere(`${wanted}_away`)).toBe(false);
    await ask(target.admin, `drop database "${wanted}"`);
    expect(await wakeClone(context, unwrap(await findClone(context, 'one')))).toMatchObject({ ok: false, failure: { code: 'clone-not-found' } });
    // Another one of its name is somebody's, and stays.
    await ask(target.admin, `create database "${wanted}"`);
    expect(unwrap(await findClone(context, 'one')).state).toBe('gone');
    expect(await resetClone(context, 'one')).toMatchObject({ ok: false, failure: { code: 'database-name-taken', object: wanted } });
    expect(await isThere(wanted)).toBe(true);
    await ask(target.admin, `drop database "${wanted}"`);
    unwrap(await resetClone(context, 'one'));
    expect(await ask(clone.admin, 'select count(*)::int as rows from public.item')).toEqual([{ rows: 40 }]);
    // Its login goes on to work, also with one more clone.
    const two = unwrap(await load('two', { user: role }));
    expect(two.report.fromImage).toBeDefined();
    expect(two.clone.login.password?.reveal()).toBe(clone.login.password?.reveal());
    unwrap(await dropClone(context, 'one'));
    expect(await removeUnneededRoles(context)).toEqual([]);
    await clear();
    expect(await isThere(wanted)).toBe(false);
  });
});

test('names that are taken, strangers in the image and a server that is away are named, and nothing of anybody’s is lost', async () => {
  await withStage(async ({ context, load }) => {
    const strange = `strange_${randomBytes(4).toString('hex')}`;
    await ask(target.admin, `create database ${strange}`);
    try {
      expect(await load('one', { database: strange })).toMatchObject({ ok: false, failure: { code: 'database-name-taken', object: strange } });
      expect(await load('one', { database: 'a "b"' })).toMatchObject({ ok: false, failure: { code: 'usage' } });
      const taken = { database: undefined, ownServer: true, port: target.admin.port };
      expect(await load('one', taken)).toMatchObject({ ok: false, failure: { code: 'port-in-use', object: String(target.admin.port) } });
      const method = process.getuid?.() === 0 ? 'overlay-rootless' : 'overlay';
      expect(await load('one', { ownServer: true, method })).toMatchObject({ ok: false, failure: { code: 'clone-method-unusable', object: method } });
      // All of it is said before anything is copied.
      expect(context.events).not.toContainEqual(expect.objectContaining({ text: expect.stringContaining('Copying') }));
      expect(await load('one', { port: 5555 })).toMatchObject({ ok: false, failure: { code: 'usage', cure: expect.stringContaining('--own-server') } });
      expect(await load('one', { user: 'nobody_there' })).toMatchObject({ ok: false, failure: { code: 'role-missing', object: 'nobody_there' } });
      expect(await load('one', { user: 'postgres' })).toMatchObject({ ok: false, failure: { code: 'role-not-ours', object: 'postgres' } });
      expect(await context.ledger.list()).toEqual([]);
      expect(await isThere(strange)).toBe(true);
      const { clone } = unwrap(await load('one'));
      expect(await load('one')).toMatchObject({ ok: false, failure: { code: 'clone-name-taken' } });

      // Whoever opened the image may have changed it.
      const { database } = clone.admin;
      const image = String((await context.ledger.list()).find(({ facts }) => facts.use === 'image')?.facts.database);
      await ask(target.admin, `alter database ${image} allow_connections true`);
      const inside = unwrap(await context.edge.postgres.connect(databaseAt(image), { applicationName: 'psql of ann' }));
      const refused = await resetClone(context, 'one');
      expect(refused).toMatchObject({ ok: false, failure: { code: 'image-failed', message: expect.stringContaining('psql of ann (postgres from 127') } });
      expect(await isThere(database)).toBe(true);
      await inside.close();
      await ask(target.admin, `alter database ${image} allow_connections false`);

      // The address leads nowhere, or to another server: it isn't said to be gone, and nothing is done to it.
      const line = unwrap(await findClone(context, 'one')).resource;
      await context.ledger.amend(line.id, { facts: { port: await context.edge.system.freePort() } });
      const away = unwrap(await findClone(context, 'one'));
      expect(away.state).toBe('unreachable');
      expect(await wakeClone(context, away)).toMatchObject({ ok: false, failure: { code: 'target-unreachable' } });
      expect(await dropClone(context, 'one')).toMatchObject({ ok: false, failure: { code: 'cleanup-failed' } });
      await context.ledger.amend(line.id, { facts: { port: testServer(15).port } });
      expect(unwrap(await findClone(context, 'one')).state).toBe('gone');
      await context.ledger.amend(line.id, { facts: { port: Number(line.facts.port) } });
    } finally {
      await ask(target.admin, `drop database ${strange}`);
    }
  });
});

test('gc removes what is past its time from an existing server: clones, their image, the roles that they needed', async () => {
  await withStage(async ({ context, load, folder }) => {
    unwrap(await load('one'));
    unwrap(await freshClone(context, { settings: settings(), folder, name: 'fresh' }));
    expect(unwrap(await cloneAccess(context, unwrap(await findClone(context, 'fresh')))).admin.port).toBe(target.admin.port);
    unwrap(await resetClone(context, 'fresh'));
    const kept = await collectGarbage(context, { dryRun: false });
    expect(kept.removed).toEqual([]);
    expect(kept.stays.map(({ resource, state }) => `${resource.kind} ${resource.label} ${state}`).toSorted()).toEqual([
      'database fresh kept',
      'database image of fresh kept',
      'database image of one kept',
      'database one kept',
      `role role ${role} needed`,
    ]);
    unwrap(await findImage(context, kept.stays.find(({ resource }) => resource.label === 'image of one')?.resource.id ?? ''));
    const later = { ...(await openContext(context.root)), now: () => new Date(Date.now() + 1000 * 3_600_000) };
    const swept = await collectGarbage(later, { dryRun: false });
    expect(swept.failures).toEqual([]);
    expect(swept.removed.length).toBe(5);
    expect(await context.ledger.list()).toEqual([]);
  });
});
