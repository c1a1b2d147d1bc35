import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase } from '../../../src/copy/copy-database.ts';
import { writeDump } from '../../../src/copy/dump/write-dump.ts';
import type { OpenSource } from '../../../src/core/open-source.ts';
import type { Context } from '../../../src/core/ports.ts';
import type { Result } from '../../../src/core/result.ts';
import type { Address } from '../../../src/core/server.ts';
import { openDump } from '../../../src/source/dump.ts';
import { openUrl } from '../../../src/source/url.ts';
import type { Major } from '../databases.ts';
import { ask, withOwnServer } from '../own-server.ts';
import { type RoleNames, withRichDatabase } from '../rich-database.ts';
import { withFolder } from '../temporary-folder.ts';
import { withContext } from '../with-context.ts';
import { differencesOf } from './compare-copy.ts';
import { makeEdgeTables } from './edge-tables.ts';
import { everyKind } from './every-kind.ts';
import { oddTables } from './odd-tables.ts';

/** How rows get from production to a copy. */
export type Way = 'live' | 'folder' | 'custom' | 'directory' | 'tar' | 'plain';

/** Debian's; none other here can write archives. */
const pgDump = '/usr/lib/postgresql/15/bin/pg_dump';
export const hasPgDump = existsSync(pgDump);

export interface Proof {
  /** What the copy itself calls a loss. */
  readonly losses: readonly string[];
  /** What differs between source and copy, other than what a copy must not have. */
  readonly differences: readonly string[];
  /** How much of that was found. */
  readonly neutralised: number;
  /** What differs once the copy was spoilt: shows that it would have been found. */
  readonly spoilt?: readonly string[];
}

/** What proveNothingLost gives when nothing is lost: a user mapping, a subscription's connection, a secret and two roles' logins are not in the copy. */
export const nothingLost: Proof = { losses: [], differences: [], neutralised: 5 };

/**
 * Makes a production that holds every kind of object and the edge values of every type, copies it by one way into a server of a major, and tells all that
 * differs.
 */
export async function proveNothingLost(way: Way, from: Major, to: Major, { megabytes, spoil }: { megabytes: number; spoil?: string }): Promise<Proof> {
  return await withRichDatabase(from, async (source, names) => {
    await fill(source, names, from, megabytes);
    await using _ = { [Symbol.asyncDispose]: async () => void (await ask(source, 'drop subscription if exists never')) };
    return await withOwnServer(to, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
      return await withContext(async (context) => {
        return await withFolder({}, async (folder) => {
          await ask(tcp, `create database ${source.database} template template0`);
          const target = { ...tcp, database: source.database };
          if (way === 'live') return await load(context, await openUrl(context, { url: urlOf(source), allowPrimary: true }), source, target, spoil);
          const request =
            way === 'folder' ? { path: await dumpFolder(context, source, folder) } : { path: pgDumpOf(way, source, folder), roles: rolesFile(source, folder) };
          return await load(context, await openDump(context, request), source, target, spoil);
        });
      });
    });
  });
}

async function fill(source: Address, names: RoleNames, major: Major, megabytes: number): Promise<void> {
  await ask(source, everyKind(names, major));
  await makeEdgeTables(source);
  await ask(source, oddTables(major, megabytes));
}

async function load(context: Context, opened: Result<OpenSource>, from: Address, target: Address, spoil: string | undefined): Promise<Proof> {
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  await using source = opened.value;
  const copied = await copyDatabase(context, source, target);
  if (!copied.ok) throw new Error(JSON.stringify(copied.failure));
  const losses = copied.value.report.losses.map(({ object, message }) => `${object.kind} ${object.name}: ${message}`);
  const differences = await differencesOf(from, target);
  const [expected, others] = [differences.filter((one) => neutralised.test(one)), differences.filter((one) => !neutralised.test(one) && !newer.test(one))];
  const proof = { losses, differences: others, neutralised: expected.length };
  if (spoil === undefined) return proof;
  await ask(target, spoil);
  return { ...proof, spoilt: (await differencesOf(from, target)).filter((one) => !differences.includes(one)) };
}

/** What comes with a newer major: GRANT ALL means MAINTAIN too from 17 on, and extensions have other versions. Never differs between equal majors. */
const newer =
  /^(security (view|table) kinds\.\w+ privileges: GRANT SELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE TO own_\w+ at the source, GRANT ALL TO|environment extension \w+ version:)/;

/** What a copy must not have: production's logins on other servers, its secrets, and anybody's login on this one. */
const neutralised =
  /^(semantic (user mapping FOR|subscription never connection:)|environment role (app_\w+ setting app\.jwt_secret:|(app|own)_\w+ login: yes at the source, nothing in))/;

async function dumpFolder(context: Context, address: Address, folder: string): Promise<string> {
  const opened = await openUrl(context, { url: urlOf(address), allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  await using source = opened.value;
  const written = await writeDump(context, source, join(folder, 'dumps'));
  if (!written.ok) throw new Error(JSON.stringify(written.failure));
  // Kept on purpose; it goes with the folder.
  for (const { id, kind } of await context.ledger.list()) if (kind === 'dump') await context.ledger.forget(id);
  return written.value.folder;
}

function pgDumpOf(format: 'custom' | 'directory' | 'tar' | 'plain', { host, port, user, database }: Address, folder: string): string {
  const path = join(folder, `production.${format}`);
  run(pgDump, ['-h', host, '-p', String(port), '-U', user, '-F', format, '-C', '-f', path, database]);
  return path;
}

function rolesFile({ host, port, user }: Address, folder: string): string {
  const path = join(folder, 'roles.sql');
  run(`${pgDump}all`, ['-h', host, '-p', String(port), '-U', user, '--roles-only', '--no-role-passwords', '-f', path]);
  return path;
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

function urlOf({ user, host, port, database }: Address): string {
  return `postgres://${user}@${host}:${port}/${database}`;
}
