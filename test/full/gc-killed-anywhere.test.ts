import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { inAllLanes, isWorthwhile, KilledLives, laneCount } from '../support/killed-lives.ts';

let stages: readonly CloudStage[];
let lanes: readonly KilledLives[];
beforeAll(async () => {
  stages = await Promise.all(Array.from({ length: laneCount }, () => cloudProject()));
  lanes = stages.map(({ folder, cli, leftInCloud: left }) => new KilledLives({ folder, cli, left }, ['clone', '--yes', '--fresh-snapshot']));
});
afterAll(() => Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]())));

test('gc after a clone that was killed in its dump, itself killed at every moment: the next gc leaves nothing', { timeout: 3_600_000 }, async () => {
  const [first] = lanes;
  if (first === undefined) throw new Error('there are lanes');
  // Snapshot, server, tunnel with its session, and a dump that is unfinished.
  const diedAt = 'before dump: named';
  const all = await first.momentsOfGc(diedAt);
  const meant = all.filter(isWorthwhile);
  console.log(`${meant.length} moments of these:\n${all.join('\n')}`);
  for (const call of ['TerminateSession', 'DeleteDBInstance', 'DeleteDBSnapshot']) expect(all).toContain(`after call ${call}`);
  for (const kind of ['tunnel', 'throwaway', 'snapshot', 'dump']) expect(all).toContain(`after ledger ${kind}: forgotten`);
  await inAllLanes(lanes, meant, (lane, at) => lane.killGcAt(diedAt, at));
});
