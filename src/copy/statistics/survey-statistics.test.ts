import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { surveyStatistics } from './survey-statistics.ts';

const sql = `
  create table large (a int); insert into large select generate_series(1, 31000);
  create table small (a int); insert into small select generate_series(1, 300);
  create table tree (a int) partition by range (a); create table leaf partition of tree default; insert into tree values (1);
  analyze`;

test.each([15, 18] as const)('among many relations, small tables are analysed; partitions and large ones keep production’s statistics: %i', async (major) => {
  await withSession(major, sql, async (session) => {
    const few = await surveyStatistics(session, undefined, false);
    expect([few.carried.length, few.analysed]).toEqual([4, []]);
    const many = await surveyStatistics(session, undefined, false, 3);
    expect([many.carried.length, many.analysed.map(({ tables }) => tables)]).toEqual([3, [['public.small']]]);
  });
});
