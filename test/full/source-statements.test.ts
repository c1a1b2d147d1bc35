import { expect, test } from 'vitest';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { readStatements } from '../../src/traffic/replay/read-statements.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { unwrap } from '../support/unwrap.ts';

test.each([15, 18] as const)('what a source’s pg_stat_statements knows, most frequent first, and what is left out, on %i', async (major) => {
  await withOwnServer(major, { hba: [], settings: { shared_preload_libraries: 'pg_stat_statements' } }, async ({ admin }) => {
    await ask(admin, 'create schema "Odd"; create extension pg_stat_statements schema "Odd"; create table t (id int); create table u (id int)');
    for (let run = 0; run < 3; run++) await ask(admin, 'select id from t where id = 7');
    for (let run = 0; run < 2; run++) await ask(admin, 'update t set id = 8');
    await ask(admin, 'select count(*) from u');
    await using session = unwrap(await makeEdge().postgres.connect(admin, { readOnly: { statementTimeoutMs: 60_000, lockTimeoutMs: 1_000 } }));
    const { statements, leftOut } = await readStatements(session, 2);
    expect(statements.map(({ statement }) => statement)).toEqual(['select id from t where id = $1', 'update t set id = $1']);
    expect(statements.every(({ perSecond }) => perSecond > 0)).toBe(true);
    expect(leftOut).toEqual([expect.stringMatching(/^[0-9]+ that are no query, such as set or begin$/), expect.stringMatching(/^[0-9]+ less frequent ones$/)]);
  });
});
