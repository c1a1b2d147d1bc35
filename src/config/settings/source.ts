import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';

const sourceUrl = z
  .strictObject({
    url: name.optional().meta({ description: 'postgres:// URL of the source, better of a replica. Prefer urlVariable, so that no secret stands in a file.' }),
    urlVariable: name.optional().meta({ description: 'The environment variable that holds the URL.' }),
    allowPrimary: z.boolean().default(false).meta({ description: 'Needed to copy from a live primary: its snapshot is held open while copying.' }),
    unchanging: z.boolean().default(false).meta({
      description:
        'The source can’t change, such as a restored snapshot that nobody uses: an interrupted dump can be gone on with. It is proven, not believed.',
    }),
  })
  .refine((given) => given.url !== undefined || given.urlVariable !== undefined, { error: 'names neither url nor urlVariable', when: keysAreRight })
  .refine((given) => given.url === undefined || given.urlVariable === undefined, { error: 'has both url and urlVariable', when: keysAreRight });

const sourceDump = z.strictObject({
  dump: file.meta({
    description: 'A dump folder of `clone`, or a dump of pg_dump in any of its formats; archives need a pg_restore that fits. A folder means its newest dump.',
  }),
  roles: file.optional().meta({ description: 'Output of `pg_dumpall --roles-only --no-role-passwords`, since a dump holds no roles.' }),
});

export const source = z.union([sourceUrl, sourceDump]).meta({ description: 'Where production’s data comes from.' });
