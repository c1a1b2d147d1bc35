import type pg from 'pg';
import { expect, test } from 'vitest';
import { record, withClient } from '../record/record.ts';
import { withOwnServer } from '../support/own-server.ts';

const count = 100;

test.each([15, 18] as const)('a hundred connections at once are recorded, each for itself, on %i', async (major) => {
  await withOwnServer(major, { hba: ['host all all 127.0.0.1/32 trust'], settings: { max_connections: '250' } }, async ({ tcp }) => {
    await withClient(tcp, (client) => client.query('create table counter (n int not null); insert into counter values (0)'));
    const tables = Array.from({ length: count }, (_, at) => `create table own_${at} (id int);`);
    await withClient(tcp, (client) => client.query(tables.join('\n')));
    const answers: string[][] = [];
    let open = 0;
    const allOpen = Promise.withResolvers<void>();
    const recording = await record(tcp, async (recorded) => {
      const one = async (client: pg.Client, at: number) => {
        open += 1;
        if (open === count) allOpen.resolve();
        await allOpen.promise;
        const said: string[] = [];
        const say = async (sql: string) =>
          said.push(
            await client.query(sql).then(
              ({ command, rowCount }) => `${command} ${rowCount}`,
              ({ code }) => code,
            ),
          );
        // All but one of them wait in the same queue for the row.
        for (const sql of [
          'begin',
          `alter table own_${at} add column n bigint`,
          'update counter set n = n + 1',
          `insert into own_${at} values (1), (2)`,
          'commit',
        ])
          await say(sql);
        await say(`create table made_by_own_${at} (id int)`);
        await say(`select 1 / 0, ${at}`);
        answers[at] = said;
      };
      await Promise.all(Array.from({ length: count }, (_, at) => withClient(recorded, (client) => one(client, at))));
    });

    expect(answers).toHaveLength(count);
    for (const said of answers) expect(said).toEqual(['BEGIN null', 'ALTER null', 'UPDATE 1', 'INSERT 2', 'COMMIT null', 'CREATE null', '22012']);
    const counted = await withClient(tcp, (client) => client.query('select n from counter'));
    expect(counted.rows).toEqual([{ n: count }]);

    expect(recording.connections).toHaveLength(count);
    expect(recording.connections.filter(({ ending }) => ending !== 'closed')).toEqual([]);
    // All were there before the first one left.
    expect(Math.max(...recording.connections.map(({ openedMs }) => openedMs))).toBeLessThan(Math.min(...recording.connections.map(({ closedMs }) => closedMs)));
    for (const { id } of recording.connections) {
      const mine = recording.statements.filter(({ connection }) => connection === id);
      const [, alter] = mine;
      const own = /own_\d+/.exec(alter?.text ?? '')?.[0] ?? 'none';
      expect(mine.map(({ tag, rows, error }) => error?.sqlstate ?? `${tag} ${rows}`)).toEqual([
        'BEGIN null',
        'ALTER TABLE null',
        'UPDATE 1',
        'INSERT 2',
        'COMMIT null',
        'CREATE TABLE null',
        '22012',
      ]);
      // What a session made and locked is told of that session, and of no other.
      expect(mine.flatMap(({ created }) => created ?? []).map(({ name }) => name)).toContain(`public.made_by_${own}`);
      expect(mine.flatMap(({ text }) => text.match(/own_\d+/g) ?? []).every((name) => name === own)).toBe(true);
      expect(recording.transactions.filter(({ connection, block }) => connection === id && block)).toMatchObject([{ outcome: 'committed' }]);
      expect(alter?.locks?.map(({ mode }) => mode)).toContain('AccessExclusiveLock');
    }
  });
});
