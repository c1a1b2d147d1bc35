import type { Context } from '../core/ports.ts';

const dayMs = 24 * 3_600_000;
/** How long a build from npm is kept. After that it is installed again when needed. */
const keepDays = 90;

/** When a build that is installed now goes, ISO 8601. */
export function buildExpiry(context: Context): string {
  return new Date(context.now().getTime() + keepDays * dayMs).toISOString();
}

/**
 * Folders in `home.data` into which npm installed a build, oldest first; a line is kept only once npm was done. On its last day a build is no
 * longer offered, so that gc never takes it from a run that has just chosen it.
 */
export async function installedOnDemand(context: Context): Promise<readonly string[]> {
  const lastDay = context.now().getTime() + dayMs;
  return (await context.ledger.list()).flatMap(({ kind, kept, expiresAt, facts }) => {
    const lasts = kind === 'folder' && kept && expiresAt !== undefined && Date.parse(expiresAt) > lastDay;
    return lasts && typeof facts.folder === 'string' ? [facts.folder] : [];
  });
}
