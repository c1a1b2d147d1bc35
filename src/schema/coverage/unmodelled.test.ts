import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { coverageOf } from './coverage-list.ts';
import { readUnknownColumns, unmodelledColumns } from './unmodelled.ts';

test('what is listed as ignored is named, for both majors', () => {
  expect(unmodelledColumns([15, 18])).toContain('pg_authid.rolpassword');
  expect(unmodelledColumns([15])).not.toContain('pg_authid.rolsuper');
  // A major that isn't known yet has at least what the newest known one has.
  expect(unmodelledColumns([99])).toEqual(unmodelledColumns([18]));
});

test('what a server has and the list hasn’t is named', async () => {
  await withSession(18, '', async (session) => {
    expect(await readUnknownColumns(session)).toEqual([]);
    const unknown = await readUnknownColumns(session, coverageOf(17));
    expect(unknown).toContain('pg_constraint.conenforced');
    expect(unknown).not.toContain('pg_class.relname');
  });
});
