import { type Clone, type CloneOptions, startClone } from '../../cluster/clone.ts';
import { checkMethod } from '../../cluster/clone-method/methods-here.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import type { Settings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { isTargeted } from '../target-home.ts';
import { checkCloneName } from './check-clone-name.ts';
import { checkPort } from './check-port.ts';
import { imageForLoad } from './image-for-load.ts';
import { loadOnTarget } from './load-on-target.ts';
import type { LoadRequest } from './load-request.ts';

/** A clone that is kept, wherever it lives. */
export type KeptClone = Pick<Clone, 'id' | 'label' | 'admin' | 'login'>;

export interface LoadedClone {
  readonly clone: KeptClone;
  /** With `fromImage` where an image of the same dump was there. */
  readonly report: CopyReport;
  readonly expiresAt: string;
}

/**
 * Loads a dump into a named clone that is kept, with the image that it can be reset from, until it is dropped or its time is over: on a server of its own,
 * or, where one is configured (target), as a database there.
 *
 * Fails with `clone-name-taken`, `port-in-use` and `clone-method-unusable`, with what opening a dump, copying and starting a server fail with; nothing is left then.
 */
export async function loadClone(context: Context, request: LoadRequest): Promise<Result<LoadedClone>> {
  const { settings, name } = request;
  const free = await checkCloneName(context, name);
  if (!free.ok) return free;
  const expiresAt = expiry(context, settings);
  if (isTargeted(settings) && !request.ownServer) {
    const wished = request.port !== undefined ? '--port' : request.method !== undefined ? '--clone-method' : undefined;
    if (wished !== undefined) return fail(ofOwnServers(wished));
    const onTarget = await loadOnTarget(context, request, settings, expiresAt);
    return onTarget.ok ? ok({ ...onTarget.value, expiresAt }) : onTarget;
  }
  const port = await checkPort(context, request.port ?? settings?.clone.port);
  if (!port.ok) return port;
  const method = await checkMethod(context, request.method ?? settings?.clone.method);
  if (!method.ok) return method;
  const loaded = await imageForLoad(context, request, expiresAt);
  if (!loaded.ok) return loaded;
  const { image, report, reused } = loaded.value;
  const clone = await startClone(context, image, { label: name, kept: true, expiresAt, ...wishes(request) });
  if (!clone.ok) {
    if (!reused) await removeImage(context, image);
    return clone;
  }
  return ok({ clone: clone.value, report, expiresAt });
}

/** A wish that only a server of our own can grant. */
export function ofOwnServers(option: string) {
  const cure = `Add --own-server for a clone on a server of its own, or leave ${option} out.`;
  return failure('usage', `${option} says how a server of our own is made, and the configuration names an existing one (target)`, { cure });
}

/** What the command line asks for, else the configuration, else nothing. */
function wishes({
  settings,
  port,
  database,
  user,
  password,
  method = settings?.clone.method,
}: LoadRequest): Pick<CloneOptions, 'port' | 'database' | 'login' | 'method'> {
  const wanted = { port: port ?? settings?.clone.port, database: database ?? settings?.clone.database, user: user ?? settings?.clone.user };
  const secret = password ?? (settings?.clone.password === undefined ? undefined : new Secret(settings.clone.password));
  return {
    ...(method === undefined ? {} : { method }),
    ...(wanted.port === undefined ? {} : { port: wanted.port }),
    ...(wanted.database === undefined ? {} : { database: wanted.database }),
    ...(wanted.user === undefined ? {} : { login: { user: wanted.user, password: secret ?? randomPassword() } }),
  };
}

function randomPassword(): Secret {
  return new Secret(crypto.randomUUID().replaceAll('-', ''));
}

const defaultKeepHours = 72;

/** When something kept may be removed: ISO 8601. */
export function expiry(context: Context, settings: Settings | undefined): string {
  return new Date(context.now().getTime() + (settings?.clone.keepHours ?? defaultKeepHours) * 3_600_000).toISOString();
}
