/**
 * One copy as pgrehearse makes it, in a process of its own so that its memory can be read: `copy SOURCE TARGET JOBS` into an empty database of a
 * running server, or `clone SOURCE - JOBS`: the whole way to a writable clone of our own. Runs from where `asInstalled` puts it.
 */
import type { Result } from '../../src/core/result.ts';

/** A module as the published package holds it, compiled. */
const built = (file: string) => import(new URL(`../${file}.js`, import.meta.url).href);
const { makeContext } = (await built('cli/make-context')) as typeof import('../../src/cli/make-context.ts');
const { copyDatabase } = (await built('copy/copy-database')) as typeof import('../../src/copy/copy-database.ts');
const { openUrl } = (await built('source/url')) as typeof import('../../src/source/url.ts');

const [mode = '', from = '', to = '', jobs = '2'] = process.argv.slice(2);
const context = value(await makeContext({ signal: new AbortController().signal }));
const startedAt = performance.now();
const say = (what: string) => console.log(`${what} ${((performance.now() - startedAt) / 1000).toFixed(2)} s`);
const told = { ...context, emit: (event: { type: string; text?: string }) => (event.type === 'step' ? say(event.text ?? '') : undefined) };
const source = value(await openUrl(context, { url: from, allowPrimary: true }));

if (mode === 'copy') {
  const copied = value(await copyDatabase(told, source, value(context.edge.postgres.parseAddress(to)), { jobs: Number(jobs), server: 'ours' }));
  say(`done: ${copied.report.rows} rows, ${copied.report.losses.length} losses, snapshot held for ${copied.report.snapshotHeldMs} ms,`);
} else {
  const { startClone } = (await built('cluster/clone')) as typeof import('../../src/cluster/clone.ts');
  const { makeImage } = (await built('cluster/image')) as typeof import('../../src/cluster/image.ts');
  const { removeImage } = (await built('cluster/remove-image')) as typeof import('../../src/cluster/remove-image.ts');
  const { buildForSource } = (await built('rehearsal/image-of-source')) as typeof import('../../src/rehearsal/load/image-of-source.ts');
  const { facts } = source;
  const build = value(await buildForSource(context, facts, undefined, 'provision'));
  const load = async (admin: Parameters<typeof copyDatabase>[2]) => {
    const copied = await copyDatabase(told, source, admin, { jobs: Number(jobs), server: 'ours' });
    return copied.ok ? { ok: true as const, value: { dataAsOf: facts.dataAsOf } } : copied;
  };
  const image = value(await makeImage(told, { build, label: 'bench', database: facts.database, locale: facts.locale, load }));
  say('image frozen');
  const clone = value(await startClone(told, image, { label: 'bench' }));
  const session = value(await context.edge.postgres.connect(clone.admin));
  await session.query('select 1');
  say('clone answers');
  await session.close();
  await clone.remove();
  await removeImage(context, image);
}
await source[Symbol.asyncDispose]();

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}
