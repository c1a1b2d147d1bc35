import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import { lineageOf } from '../../src/migrate/lineage.ts';
import type { LedgerRow } from '../../src/migrate/read-ledger.ts';
import { readMigrations } from '../../src/migrate/read-migrations.ts';
import { adapterOf } from '../../src/migrate/tools/adapters.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';
import { projects, settingsFor } from './projects.ts';

const known = projects.filter(({ tool }) => tool !== undefined);

test.each(known)('$name: every file is a migration of $tool, in its order, and one changed byte is seen where the tool keeps checksums', async (project) => {
  const real = join(process.env.PGREHEARSE_REAL ?? '', project.name);
  const { migrate } = settingsSchema.parse(settingsFor(project));
  const ups = readdirSync(real).filter((file) => file.endsWith('.sql') && !file.endsWith('.down.sql'));
  await withFolder({}, async (folder) => {
    cpSync(real, join(folder, 'migrations'), { recursive: true });
    const migrations = unwrap(await readMigrations(migrate, folder));
    const numbers = migrations.map(({ revision }) => Number.parseInt(revision, 10));
    expect(migrations.map(({ file }) => file.split('/').at(-1)).toSorted()).toEqual(ups.toSorted());
    expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
    const rows = migrations.map(({ file, revision }): LedgerRow => {
      const checksum = createHash('sha384')
        .update(readFileSync(join(folder, file)))
        .digest('hex');
      return { value: String(Number.parseInt(revision, 10)), state: 'applied', ...(project.tool === 'sqlx' ? { checksum } : {}) };
    });
    const line = () => readMigrations(migrate, folder).then((read) => lineageOf({ shape: 'plain' }, rows, unwrap(read), 'version', adapterOf(migrate)));
    expect(await line()).toMatchObject({ pending: [], unknown: [], outOfOrder: [], edited: [] });
    const [first] = migrations;
    appendFileSync(join(folder, first?.file ?? ''), ' ');
    expect((await line()).edited).toEqual(project.tool === 'sqlx' ? [first?.revision] : []);
  });
});
