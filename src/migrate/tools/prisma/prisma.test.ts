import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../../../../test/support/temporary-folder.ts';
import { prisma } from './prisma.ts';

test('a folder without migration.sql is refused, as Prisma refuses it, also where it is empty', async () => {
  await withFolder({ 'prisma/migrations/1_a/migration.sql': 'select 1', 'prisma/migrations/.cache/x': '' }, async (folder) => {
    const read = () =>
      prisma.readHistory(folder, { tool: 'sql-files', adapter: 'prisma', folder: 'prisma/migrations', layout: 'prisma-folders', transaction: 'auto' });
    expect(await read()).toMatchObject({ ok: true, value: [{ revision: '1_a' }] });
    mkdirSync(join(folder, 'prisma/migrations/2_b'));
    expect(await read()).toMatchObject({
      ok: false,
      failure: { code: 'migration-format', message: 'prisma/migrations/2_b is a folder without migration.sql: Prisma stops at it' },
    });
  });
});
