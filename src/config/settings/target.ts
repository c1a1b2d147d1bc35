import { z } from 'zod';
import { keysAreRight, name, reason } from './fields.ts';

const server = z
  .strictObject({
    url: name.optional().meta({
      description: 'postgres:// URL of a superuser on the server; its database is only the way in. Prefer urlVariable, so that no secret stands in a file.',
    }),
    urlVariable: name.optional().meta({ description: 'The environment variable that holds the URL.' }),
    clusterWide: z.enum(['refuse', 'undo']).default('refuse').meta({
      description:
        'Migrations that change the whole server. refuse: they aren’t run. undo: those that concern roles of ours, or new ones, run, and are undone afterwards.',
    }),
    migratorPasswordVariable: name.optional().meta({
      description: 'The environment variable that holds the migrator’s password on that server, where the role was there before. Such a role is never altered.',
    }),
    allowSourceServer: z
      .strictObject({ reason })
      .optional()
      .meta({ description: 'Allows clones on the very server that is the source, on its primary or on a copy of its files, in databases of our own.' }),
  })
  .refine((given) => given.url !== undefined || given.urlVariable !== undefined, { error: 'names neither url nor urlVariable', when: keysAreRight })
  .refine((given) => given.url === undefined || given.urlVariable === undefined, { error: 'has both url and urlVariable', when: keysAreRight })
  .meta({ description: 'An existing server on which clones are databases of our own.' });

const throwaway = z
  .strictObject({
    secondClones: z
      .enum(['none', 'restore'])
      .optional()
      .meta({
        description:
          'What needs another clone (ways back, interruptions, retries, queries, today’s application). none: it is inconclusive. ' +
          'restore: for each, another server of the same instant is made in the cloud, and deleted when it was used. ' +
          'Unless given: restore on Aurora, where it is a copy-on-write clone, and none elsewhere.',
      }),
  })
  .meta({ description: 'The rehearsal runs in place: on the server that was restored, or attached, itself.' });

/** Where clones live that get no server of their own: on an existing server, or on the restored copy of production itself. */
export const target = z.union([z.literal('throwaway').transform(() => ({ throwaway: throwaway.parse({}) })), z.strictObject({ throwaway }), server]);
