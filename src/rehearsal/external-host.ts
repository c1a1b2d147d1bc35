import { makeExternalHost, type SharingRules } from '../cluster/external/external-host.ts';
import { lockTarget } from '../cluster/external/lock-target.ts';
import { onTarget, openTarget, type TargetAddress, type TargetServer } from '../cluster/external/target-server.ts';
import type { Settings } from '../config/schema.ts';
import { checkExtensions } from '../copy/restore/check-extensions.ts';
import type { CloneHost } from '../core/clone-host.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import { showAddress } from '../core/server.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import type { ServerTarget } from './in-place/is-in-place.ts';
import type { Run } from './run.ts';
import { proveNotRelative } from './source/prove-not-relative.ts';
import { proveNotSource } from './source/prove-not-source.ts';

/** Whatever lets go of things when its work ends: a run, or a command. */
export type Holder = Pick<Run, 'hide' | 'closeAtEnd'>;

type Wanted = { readonly target: ServerTarget } & Pick<Settings, 'clone'>;

/** A server that other rehearsals keep away from until this run ends. */
export interface ReservedTarget {
  readonly server: TargetServer;
  readonly rules: SharingRules;
}

/**
 * Reserves the configured server, waiting for others that are at work there. Done before the source is opened, so that no snapshot of production is held
 * meanwhile. Nothing is made on it.
 */
export async function reserveTarget(context: Context, run: Holder, target: ServerTarget): Promise<Result<ReservedTarget>> {
  const where = addressOf(context, target);
  if (!where.ok) return where;
  run.hide(where.value.address.password);
  const password = migratorPassword(context, target);
  if (!password.ok) return password;
  run.hide(password.value);
  const opened = await openTarget(context, where.value);
  if (!opened.ok) return opened;
  const waiting = () => context.emit({ type: 'step', phase: 'preconditions', text: 'Waiting for another rehearsal on the target server to end' });
  const lock = await lockTarget(context, where.value.address, waiting);
  if (!lock.ok) return lock;
  run.closeAtEnd(lock.value);
  const rules = {
    clusterWide: target.clusterWide,
    ...(target.allowSourceServer === undefined ? {} : { allowSourceServer: target.allowSourceServer.reason }),
    ...(password.value === undefined ? {} : { migratorPassword: password.value }),
  };
  return ok({ server: opened.value, rules });
}

/** Makes the reserved server the home of this run's clones; when the run ends, nothing of ours is on it. */
export async function externalHost(
  context: Context,
  run: Run,
  { server, rules }: ReservedTarget,
  settings: Wanted,
  source: OpenSource,
): Promise<Result<CloneHost>> {
  const fits = await fitsSource(context, server, settings, source);
  if (!fits.ok) return fits;
  const host = makeExternalHost(server, rules);
  // First in, last out: databases go before the roles that own what is in them.
  run.removeAtEnd(() => host.removeRoles(context));
  return ok(host);
}

/** Looks at the configured server, changes nothing. All that stands in the way is told at once. */
export async function examineTarget(context: Context, settings: Wanted, source: OpenSource): Promise<Result<TargetServer>> {
  const reached = await reachTarget(context, settings);
  if (!reached.ok) return reached;
  const fits = await fitsSource(context, reached.value, settings, source);
  return fits.ok ? reached : fits;
}

/** The same where production can't be read now: whether the server is reached, and its version fits where production's is known. */
export async function reachTarget(context: Context, settings: Wanted, production?: Version): Promise<Result<TargetServer>> {
  const where = addressOf(context, settings.target);
  if (!where.ok) return where;
  const opened = await openTarget(context, where.value);
  if (!opened.ok || production === undefined) return opened;
  const [unfit] = otherMajor(opened.value, settings, production);
  return unfit === undefined ? opened : fail(unfit);
}

type Version = Pick<SourceFacts, 'major' | 'serverVersion'>;

function otherMajor(server: TargetServer, { clone }: Wanted, { major, serverVersion }: Version): readonly Failure[] {
  if (server.major === major || clone.acceptOtherMajor !== undefined) return [];
  const cure = `Choose a server of PostgreSQL ${major}, or set clone.acceptOtherMajor with a reason.`;
  return [failure('server-major-differs', `The target runs PostgreSQL ${server.version}, the source ${serverVersion}.`, { cure })];
}

/** Whether copies of the source can live there: it isn't the source's own server, its version fits, it has the extensions. */
export async function fitsSource(context: Context, server: TargetServer, wanted: Wanted, source: OpenSource): Promise<Result<void>> {
  const { target } = wanted;
  const { address, identifier } = server;
  const proven = await proveNotSource(context, source, address, target.allowSourceServer?.reason);
  if (!proven.ok) return proven;
  if (target.allowSourceServer === undefined) {
    const stranger = await proveNotRelative(context, source, { identifier, shown: showAddress(address) });
    if (!stranger.ok) return stranger;
  }
  const { facts } = source;
  const problems = [...otherMajor(server, wanted, facts)];
  const extensions = await onTarget(context, address, async (session) => await checkExtensions(session, facts));
  if (!extensions.ok) problems.push(...(extensions.failure.problems ?? [extensions.failure]));
  const [first] = problems;
  if (first === undefined) return ok();
  return fail(problems.length === 1 ? first : { ...first, problems });
}

function addressOf(context: Context, { url, urlVariable }: ServerTarget): Result<TargetAddress> {
  const text = urlVariable === undefined ? url : context.edge.system.environment(urlVariable);
  if (text === undefined) {
    const message = urlVariable === undefined ? 'target has neither url nor urlVariable.' : `The environment variable ${urlVariable} is not set.`;
    return fail(failure('config-invalid', message, { cure: 'Set it to the postgres:// URL of a superuser on the target server, or leave `target` out.' }));
  }
  const address = context.edge.postgres.parseAddress(text);
  return address.ok ? ok({ address: address.value, ...(urlVariable === undefined ? {} : { urlVariable }) }) : address;
}

function migratorPassword(context: Context, { migratorPasswordVariable: variable }: ServerTarget): Result<Secret | undefined> {
  if (variable === undefined) return ok(undefined);
  const value = context.edge.system.environment(variable);
  if (value !== undefined) return ok(new Secret(value));
  return fail(
    failure('config-invalid', `The environment variable ${variable} is not set.`, { cure: 'Set it to the migrator’s password on the target server.' }),
  );
}
