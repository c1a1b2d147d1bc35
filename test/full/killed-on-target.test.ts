import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { cloneLines, dropClone, findClone } from '../../src/cluster/kept-clones.ts';
import { settingsSchema } from '../../src/config/schema.ts';
import { loadClone } from '../../src/rehearsal/load/load-clone.ts';
import { resetClone } from '../../src/rehearsal/load/reset-clone.ts';
import { useTarget } from '../external/shared-target.ts';
import { ask } from '../support/own-server.ts';
import { seeded } from '../support/seeded.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';
import { withContext } from '../support/with-context.ts';

const target = useTarget();

const files = {
  'production.sql': `create role shop_owner; create role shop_app; create table public.item (id int primary key, name text); alter table public.item owner to shop_owner;
    grant select on public.item to shop_app; insert into public.item select n, 'item ' || n from generate_series(1, 40) as n;`,
};

const configuration = () => ({
  source: { dump: 'production.sql' },
  target: { url: target.url },
  clone: { database: 'Shop_one' },
  migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'shop_owner' },
  baseline: { mode: 'init-then-migrations' },
});

function tryToKill(root: string, dump: string, before: number, action: 'load' | 'reset') {
  const program = join(import.meta.dirname, '../support/load-program.ts');
  const args = [program, root, dump, 'one', '.', String(before), JSON.stringify(configuration()), action];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

/** Unlike the program, the test waits for what a server goes on doing for a client that is gone. */
const rows = async () => await ask({ ...target.admin, database: 'Shop_one' }, 'select count(*)::int as rows from public.item');

test.each([6, 1, 2, 3])('killed anywhere while it loads or resets: gc clears all that isn’t kept, and a reset makes the rest whole (seed %i)', async (seed) => {
  const random = seeded(seed);
  await withFolder(files, (folder) =>
    withContext(async (context) => {
      const dump = join(folder, 'production.sql');
      const settings = settingsSchema.parse(configuration());
      tryToKill(context.root, dump, Math.floor(random() * 110), 'load');
      const swept = await collectGarbage(context, { dryRun: false });
      expect(swept.failures).toEqual([]);
      if ((await cloneLines(context)).length === 0) {
        // An image whose clone was never made goes as well.
        expect((await context.ledger.list()).map(({ id }) => id)).toEqual([]);
        unwrap(await loadClone(context, { settings, dump, name: 'one' }));
      }
      await ask({ ...target.admin, database: 'Shop_one' }, 'delete from public.item');
      for (let kills = 0; kills < 2; kills++) tryToKill(context.root, dump, Math.floor(random() * 30), 'reset');
      expect((await collectGarbage(context, { dryRun: false })).removed).toEqual([]);
      unwrap(await resetClone(context, 'one'));
      expect(await rows()).toEqual([{ rows: 40 }]);
      expect(unwrap(await findClone(context, 'one')).state).toBe('running');
      unwrap(await dropClone(context, 'one'));
      const later = { ...context, now: () => new Date(Date.now() + 1000 * 3_600_000) };
      expect((await collectGarbage(later, { dryRun: false })).failures).toEqual([]);
      expect(await context.ledger.list()).toEqual([]);
    }),
  );
});
