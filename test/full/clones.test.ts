import { expect, test } from 'vitest';
import { choosePoint } from '../faults/choose-point.ts';
import { type FaultPoint, holdProgram } from '../faults/hold-program.ts';
import { randomNumbers } from '../faults/random.ts';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { withContext } from '../support/with-context.ts';

const dump = `create table public.t (a int primary key, b text);
insert into public.t select i, repeat('x', 500) from generate_series(1, 20000) as i;
`;

interface Known {
  readonly name: string;
  readonly running: boolean;
}

/** What `exec` gets to see of the table. */
const count = `const { default: pg } = await import(${JSON.stringify(import.meta.resolve('pg'))});
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  console.log((await client.query('select count(*)::int as rows from public.t')).rows[0].rows);
  await client.query('delete from public.t');
  await client.end();`;

/** Chosen anew each time, or given in order to see a failure again. */
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

test.each(['overlay', 'copy'])(
  `clones of one image from several processes at once, and resets that are killed at any moment (%s, FAULT_SEED=${seed})`,
  async (way) => {
    await withContext(async ({ root }) => {
      await withFolder({ 'prod.sql': dump }, async (cwd) => {
        const isRoot = process.getuid?.() === 0;
        const method = way === 'overlay' && !isRoot ? 'overlay-rootless' : way;
        const env = { PGREHEARSE_HOME: root, PGREHEARSE_CLONE_METHOD: method };
        const cli = (...args: string[]) => runCli(args, { cwd, env });
        const rows = async (name: string) => {
          const ran = await cli('exec', '--name', name, '--', process.execPath, '--input-type=module', '-e', count);
          return Number(ran.stdout.trim().split('\n').at(-1));
        };
        expect(await cli('load', 'prod.sql', '--name', 'a')).toMatchObject({ exitCode: 0 });
        const names = ['b', 'c', 'd', 'e'];
        const loads = await Promise.all(names.map((name) => cli('load', 'prod.sql', '--name', name)));
        expect(loads.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(names.map(() => [0, expect.stringContaining('Nothing is loaded')]));
        expect(JSON.parse((await cli('images', '--json')).stdout)).toMatchObject([{ clones: ['a', ...names] }]);
        expect(await Promise.all(['a', ...names].map(rows))).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
        const resets = await Promise.all(['a', ...names].map((name) => cli('reset', name)));
        expect(resets.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
        expect(await rows('a')).toBe(20_000);

        const random = randomNumbers(seed);
        const reset = async (point?: FaultPoint) =>
          await holdProgram(
            (args, options) => runCli(args, { cwd, ...options, env: { ...options?.env, ...env } }),
            ['reset', 'a'],
            point,
            async (child) => child.kill('SIGKILL'),
          );
        const { counts } = await reset();
        if (counts === undefined) throw new Error('the program told no moments');
        let struck = 0;
        for (let round = 0; struck < 8 && round < 40; round++) {
          const point = choosePoint(counts, random);
          const { struckAt, outcome } = await reset(point);
          const said = `round ${round}, killed at ${point.kind} ${point.nth}`;
          if (struckAt !== undefined) struck++;
          else expect(outcome, said).toMatchObject({ exitCode: 0 });
          const collected = await cli('gc');
          expect(collected, said).toMatchObject({ exitCode: 0, stderr: '' });
          const clones = JSON.parse((await cli('clones', '--json')).stdout) as Known[];
          // Whole and by its name, whether or not the reset got there; other clones never notice.
          expect(clones.map(({ name }) => name).toSorted(), said).toEqual(['a', ...names]);
          expect([0, 20_000], said).toContain(await rows('a'));
          expect(await cli('reset', 'a'), said).toMatchObject({ exitCode: 0 });
          expect(await rows('a'), said).toBe(20_000);
        }
        expect(struck, 'resets that were killed').toBe(8);
        expect(await rows('b')).toBe(20_000);
        expect(await cli('drop', 'a', ...names)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Dropped image of a.') });
        expect((await cli('gc')).stdout).toBe('Nothing to remove.\n');
      });
    });
  },
);
