import { expect, test } from 'vitest';
import { useTarget } from '../external/shared-target.ts';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, type Stage, withStage } from '../program/stage.ts';
import { ask } from '../support/own-server.ts';
import { strangersOn } from '../support/strangers-on.ts';

const production = useProduction();
const target = useTarget();
const settings = { target: { urlVariable: 'TARGET_URL' } };
const env = () => ({ TARGET_URL: target.url });

interface Shown {
  readonly name: string;
  readonly database: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
}

const cli = async (stage: Stage, ...args: string[]) => await stage.cli(args, { env: env() });

async function load(stage: Stage, ...args: string[]): Promise<Shown> {
  const loaded = await cli(stage, 'load', '--json', ...args);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  return JSON.parse(loaded.stdout) as Shown;
}

const rowsOf = async (database: string) => await ask({ ...target.admin, database }, 'select pg_catalog.count(*)::int as rows from public.item');

test('a dump is loaded into an existing server, used, changed, reset and dropped, and nothing of it stays', async () => {
  await withStage(production, { settings }, async (stage) => {
    expect((await stage.cli(['clone'])).exitCode).toBe(0);
    const one = await load(stage, '--name', 'one', '--user', 'shop_migrator');
    const two = await load(stage, '--name', 'two', '--database', 'Shop_two');
    // Of the same dump: nothing is loaded again.
    const images = JSON.parse((await cli(stage, 'images', '--json')).stdout);
    expect(images).toMatchObject([{ clones: ['one', 'two'], readers: [], server: expect.stringContaining('postgres@127.0.0.1') }]);
    expect(two).toMatchObject({ database: 'Shop_two', user: 'postgres' });
    expect(await ask(target.admin, "select datallowconn, datistemplate from pg_catalog.pg_database where datname ~ '^pgrehearse_image'")).toEqual([
      { datallowconn: false, datistemplate: false },
    ]);
    expect(
      await ask(target.admin, `select pg_catalog.pg_get_userbyid(datdba)::text as owner from pg_catalog.pg_database where datname = '${one.database}'`),
    ).toEqual([{ owner: 'shop_migrator' }]);
    expect(await rowsOf(one.database)).toEqual([{ rows: 50 }]);

    const text = 'console.log(process.env.DATABASE_URL, process.env.PGUSER, process.env.PGDATABASE)';
    const ran = await cli(stage, 'exec', '--name', 'two', '--', process.execPath, '-e', text);
    expect(ran.stdout).toMatch(/^postgres:\/\/postgres.*\/Shop_two\S* postgres Shop_two\n$/);
    const entered = await cli(stage, 'env', 'one', '--shell', 'json');
    expect(JSON.parse(entered.stdout)).toMatchObject({ PGUSER: 'shop_migrator', DATABASE_URL: one.environment.DATABASE_URL });

    await ask({ ...target.admin, database: 'Shop_two' }, 'delete from public.item; alter database "Shop_two" owner to dev_user; create table public.junk ()');
    expect((await cli(stage, 'diff', 'one', 'two')).exitCode).toBe(1);
    const reset = await cli(stage, 'reset', 'two');
    expect({ exitCode: reset.exitCode, text: reset.stdout }, reset.stderr).toMatchObject({ exitCode: 0, text: expect.stringContaining('(template)') });
    expect(await rowsOf('Shop_two')).toEqual([{ rows: 50 }]);
    expect((await cli(stage, 'diff', 'one', 'two')).exitCode).toBe(0);
    const listed = JSON.parse((await cli(stage, 'clones', '--json')).stdout);
    expect(listed).toMatchObject([
      { name: 'one', state: 'running', database: one.database },
      { name: 'two', state: 'running', database: 'Shop_two' },
    ]);

    expect((await cli(stage, 'drop', 'one')).exitCode).toBe(0);
    expect(await strangersOn(target.admin)).toContain('role shop_migrator');
    expect((await cli(stage, 'drop', 'two')).exitCode).toBe(0);
    expect(await strangersOn(target.admin)).toEqual(['database dev', 'role dev_user']);
    const dumps = JSON.parse((await cli(stage, 'dumps', '--json')).stdout) as { id: string }[];
    for (const { id } of dumps) expect((await cli(stage, 'drop', '--dump', id)).exitCode).toBe(0);
    expect(ledgerLines(stage.home)).toEqual([]);
  });
});
