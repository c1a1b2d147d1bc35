import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority, type Major } from '../support/fake-aws/rds/backing-server.ts';
import type { Instance } from '../support/fake-aws/rds/resources.ts';
import { type CliOptions, type CliOutcome, runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

/** A production on RDS, a bastion before it, and a project that clones it. */
export interface CloudStage extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly production: Instance;
  readonly folder: string;
  readonly home: string;
  readonly cli: (args: readonly string[], options?: CliOptions) => Promise<CliOutcome>;
  /** Instances, snapshots and sessions that weren't there before. */
  leftInCloud(): readonly string[];
  /** Other settings in place of some of the project's. */
  configure(settings: object): void;
  /** The project's own settings again, with others in `source.rds`. */
  configureSource(source: object): void;
  /** What the ledger of this machine names. */
  ledgerKinds(): readonly string[];
}

/** Production's own password: nobody may ever need it. */
export const productionPassword = 'canary-of-production';

/** @param more further settings of the project; `source.rds` of the configuration is `source` */
export async function cloudProject(source: object = {}, more: object = {}, major: Major = 15): Promise<CloudStage> {
  const aws = await FakeAws.start();
  aws.ec2.machines.push({ id: 'i-1', region: FakeAws.region, state: 'running', tags: { role: 'bastion' }, agent: { version: '3.3.2299.0', status: 'Online' } });
  const production = await aws.rds.addInstance({
    id: 'production',
    account: FakeAws.account,
    region: FakeAws.region,
    major,
    master: 'owner',
    password: productionPassword,
  });
  await production.server?.ask(productionScript, [], 'postgres', 'owner');
  await aws.rds.addSnapshot(production, 'rds:production-2026-01-01-03-00', { createdAt: new Date(Date.now() - 3_600_000) });
  const folder = makeFolder('pgr-cloud-');
  const home = makeFolder('pgr-cloud-home-');
  chmodSync(home, 0o711);
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(import.meta.dirname, '../support/fake-aws/session-manager-plugin.js'), join(folder, 'bin/session-manager-plugin'));
  mkdirSync(join(folder, 'migrations'));
  writeFileSync(join(folder, 'migrations/0001_name.sql'), 'alter table public.customers add column name text;');
  const settings = {
    source: {
      rds: {
        instance: 'production',
        account: FakeAws.account,
        region: FakeAws.region,
        pollSeconds: 0.05,
        tunnel: { ssm: { tag: { name: 'role', value: 'bastion' } } },
        tlsRootCertificate: cloudAuthority,
        ...source,
      },
    },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none', role: 'owner' },
    baseline: { mode: 'init-then-migrations' },
    ...more,
  };
  writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify(settings));
  const before = new Set([...aws.rds.instances.keys(), ...aws.rds.snapshots.keys()]);
  const env = { ...aws.environment, CI: undefined, PGREHEARSE_HOME: home, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, NO_COLOR: '1' };
  return {
    aws,
    production,
    folder,
    home,
    cli: (args, options = {}) => runCli(args, { cwd: folder, ...options, env: { ...env, ...options.env } }),
    leftInCloud: () => [...aws.rds.instances.keys(), ...aws.rds.snapshots.keys(), ...aws.ssm.sessions.keys()].filter((name) => !before.has(name)),
    configure: (given) => writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify({ ...settings, ...given })),
    configureSource: (given) =>
      writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify({ ...settings, source: { rds: { ...settings.source.rds, ...given } } })),
    ledgerKinds: () => {
      const ledger = join(home, 'state/ledger');
      const lines = existsSync(ledger) ? readdirSync(ledger).filter((name) => name.endsWith('.json')) : [];
      return lines.map((name) => (JSON.parse(readFileSync(join(ledger, name), 'utf8')) as { kind: string }).kind).sort();
    },
    async [Symbol.asyncDispose]() {
      await aws[Symbol.asyncDispose]();
      for (const path of [folder, home]) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** What production holds. */
export const productionScript = `
  create table public.customers (id int primary key, note text not null);
  insert into public.customers select n, 'customer ' || n from generate_series(1, 1000) n;
  create sequence public.numbers start 42;
  create role reporting;
  grant select on public.customers to reporting;
  select lo_from_bytea(4711, 'large');`;

/** Files below a folder that hold a text. */
export function inFiles(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What everybody on this machine can read of its processes. */
export function commandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It has ended meanwhile.
        return '';
      }
    });
}
