import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { LocaleSettings, ServerBuild } from '../core/server.ts';
import type { FidelityLoss } from '../core/source-facts.ts';
import { writeAdminPassword } from './admin-access.ts';
import { adminUser } from './admin-user.ts';
import { interrupted } from './interrupted.ts';
import { isLocaleProblem, localeAttempts, localeName } from './locale-attempts.ts';
import { handOver, type ServerUser } from './server-user.ts';
import { startFailure } from './start-failure.ts';

export interface InitializedData {
  readonly dataFolder: string;
  /** What the cluster really has; differs from what was wanted where `losses` says so. */
  readonly locale: LocaleSettings;
  readonly losses: readonly FidelityLoss[];
}

/**
 * Runs initdb in `folder`/data, with a random superuser password that stays in `folder`.
 * A locale that is missing here is replaced and named in `losses`; any other trouble is `server-start-failed` with initdb's words.
 */
export async function initializeDataFolder(
  context: Context,
  what: { readonly build: ServerBuild; readonly folder: string; readonly user: ServerUser; readonly locale: LocaleSettings },
): Promise<Result<InitializedData>> {
  const { build, folder, user } = what;
  const dataFolder = join(folder, 'data');
  const password = await writeAdminPassword(folder);
  const passwordFile = join(folder, `initdb-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(dataFolder, { mode: 0o700 });
    await chmod(dataFolder, 0o700);
    await handOver(dataFolder, user);
    await writeFile(passwordFile, `${password.reveal()}\n`, { mode: 0o600 });
    await handOver(passwordFile, user);
    for (const { locale, loss } of localeAttempts(what.locale)) {
      const finished = await context.edge.system.run({
        command: join(build.binFolder, 'initdb'),
        args: initdbArguments(build.major, locale, dataFolder, passwordFile),
        env: { LC_ALL: 'C', TZ: 'UTC' },
        cwd: folder,
        signal: context.signal,
        ...user,
      });
      const stopped = interrupted(context);
      if (stopped !== undefined) return fail(stopped);
      if (!finished.ok) return fail(failure('server-start-failed', `initdb of ${build.origin} cannot be run: ${finished.failure.message}`));
      if (finished.value.exitCode === 0) return ok({ dataFolder, locale, losses: loss === undefined ? [] : [loss] });
      const said = finished.value.stderr.trim();
      if (!isLocaleProblem(said)) return fail(startFailure(`initdb of ${build.origin} failed`, said, dataFolder));
    }
    return fail(failure('locale-missing', `no locale with encoding ${what.locale.encoding} can be made here, not even C`, { object: localeName(what.locale) }));
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function initdbArguments(major: number, locale: LocaleSettings, dataFolder: string, passwordFile: string): string[] {
  const args = ['--pgdata', dataFolder, '--username', adminUser, '--auth', 'scram-sha-256', '--pwfile', passwordFile, '--no-sync'];
  args.push('--encoding', locale.encoding, `--locale=${locale.collate}`, `--lc-ctype=${locale.ctype}`, '--lc-messages=C');
  // PostgreSQL 15 brought the choice of provider, 16 the rules, 17 the builtin one; before, all is libc.
  if (major >= 15) args.push(`--locale-provider=${locale.provider}`);
  if (locale.provider === 'icu' && locale.providerLocale !== undefined) args.push(`--icu-locale=${locale.providerLocale}`);
  if (locale.provider === 'icu' && locale.icuRules !== undefined) args.push(`--icu-rules=${locale.icuRules}`);
  if (locale.provider === 'builtin' && locale.providerLocale !== undefined) args.push(`--builtin-locale=${locale.providerLocale}`);
  // On by default from 18. They guard against disks that lie, which a throwaway copy need not fear.
  if (major >= 18) args.push('--no-data-checksums');
  return args;
}
