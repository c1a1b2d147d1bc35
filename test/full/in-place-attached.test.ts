import { expect, test } from 'vitest';
import { type CloudStage, productionScript } from '../program/cloud-stage.ts';
import { gatesOf, inPlaceProject } from '../program/in-place-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import type { Instance } from '../support/fake-aws/rds/resources.ts';

const password = 'of-the-clone';
const attestation = { by: 'dba@example.org', at: '2026-01-01T00:00:00Z', reason: 'provisioned for the rehearsal of Monday', mayBeChanged: true };

/** A production, a clone of it that a DBA made, and a project that rehearses on that one. */
async function withClone(): Promise<CloudStage & { readonly clone: Instance }> {
  const stage = await inPlaceProject();
  const clone = await stage.aws.rds.addInstance({ id: 'clone', account: FakeAws.account, region: FakeAws.region, major: 15, master: 'owner', password });
  await clone.server?.ask(productionScript, [], 'postgres', 'owner');
  return { ...stage, clone, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
}

const urlOf = ({ server }: Instance, secret: string) =>
  `postgres://owner:${secret}@localhost:${server?.port}/postgres?sslmode=verify-full&sslrootcert=${cloudAuthority}`;

const columns = ({ server }: Instance) =>
  server?.ask(`select attname as name from pg_attribute where attrelid = 'public.customers'::regclass and attnum > 0 order by attnum`, [], 'postgres', 'owner');
const asItWas = [{ name: 'id' }, { name: 'note' }];

test('a clone that was attached is migrated itself when production, which is asked, is another server; it stays', async () => {
  await using stage = await withClone();
  const { production, clone } = stage;
  stage.configure({
    source: { attached: { url: urlOf(clone, password), attestation } },
    preflight: { source: { url: urlOf(production, 'canary-of-production') } },
  });
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 0, ledger: [] });
  expect(gatesOf(stage)).toMatchObject({ 'row-parity': 'not-applicable', 'schema-equality': 'passed', preservation: 'passed' });
  expect(ended.stdout).toContain('Proved: the attached clone is not on production’s server');
  expect(await columns(clone)).toEqual([...asItWas, { name: 'name' }]);
  expect(await columns(production)).toEqual(asItWas);
});

test('production is never migrated, whoever calls it a clone; nor is what can’t be told from it', async () => {
  await using stage = await withClone();
  const { production, clone } = stage;
  const ofProduction = urlOf(production, 'canary-of-production');
  stage.configure({ source: { attached: { url: ofProduction, attestation } }, preflight: { source: { url: ofProduction } } });
  const refused = await stage.cli(['run']);
  expect({ exitCode: refused.exitCode, text: refused.stdout.replaceAll(/\s+/g, ' ') }).toMatchObject({
    exitCode: 2,
    text: expect.stringContaining('leads to the very database that is production'),
  });
  // Nobody says where production is.
  stage.configure({ source: { attached: { url: urlOf(clone, password), attestation } } });
  const unknown = await stage.cli(['run']);
  expect({ exitCode: unknown.exitCode, text: unknown.stdout.replaceAll(/\s+/g, ' ') }).toMatchObject({
    exitCode: 4,
    text: expect.stringContaining('is not migrated in place: not known: whether the attached clone is production itself'),
  });
  for (const server of [production, clone]) expect(await columns(server)).toEqual(asItWas);
  expect(stage.ledgerKinds()).toEqual([]);
});
