import { type Clone, type CloneOptions, startClone } from '../cluster/clone.ts';
import { makeImage } from '../cluster/image.ts';
import { removeImage } from '../cluster/remove-image.ts';
import type { Settings } from '../config/schema.ts';
import type { ImageWanted } from '../core/clone-host.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import type { CopyReport } from '../core/source-facts.ts';
import { openDump } from '../source/dump.ts';
import { checkCloneName } from './check-clone-name.ts';
import { buildForSource, imageOfSource } from './image-of-source.ts';
import { maskSource } from './mask-source.ts';

export interface LoadRequest {
  readonly settings: Settings | undefined;
  /** Absolute path of a dump, or of a folder whose newest dump is meant. */
  readonly dump: string;
  /** Absolute path of the roles that belong to it. */
  readonly roles?: string | undefined;
  /** The clone's name on this machine. */
  readonly name: string;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
}

export interface LoadedClone {
  readonly clone: Clone;
  readonly report: CopyReport;
  readonly expiresAt: string;
}

/**
 * Loads a dump into a named clone that is kept, with the image that it can be reset from, until it is dropped or its time is over.
 *
 * Fails with `clone-name-taken`, with what opening a dump, copying and starting a server fail with; nothing is left then.
 */
export async function loadClone(context: Context, request: LoadRequest): Promise<Result<LoadedClone>> {
  const { settings, name } = request;
  const free = await checkCloneName(context, name);
  if (!free.ok) return free;
  const opened = await openDump(context, { path: request.dump, ...(request.roles === undefined ? {} : { roles: request.roles }) });
  if (!opened.ok) return opened;
  const masked = await maskSource(context, opened.value, settings?.masking);
  if (!masked.ok) return masked;
  await using source: OpenSource = masked.value;
  const build = await buildForSource(context, source.facts, settings?.clone.acceptOtherMajor, 'provision');
  if (!build.ok) return build;
  const expiresAt = expiry(context, settings);
  const make = (wanted: Omit<ImageWanted, 'label'>) => makeImage(context, { ...wanted, build: build.value, label: `image of ${name}`, kept: true, expiresAt });
  const made = await imageOfSource(context, source, make, 'provision');
  if (!made.ok) return made;
  const clone = await startClone(context, made.value.image, { label: name, kept: true, expiresAt, ...wishes(request) });
  if (!clone.ok) {
    await removeImage(context, made.value.image);
    return clone;
  }
  return ok({ clone: clone.value, report: made.value.copied.report, expiresAt });
}

/** What the command line asks for, else the configuration, else nothing. */
function wishes({ settings, port, database, user, password }: LoadRequest): Pick<CloneOptions, 'port' | 'database' | 'login'> {
  const wanted = { port: port ?? settings?.clone.port, database: database ?? settings?.clone.database, user: user ?? settings?.clone.user };
  const secret = password ?? (settings?.clone.password === undefined ? undefined : new Secret(settings.clone.password));
  return {
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
