import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AzureProduction, startAzure } from '../../../test/support/azure-production.ts';
import { strikingAtCloud } from '../../../test/support/striking-at-cloud.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { listThrowaways } from '../list-throwaways.ts';
import { planAzure } from './plan-azure.ts';
import { provideAzure } from './provide-azure.ts';

let cloud: AzureProduction;
beforeAll(async () => {
  cloud = await startAzure();
});
afterEach(() => {
  expect(cloud.left()).toEqual([]);
  cloud.azure.calls.length = 0;
});
afterAll(() => cloud[Symbol.asyncDispose]());

const bodyOf = (operation: string) => cloud.azure.calls.find((call) => call.operation === operation)?.body;

test('a moment of production is restored with our tags, lets in who is configured and nobody else, has a password of its own, and is gone afterwards', async () => {
  cloud.production.firewallRules.set('office', { startIpAddress: '198.51.100.1', endIpAddress: '198.51.100.9' });
  cloud.azure.servers.circumstances.inheritsRules = true;
  await withContext(async (context) => {
    const throwaway = unwrap(await provideAzure(context, cloud.wish()));
    const made = cloud.azure.servers.all.get(throwaway.identifier);
    expect(throwaway).toMatchObject({ kind: 'azure', region: 'westeurope', user: 'dba', database: 'shop', endpoint: { port: 5432 } });
    expect(throwaway.identifier).toMatch(/^pgrehearse-shop-\d{14}-[0-9a-f]{6}$/);
    expect([...(made?.firewallRules.values() ?? [])]).toEqual([{ startIpAddress: '203.0.113.5', endIpAddress: '203.0.113.5' }]);
    const [line] = await context.ledger.list();
    expect(made?.tags).toMatchObject({ 'pgrehearse:line': line?.id, 'pgrehearse:run': line?.facts.run, 'pgrehearse:delete-after': expect.any(String) });
    const { properties } = bodyOf('Servers_Update') as { properties: { administratorLoginPassword: string } };
    expect(properties.administratorLoginPassword).toBe(throwaway.password.reveal());
    expect(JSON.stringify([context.events, line])).not.toContain(throwaway.password.reveal());
    unwrap(await throwaway.remove());
    expect(await context.ledger.list()).toEqual([]);
  });
  cloud.production.firewallRules.clear();
});

test('what a server costs is planned, and told while it is there: by the team’s own price, by the list, or by nobody', async () => {
  await withContext(async (context) => {
    const wish = cloud.wish({ skus: ['Standard_D4ds_v5', 'Standard_B1ms', 'Standard_B2s'], prices: { Standard_D4ds_v5: 0.4 } });
    expect(unwrap(await planAzure(context, wish))).toMatchObject({
      region: 'westeurope',
      prices: [
        { instanceClass: 'Standard_D4ds_v5', costPerHour: 0.4, priceFrom: 'settings', includesDisk: false },
        { instanceClass: 'Standard_B1ms', priceFrom: 'list', priceRegion: 'eastus' },
        { instanceClass: 'Standard_B2s' },
      ],
    });
    const throwaway = unwrap(await provideAzure(context, wish));
    expect((await listThrowaways(context, [])).throwaways).toMatchObject([
      { cloud: 'azure', instanceClass: 'Standard_D4ds_v5', costPerHour: 0.4, priceFrom: 'settings' },
    ]);
    unwrap(await throwaway.remove());
  });
});

test('a server that has our name by chance is left as it is: Azure would take our call for a change of it', async () => {
  await withContext(async (context) => {
    const { servers } = cloud.azure;
    const strange: string[] = [];
    const colliding = strikingAtCloud(context, async ({ what, when }) => {
      if (what !== 'plan' || when !== 'after' || strange.length > 0) return;
      const [line] = await context.ledger.list();
      strange.push(line?.label ?? '');
      await servers.add({ name: line?.label ?? '', major: 15, login: 'dba', password: 'x', tags: { theirs: 'yes' } });
    });
    const throwaway = unwrap(await provideAzure(colliding, cloud.wish()));
    expect(strange).not.toContain(throwaway.identifier);
    unwrap(await throwaway.remove());
    expect(cloud.left()).toEqual(strange);
    expect(servers.all.get(strange[0] ?? '')?.tags).toEqual({ theirs: 'yes' });
    servers.all.delete(strange[0] ?? '');
  });
});
