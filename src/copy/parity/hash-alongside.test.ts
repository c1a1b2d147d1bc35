import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { FailureError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import { openUrl } from '../../source/url.ts';
import { SteadySource } from '../live/steady-source.ts';
import { hashAlongside, type SourceContent } from './hash-alongside.ts';
import { hashTables } from './hash-tables.ts';

const fill = "create table t as select n, repeat('x', 500) as t from generate_series(1, 20000) n";

async function withSource<T>(
  use: (source: LiveSource, steady: (source: LiveSource) => Promise<SteadySource>, truth: Awaited<ReturnType<typeof hashTables>>) => Promise<T>,
): Promise<T> {
  return await withDatabase(18, fill, async (address) => {
    const truth = await hashTables(testContext(), address);
    const opened = await openUrl(testContext(), { url: `postgres://${address.user}@${address.host}:${address.port}/${address.database}`, allowPrimary: true });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using source = opened.value;
    await using stack = new AsyncDisposableStack();
    const steady = async (given: LiveSource) => stack.use(await SteadySource.of(testContext(), given));
    return await use({ ...source, hashContent: true }, steady, truth);
  });
}

test('the snapshot may be given up at once: whoever hashes has it too', async () => {
  await withSource(async (source, steady, truth) => {
    let content: Promise<SourceContent> | undefined;
    await hashAlongside(testContext(), await steady(source), async (given) => {
      content = given;
      await source.session.execute('commit');
      await ask(source.address, 'delete from t');
    });
    expect((await content)?.sourceHashes).toEqual(truth);
    expect((await content)?.snapshotHeldMs).toBeGreaterThan(0);
  });
});

test('when the reading fails, hashing ends too, and no session is left', async () => {
  await withSource(async (source, steady) => {
    const failing = hashAlongside(testContext(), await steady(source), async () => {
      throw new Error('the reading failed');
    });
    await expect(failing).rejects.toThrow('the reading failed');
    const left = "select count(*)::int as n from pg_stat_activity where application_name = 'pgrehearse hash' and datname = current_database()";
    for (let attempt = 0; attempt < 40 && (await ask(source.address, left))[0]?.n !== 0; attempt++) await sleep(50);
    expect(await ask(source.address, left)).toEqual([{ n: 0 }]);
  });
});

test('what the source refuses is told as its failure; without a wish nothing is hashed', async () => {
  await withSource(async (source, steady) => {
    const lost = hashAlongside(testContext(), await steady({ ...source, snapshotId: '00000000-00000000-1' }), async (content) => await content);
    await expect(lost).rejects.toBeInstanceOf(FailureError);
    const { hashContent: _, ...plain } = source;
    expect(await hashAlongside(testContext(), await steady(plain), async (content) => content)).toBeUndefined();
  });
});
