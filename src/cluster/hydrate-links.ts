import { readFile, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/**
 * The symbolic links that an embedded package's libraries need and that npm cannot carry: its postinstall script makes them, if it is run.
 * Gives those which are missing below `packageFolder`.
 */
export async function missingLinks(packageFolder: string): Promise<readonly { readonly link: string; readonly target: string }[]> {
  const text = await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const listed = JSON.parse(text) as readonly { readonly source: string; readonly target: string }[];
  const links = listed.map(({ source, target }) => {
    const link = join(packageFolder, target);
    return { link, target: relative(dirname(link), join(packageFolder, source)) };
  });
  const there = await Promise.all(links.map(({ link }) => stat(link).then(Boolean, () => false)));
  return links.filter((_, index) => !there[index]);
}

/** Makes the missing links. Two runs may do so at once. Throws where the folder can't be written. */
export async function hydrateLinks(packageFolder: string): Promise<void> {
  for (const { link, target } of await missingLinks(packageFolder)) {
    try {
      await symlink(target, link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
