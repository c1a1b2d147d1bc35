import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import { FakeAzure } from '../support/fake-azure/fake-azure.ts';
import type { FlexibleServer } from '../support/fake-azure/servers.ts';
import { type CliOptions, type CliOutcome, runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

/** A production on Azure, and a project that clones it. */
export interface AzureStage extends AsyncDisposable {
  readonly azure: FakeAzure;
  readonly production: FlexibleServer;
  readonly folder: string;
  readonly home: string;
  readonly cli: (args: readonly string[], options?: CliOptions) => Promise<CliOutcome>;
  /** The project's own settings again, with others in `source.azure`, and beside it. */
  configure(more: object, settings?: object): void;
  /** Servers that weren't there before. */
  left(): readonly string[];
  /** What the ledger of this machine names. */
  ledgerLines(): number;
}

/** Production's own password: nobody may ever need it. */
export const productionPassword = 'Canary-of-production-1';

export async function azureProject(): Promise<AzureStage> {
  const azure = await FakeAzure.start();
  const folder = makeFolder('pgr-azure-project-');
  const home = makeFolder('pgr-azure-home-');
  chmodSync(home, 0o711);
  const production = await azure.servers.add({ name: 'shop', major: 15, login: 'dba', password: productionPassword, database: 'shop' });
  await production.server?.ask(script, [], 'shop', 'dba');
  mkdirSync(join(folder, 'migrations'));
  writeFileSync(join(folder, 'migrations/0001_name.sql'), 'alter table public.customers add column name text;');
  const configure = (more: object, settings: object = {}) => {
    const source = {
      azure: {
        ...{ server: 'shop', subscription: FakeAzure.subscription, tenant: FakeAzure.tenant, resourceGroup: 'production', database: 'shop' },
        ...{ endpoint: azure.url, allowFrom: ['203.0.113.5'], pollSeconds: 0.05, tlsRootCertificate: cloudAuthority, ...more },
      },
    };
    const migrate = { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none', role: 'dba' };
    writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify({ source, migrate, baseline: { mode: 'init-then-migrations' }, ...settings }));
  };
  configure({});
  return {
    azure,
    production,
    folder,
    home,
    configure,
    cli: (args, options = {}) =>
      runCli(args, { cwd: folder, ...options, env: { ...azure.environment, CI: undefined, PGREHEARSE_HOME: home, NO_COLOR: '1', ...options.env } }),
    left: () => [...azure.servers.all.keys()].filter((name) => name !== 'shop'),
    ledgerLines: () => {
      const ledger = join(home, 'state/ledger');
      return existsSync(ledger) ? readdirSync(ledger).filter((name) => name.endsWith('.json')).length : 0;
    },
    async [Symbol.asyncDispose]() {
      await azure[Symbol.asyncDispose]();
      for (const path of [folder, home]) rmSync(path, { recursive: true, force: true });
    },
  };
}

const script = `
  create table public.customers (id int primary key, note text not null);
  insert into public.customers select n, 'customer ' || n from generate_series(1, 1000) n;
  create sequence public.numbers start 42;
  create role reporting;
  grant select on public.customers to reporting;
  create extension pg_trgm;
  select lo_from_bytea(4711, 'large');`;
