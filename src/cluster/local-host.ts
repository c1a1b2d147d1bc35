import type { CloneHost, HostedClone, HostedImage } from '../core/clone-host.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { startClone } from './clone.ts';
import { createDatabase } from './create-database.ts';
import { type MadeImage, makeImage } from './image.ts';
import { removeImage } from './remove-image.ts';
import { withSession } from './with-session.ts';

/** Images and clones as servers of our own on this machine, started from this build. */
export function localHost(build: ServerBuild): CloneHost {
  return {
    label: `PostgreSQL ${build.version} (${build.origin})`,
    major: build.major,
    makeImage: async (context, wanted) => {
      const made = await makeImage(context, { ...wanted, build });
      return made.ok ? ok(localImage(made.value)) : made;
    },
  };
}

/** An image of this machine, made now or earlier, as a run uses it. */
export function localImage(image: MadeImage): HostedImage {
  const { id, label, database, dataAsOf, sizeBytes, adminUser, locale, losses } = image;
  return {
    ...{ id, label, database, dataAsOf, sizeBytes, adminUser, locale, losses },
    start: (context, name) => startClone(context, image, { label: name }),
    startEmpty: (context, name) => startEmpty(context, image, name),
    remove: (context) => removeImage(context, image),
  };
}

/** A clone, for the sake of its roles, whose database is replaced by an empty one of the same name: `alter database` in a migration finds what it names. */
async function startEmpty(context: Context, image: MadeImage, label: string): Promise<Result<HostedClone>> {
  const clone = await startClone(context, image, { label });
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
