import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import { deathsAt, dieInAllWays, isWorthwhile, KilledLives, laneCount } from '../support/killed-lives.ts';

let stages: readonly CloudStage[];
let lanes: readonly KilledLives[];
beforeAll(async () => {
  stages = await Promise.all(Array.from({ length: laneCount }, () => auroraProject()));
  lanes = stages.map(({ folder, cli, aws }) => {
    const left = () => {
      const { instances, clusters, snapshots, clusterSnapshots } = aws.rds;
      const names = [instances, clusters, snapshots, clusterSnapshots].flatMap((all) => [...all.values()].map(({ id }) => id));
      return [...names.filter((name) => name.startsWith('pgrehearse-')), ...aws.ssm.sessions.keys()];
    };
    return new KilledLives({ folder, cli, left }, ['clone', '--yes', '--fresh-snapshot']);
  });
});
afterAll(() => Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]())));

async function auroraProject(): Promise<CloudStage> {
  const stage = await cloudProject();
  const given = { account: FakeAws.account, region: FakeAws.region, major: 15, master: 'owner', password: 'canary-of-the-cluster' } as const;
  const cluster = await stage.aws.rds.addCluster({ id: 'shop', ...given });
  await cluster.server?.ask('create table public.orders (id int primary key); insert into public.orders values (1)', [], 'postgres', 'owner');
  return stage;
}

/** What befalls the dump is the same whatever it is read from. */
const isOfCloud = (what: string) => isWorthwhile(what) && !what.includes('dump');

test.each([
  ['by copy-on-write', undefined],
  ['from a snapshot', {}],
])('clone of Aurora %s, killed at every moment: gc leaves nothing, whatever comes in between', { timeout: 3_600_000 }, async (_, snapshot) => {
  const aurora = {
    ...{ cluster: 'shop', account: FakeAws.account, region: FakeAws.region, pollSeconds: 0.05, tlsRootCertificate: cloudAuthority },
    tunnel: { ssm: { tag: { name: 'role', value: 'bastion' } } },
  };
  for (const stage of stages) stage.configure({ source: { aurora: { ...aurora, ...(snapshot === undefined ? {} : { snapshot }) } } });
  const all = (await lanes[0]?.moments()) ?? [];
  const deaths = deathsAt(all, isOfCloud);
  console.log(`${deaths.length} moments of these:\n${all.map((what, at) => `${at} ${what}`).join('\n')}`);
  expect(deaths.length).toBeGreaterThanOrEqual(40);
  await dieInAllWays(lanes, deaths);
});
