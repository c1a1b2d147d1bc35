import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Lets us into every folder below: the kernel leaves work folders of an overlay that not even their owner may read, so that an ordinary user
 * couldn't remove them. What isn't there, or belongs to somebody else, is left as it is.
 */
export async function makeRemovable(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => {});
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await makeRemovable(join(folder, entry.name));
}
