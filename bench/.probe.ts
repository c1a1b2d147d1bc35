import { chooseBuild } from '../src/cluster/choose-build.ts';
import { startClone } from '../src/cluster/clone.ts';
import { makeImage } from '../src/cluster/image.ts';
import { removeImage } from '../src/cluster/remove-image.ts';
import { ok } from '../src/core/result.ts';
import { resetClone } from '../src/rehearsal/reset-clone.ts';
import { openContext } from '../test/support/with-context.ts';

const root = process.argv[2] ?? '/var/tmp/rb';
const methods = (process.argv[3] ?? 'overlay,copy').split(',');
const context = await openContext(root);
const un = (r: any) => {
  if (!r.ok) throw new Error(JSON.stringify(r.failure));
  return r.value;
};
const t0 = performance.now();
const wrapLedger = (l: any) =>
  Object.fromEntries(
    Object.entries(l).map(([k, f]: any) => [
      k,
      async (...a: any[]) => {
        const s = performance.now();
        const r = await f(...a);
        if (process.env.V) console.log('   ledger', k, (performance.now() - s).toFixed(1));
        return r;
      },
    ]),
  );
const ctx: any = {
  ...context,
  ledger: wrapLedger(context.ledger),
  edge: {
    ...context.edge,
    postgres: {
      ...context.edge.postgres,
      connect: async (a: any, o: any) => {
        const s = performance.now();
        const r = await context.edge.postgres.connect(a, o);
        if (process.env.V) console.log('   connect', a.database, r.ok, (performance.now() - s).toFixed(1), 'at', s.toFixed(0));
        return r;
      },
    },
    system: {
      ...context.edge.system,
      run: async (q: any) => {
        const s = performance.now();
        const r = await context.edge.system.run(q);
        if (process.env.V) console.log('   run', q.command, (performance.now() - s).toFixed(1));
        return r;
      },
      endProcess: async (...a: any[]) => {
        const s = performance.now();
        const r = await (context.edge.system.endProcess as any)(...a);
        if (process.env.V) console.log('   end', (performance.now() - s).toFixed(1));
        return r;
      },
      startDetached: async (q: any) => {
        const s = performance.now();
        const r = await context.edge.system.startDetached(q);
        if (process.env.V) console.log('   start', (performance.now() - s).toFixed(1), 'at', performance.now().toFixed(0));
        return r;
      },
    },
  },
};
const build = un(await chooseBuild(ctx, { major: Number(process.env.MAJOR ?? 15), extensions: [], languages: [], features: [] }));
const image = un(
  await makeImage(context, {
    build,
    label: 'image',
    database: 'app',
    kept: true,
    expiresAt: '2999-01-01T00:00:00Z',
    locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' },
    load: async (admin) => {
      await using s = un(await context.edge.postgres.connect(admin));
      await s.execute('create table t as select i, md5(i::text) from generate_series(1,100000) i');
      return ok({ dataAsOf: new Date().toISOString() });
    },
  }),
);
for (const method of methods) {
  un(await startClone(ctx, image, { label: 'c', kept: true, expiresAt: '2999-01-01T00:00:00Z', method: method as any }));
  process.env.PGREHEARSE_CLONE_METHOD = method;
  for (let i = 0; i < 4; i++) {
    const s = performance.now();
    if (process.env.V) console.log('---');
    const c = un(await resetClone(ctx, 'c'));
    const m = performance.now();
    await using session = un(await ctx.edge.postgres.connect((c.clone ?? c).admin));
    await session.query('select count(*) from t where i < 10');
    console.log(method, 'reset', (m - s).toFixed(0), 'first query', (performance.now() - m).toFixed(0), 'total', (performance.now() - s).toFixed(0));
    await c.settled;
  }
  delete process.env.PGREHEARSE_CLONE_METHOD;
  const { dropClone } = await import('../src/cluster/kept-clones.ts');
  un(await dropClone(ctx, 'c'));
}
un(await removeImage(ctx, image));
