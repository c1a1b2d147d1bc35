import { openExternalHost } from '../cluster/external/external-host.ts';
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
import { proveNotRelative } from './prove-not-relative.ts';
import { proveNotSource } from './prove-not-source.ts';
import type { Run } from './run.ts';

type TargetSettings = NonNullable<Settings['target']>;
type Wanted = { readonly target: TargetSettings } & Pick<Settings, 'clone'>;

/** Takes the configured server for this run; it is given back, with nothing of ours on it, when the run ends. */
export async function externalHost(context: Context, run: Run, settings: Wanted, source: OpenSource): Promise<Result<CloneHost>> {
  const { target } = settings;
  const examined = await examineTarget(context, settings, source);
  if (!examined.ok) return examined;
  run.hide(examined.value.address.password);
  const password = migratorPassword(context, target);
  if (!password.ok) return password;
  run.hide(password.value);
  const rules = {
    clusterWide: target.clusterWide,
    ...(target.allowSourceServer === undefined ? {} : { allowSourceServer: target.allowSourceServer.reason }),
    ...(password.value === undefined ? {} : { migratorPassword: password.value }),
  };
  const waiting = () => context.emit({ type: 'step', phase: 'preconditions', text: 'Waiting for another rehearsal on the target server to end' });
  const opened = await openExternalHost(context, examined.value, rules, waiting);
  if (!opened.ok) return opened;
  // First in, last out: databases go before the roles that own what is in them.
  run.removeAtEnd(() => opened.value.close(context));
  return opened;
}

/**
 * Looks at the configured server, changes nothing: whether it can be reached, fits the source, has its extensions, and isn't the source's own.
 * All that stands in the way is told at once.
 */
export async function examineTarget(context: Context, { target, clone }: Wanted, source: OpenSource): Promise<Result<TargetServer>> {
  const where = addressOf(context, target);
  if (!where.ok) return where;
  // Before anything else: the source's server is only asked about, never worked on.
  const proven = await proveNotSource(context, source, where.value.address, target.allowSourceServer?.reason);
  if (!proven.ok) return proven;
  const opened = await openTarget(context, where.value);
  if (!opened.ok) return opened;
  if (target.allowSourceServer === undefined) {
    const { identifier, address } = opened.value;
    const stranger = await proveNotRelative(context, source, { identifier, shown: showAddress(address) });
    if (!stranger.ok) return stranger;
  }
  const { facts } = source;
  const problems: Failure[] = [];
  if (opened.value.major !== facts.major && clone.acceptOtherMajor === undefined) {
    problems.push(
      failure('server-major-differs', `The target runs PostgreSQL ${opened.value.version}, the source ${facts.serverVersion}.`, {
        cure: `Choose a server of PostgreSQL ${facts.major}, or set clone.acceptOtherMajor with a reason.`,
      }),
    );
  }
  const extensions = await onTarget(context, where.value.address, async (session) => await checkExtensions(session, facts));
  if (!extensions.ok) problems.push(...(extensions.failure.problems ?? [extensions.failure]));
  const [first] = problems;
  if (first === undefined) return opened;
  return fail(problems.length === 1 ? first : { ...first, problems });
}

function addressOf(context: Context, { url, urlVariable }: TargetSettings): Result<TargetAddress> {
  const text = urlVariable === undefined ? url : context.edge.system.environment(urlVariable);
  if (text === undefined) {
    const message = urlVariable === undefined ? 'target has neither url nor urlVariable.' : `The environment variable ${urlVariable} is not set.`;
    return fail(failure('config-invalid', message, { cure: 'Set it to the postgres:// URL of a superuser on the target server, or leave `target` out.' }));
  }
  const address = context.edge.postgres.parseAddress(text);
  return address.ok ? ok({ address: address.value, ...(urlVariable === undefined ? {} : { urlVariable }) }) : address;
}

function migratorPassword(context: Context, { migratorPasswordVariable: variable }: TargetSettings): Result<Secret | undefined> {
  if (variable === undefined) return ok(undefined);
  const value = context.edge.system.environment(variable);
  if (value !== undefined) return ok(new Secret(value));
  return fail(
    failure('config-invalid', `The environment variable ${variable} is not set.`, { cure: 'Set it to the migrator’s password on the target server.' }),
  );
}
