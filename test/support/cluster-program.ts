import { setTimeout as delay } from 'node:timers/promises';
import { chooseBuild } from '../../src/cluster/choose-build.ts';
import { startClone } from '../../src/cluster/clone.ts';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { makeImage } from '../../src/cluster/image.ts';
import { removeImage } from '../../src/cluster/remove-image.ts';
import { ok, type Result } from '../../src/core/result.ts';
import { Secret } from '../../src/core/secret.ts';
import { openContext } from './with-context.ts';

/**
 * A run of the program, as tests start it in a process of its own: makes an image and clones of it, then removes them.
 * Arguments: home folder, major, rounds, `keep` to leave one kept clone and its image behind or `hold` to stand still while the clones run, and a folder of binaries to start from.
 * With `gc` in place of the major it collects garbage, and prints the report.
 */
const [root = '', major = '18', rounds = '1', keep, binFolder] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const context = await openContext(root, stop.signal);

const unwrap = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  console.error(JSON.stringify(result.failure));
  return process.exit(result.failure.code === 'interrupted' ? 130 : 1);
};

if (major === 'gc') {
  console.log(JSON.stringify(await collectGarbage(context, { dryRun: false })));
  process.exit(0);
}
const chosen = unwrap(await chooseBuild(context, { major: Number(major), extensions: [], languages: [], features: [] }));
const build = binFolder === undefined ? chosen : { ...chosen, binFolder };
for (let round = 0; round < Number(rounds); round++) {
  const image = unwrap(
    await makeImage(context, {
      build,
      label: `image of ${process.pid}`,
      ...(keep === 'keep' ? { kept: true, expiresAt: '2999-01-01T00:00:00Z' } : {}),
      database: 'app',
      locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' },
      load: async (admin) => {
        await using session = unwrap(await context.edge.postgres.connect(admin));
        await session.execute(`create table t as select ${process.pid} as maker, i from generate_series(1, 100000) as i`);
        return ok({ dataAsOf: new Date().toISOString() });
      },
    }),
  );
  const clones = [];
  for (const label of ['one', 'two']) clones.push(unwrap(await startClone(context, image, { label })));
  for (const clone of clones) {
    await using session = unwrap(await context.edge.postgres.connect(clone.admin));
    const [row] = await session.query<{ maker: number; rows: string }>('select maker, count(*) as rows from t group by maker');
    console.log(JSON.stringify({ ...row, method: clone.method }));
  }
  await delay(keep === 'hold' ? 600_000 : 0, undefined, { signal: stop.signal }).catch(() => {});
  for (const clone of clones) unwrap(await clone.remove());
  if (keep === 'keep') {
    const login = { user: 'app_user', password: new Secret('p w\'"\\') };
    unwrap(await startClone(context, image, { label: 'kept-one', kept: true, database: 'Renamed', login, expiresAt: '2999-01-01T00:00:00Z' }));
  } else unwrap(await removeImage(context, image));
}
