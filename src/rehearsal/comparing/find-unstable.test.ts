import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { type CompareOptions, compareSchemas } from '../../schema/compare-schemas.ts';
import { findUnstable } from './find-unstable.ts';

/** A schema with the second of its creation in a view, and the day in the name of a table. */
const script = `do $$ begin
    execute format('create view made as select %L::timestamptz as at', clock_timestamp());
    execute format('create table events_%s (a int)', to_char(current_date, 'YYYYMMDD'));
  end $$;
  create table kept (a int);`;

/** Where it is another day than in UTC. */
const otherZone = `(select z from unnest(array['Etc/GMT+12', 'Etc/GMT-14']) z where (now() at time zone z)::date <> (now() at time zone 'UTC')::date limit 1)`;

test('what another build has otherwise is unstable, and nothing else is', async () => {
  const context = testContext();
  const build = async (how: 'again' | 'otherDay') => {
    const address: Address = { ...testServer(18), database: `rebuilt_${randomBytes(6).toString('hex')}` };
    await ask(testServer(18), `create database ${address.database}`);
    const zone = how === 'otherDay' ? otherZone : `'UTC'`;
    await ask(
      address,
      `do $$ begin execute format('set local timezone to %L', ${zone}); ${script.replace(/^do \$\$ begin|end \$\$;[\s\S]*$/g, '')} end $$; create table kept (a int)`,
    );
    const remove = async () => {
      await ask(testServer(18), `drop database ${address.database} with (force)`);
      return ok();
    };
    return ok({ id: 'x', label: 'x', admin: address, login: address, remove, [Symbol.asyncDispose]: async () => {} } satisfies HostedClone);
  };
  // Production was made on another day, and has lost a column's default since.
  const production = `set timezone = 'UTC'; create view made as select '2020-01-01'::timestamptz as at; create table events_20200101 (a int); create table kept (a int default 1)`;
  await withDatabase(18, production, async (clone) =>
    withDatabase(18, `set timezone = 'UTC'; ${script}`, async (baseline) => {
      const options: CompareOptions = { exclude: [], scratch: async () => ok({ ...testServer(18) }) };
      const right = { address: baseline, label: 'baseline' };
      const compared = await compareSchemas(context, { address: clone, label: 'clone' }, right, options);
      if (!compared.ok) throw new Error(compared.failure.message);
      const builds: string[] = [];
      const found = await findUnstable(context, compared.value, right, options, (how) => {
        builds.push(how);
        return build(how);
      });
      if (!found.ok) throw new Error(found.failure.message);
      const told = found.value.differences.map(({ class: kind, object, how }) => `${kind} ${how} ${object.kind} ${object.name.replace(/\d{8}/, 'DAY')}`).sort();
      expect(told).toEqual([
        'semantic changed column public.kept.a',
        'unstable changed view public.made',
        'unstable only-left table public.events_DAY',
        'unstable only-right table public.events_DAY',
      ]);
      expect(builds).toEqual(['again', 'otherDay']);
    }),
  );
});
