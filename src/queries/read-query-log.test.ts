import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { readQueryFiles } from './read-query-files.ts';
import { readQueryLog } from './read-query-log.ts';

const stderr = `2026-11-21 10:00:00.000 UTC [12] app@shop LOG:  statement: select a
\tfrom t where name = 'Ann Lee';
2026-11-21 10:00:01.000 UTC [12] app@shop LOG:  duration: 0.100 ms  parse <unnamed>: select never
2026-11-21 10:30:00.000 UTC [12] worker@shop LOG:  duration: 0.213 ms  execute S_1: update t set a = $1
2026-11-21 10:30:00.000 UTC [12] worker@shop DETAIL:  parameters: $1 = '7'
2026-11-21 10:40:00.000 UTC [12] app@shop ERROR:  column "z" does not exist at character 8
2026-11-21 10:40:00.000 UTC [12] app@shop STATEMENT:  select z
2026-11-21 10:50:00.000 UTC [12] app@other LOG:  statement: select elsewhere
2026-11-21 10:55:00.000 UTC [12] app@shop LOG:  statement: begin; select a from t where name = 'Bob O'
2026-11-21 11:00:00.000 UTC [12] app@shop LOG:  statement: select 'cut
`;
const json = `{"timestamp":"2026-11-21 10:00:00.000 UTC","user":"app","dbname":"shop","error_severity":"LOG","message":"statement: select a\\nfrom t where name = 'Ann Lee';"}
{"timestamp":"2026-11-21 10:10:00.000 UTC","user":"app","dbname":"shop","error_severity":"LOG","message":"checkpoint starting: time"}
{"timestamp":"2026-11-21 10:30:00.000 UTC","user":"worker","dbname":"shop","message":"execute <unnamed>: update t set a = $1"}
{"timestamp":"2026-11-21 10:50:00.000 UTC","user":"app","dbname":"other","message":"statement: select elsewhere"}
{"timestamp":"2026-11-21 10:55:00.000 UTC","user":"app","dbname":"shop","message":"statement: begin; select a from t where name = 'Bob O'"}
{"timestamp":"2026-11-21 11:00:00.000 UTC","user":"app","dbname":"shop","message":"statement: select 'cut"}
{"timestamp":"2026-11-21 11:0`;
const csvLine = (time: string, user: string, database: string, message: string) =>
  `2026-11-21 ${time}.000 UTC,"${user}","${database}",12,"[local]",65.1,1,"SELECT",2026-11-21 09:00:00 UTC,3/1,0,LOG,00000,"${message.replaceAll('"', '""')}",,,,,,,,,"psql","client backend",,0`;
const csv = [
  csvLine('10:00:00', 'app', 'shop', "statement: select a\nfrom t where name = 'Ann Lee';"),
  csvLine('10:30:00', 'worker', 'shop', 'execute <unnamed>: update t set a = $1'),
  csvLine('10:50:00', 'app', 'other', 'statement: select elsewhere'),
  csvLine('10:55:00', 'app', 'shop', "statement: begin; select a from t where name = 'Bob O'"),
  csvLine('11:00:00', 'app', 'shop', `statement: select 'cut`),
].join('\n');

test.each([
  ['stderr.log', stderr],
  ['json.log', json],
  ['postgresql.csv', csv],
])('%s: queries with their users and rates, and what isn’t among them', async (name, text) => {
  await withFolder({ [name]: text }, async (folder) => {
    expect(unwrap(await readQueryLog(join(folder, name), name, 'shop'))).toEqual({
      queries: [
        { text: 'select a\nfrom t where name = $1', from: name, callsPerHour: 2, roles: ['app'] },
        { text: 'update t set a = $1', from: name, callsPerHour: 1, roles: ['worker'] },
      ],
      others: { BEGIN: 1, 'cut off': 1 },
      leftOut: [`1 entries of ${name} that ran in other databases`],
    });
  });
});

test('a log that says neither who nor when, and one that says nothing', async () => {
  const files = {
    'bare.log': 'LOG:  statement: select "a""b" from t\nLOG:  statement: select "a""b" from t\n',
    'empty.log': 'LOG:  checkpoint starting\n',
    'queries/a.txt': 'x',
  };
  await withFolder(files, async (folder) => {
    expect(unwrap(await readQueryLog(join(folder, 'bare.log'), 'bare.log', 'shop')).queries).toEqual([
      { text: 'select "a""b" from t', from: 'bare.log', roles: [] },
    ]);
    const read = (log: object) => readQueryFiles(log, folder, 'shop');
    for (const wrong of [{ log: 'empty.log' }, { log: 'none.log' }, { folder: 'queries' }, { folder: 'none' }]) {
      expect(await read(wrong), JSON.stringify(wrong)).toMatchObject({ ok: false, failure: { code: 'queries-unreadable' } });
    }
  });
});

test('a folder of files: each query with its place, and what can’t be prepared by its kind', async () => {
  const files = {
    'queries/b.sql': "-- name: get\nselect *\nfrom t where id = @id;\n\\echo hello\nvacuum t; select 'open",
    'queries/deep/a.sql': 'delete from t where a = :a',
  };
  await withFolder(files, async (folder) => {
    const [read] = unwrap(await readQueryFiles({ folder: 'queries' }, folder, undefined));
    expect(read).toEqual({
      name: 'queries',
      queries: [
        { text: 'select *\nfrom t where id = $1', from: 'queries/b.sql:2', roles: [] },
        { text: 'delete from t where a = $1', from: 'queries/deep/a.sql:1', roles: [] },
      ],
      others: { 'a command of psql': 1, VACUUM: 1, 'cut off': 1 },
      leftOut: [],
    });
  });
});
