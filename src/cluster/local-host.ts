import type { CloneHost, HostedClone, HostedImage } from '../core/clone-host.ts';
import type { CloneMethodName } from '../core/clone-method-name.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { type Clone, startClone } from './clone.ts';
import { createDatabase } from './create-database.ts';
import { type MadeImage, makeImage } from './image.ts';
import type { ImageOrigin } from './image-origin.ts';
import { removeImage } from './remove-image.ts';
import { withSession } from './with-session.ts';

export interface LocalOptions {
  /** How clones are made; the best way unless given. */
  readonly method?: CloneMethodName | undefined;
  /** Images are kept until then (ISO 8601), to be found by their origin. */
  readonly keep?: { readonly expiresAt: string; readonly origin: ImageOrigin } | undefined;
}

/** Images and clones as servers of our own on this machine, started from this build. */
export function localHost(build: ServerBuild, options: LocalOptions = {}): CloneHost {
  const { keep } = options;
  return {
    label: `PostgreSQL ${build.version} (${build.origin})`,
    major: build.major,
    makeImage: async (context, wanted) => {
      const made = await makeImage(context, { ...wanted, build, madeFor: 'run', ...(keep && { kept: true, ...keep }) });
      return made.ok ? ok(localImage(made.value, options, keep !== undefined)) : made;
    },
  };
}

/** An image of this machine, made now or earlier, as a run uses it. */
export function localImage(image: MadeImage, { method }: LocalOptions, kept: boolean): HostedImage {
  const start = async (context: Context, label: string) => withMadeBy(await startClone(context, image, { label, ...(method && { method }) }));
  const { id, label, database, dataAsOf, sizeBytes, adminUser, locale, losses } = image;
  return {
    ...{ id, label, database, dataAsOf, sizeBytes, adminUser, locale, losses },
    kept,
    start,
    startEmpty: (context, name) => startEmpty(context, image, () => start(context, name)),
    remove: (context) => removeImage(context, image),
  };
}

/** A clone, for the sake of its roles, whose database is replaced by an empty one of the same name: `alter database` in a migration finds what it names. */
async function startEmpty(context: Context, image: MadeImage, start: () => Promise<Result<HostedClone>>): Promise<Result<HostedClone>> {
  const clone = await start();
  if (!clone.ok) return clone;
  const { admin, remove } = clone.value;
  const dropped = await withSession(context, { ...admin, database: 'template1' }, async (session) => {
    await session.execute(`drop database ${quoteIdentifier(image.database)} with (force)`);
    return ok();
  });
  const emptied = dropped.ok ? await createDatabase(context, admin, image.database, image.build.major, image.locale) : dropped;
  if (emptied.ok) return clone;
  await remove();
  return emptied;
}

function withMadeBy(clone: Result<Clone>): Result<HostedClone> {
  if (!clone.ok) return clone;
  const { method, passedOver } = clone.value;
  const reasons = passedOver.map((better) => `${better.method}: ${better.reason}`).join('; ');
  return ok({ ...clone.value, madeBy: reasons === '' ? method : `${method} (${reasons})` });
}
