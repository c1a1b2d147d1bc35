import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { vi } from 'vitest';
import type { AzureWish } from '../../src/core/cloud.ts';
import { cloudAuthority } from './fake-aws/rds/backing-server.ts';
import { FakeAzure } from './fake-azure/fake-azure.ts';
import type { FlexibleServer } from './fake-azure/servers.ts';

/** Azure with production in it, which tests of one file find through the environment. */
export interface AzureProduction extends AsyncDisposable {
  readonly azure: FakeAzure;
  readonly production: FlexibleServer;
  /** Names of what we have made and is still there. */
  left(): readonly string[];
  wish(given?: Partial<AzureWish>): AzureWish;
}

/** @param wordsOnly no Postgres behind anything: for tests of what is asked and answered */
export async function startAzure({ wordsOnly = true } = {}): Promise<AzureProduction> {
  const authorities = getCACertificates('default');
  // A child is told by a variable; this process has begun already.
  setDefaultCACertificates([...authorities, readFileSync(cloudAuthority, 'utf8')]);
  const azure = await FakeAzure.start();
  for (const [name, value] of Object.entries(azure.environment)) vi.stubEnv(name, value);
  azure.servers.circumstances.wordsOnly = wordsOnly;
  const production = await azure.servers.add({ name: 'shop', major: 15, login: 'dba', password: 'Of-production1', database: 'shop' });
  return {
    azure,
    production,
    left: () => [...azure.servers.all.keys()].filter((name) => name.startsWith('pgrehearse-')),
    wish: (given = {}) => ({
      kind: 'azure',
      access: { subscription: FakeAzure.subscription, tenant: FakeAzure.tenant, resourceGroup: 'production', endpoint: azure.url, credential: 'default' },
      server: 'shop',
      database: 'shop',
      freshnessHours: 24,
      fresh: false,
      skus: [],
      allowFrom: ['203.0.113.5'],
      prices: {},
      deleteAfterHours: 12,
      pollMs: 1,
      waitMs: 60_000,
      ...given,
    }),
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      setDefaultCACertificates(authorities);
      await azure[Symbol.asyncDispose]();
    },
  };
}
