import { z } from 'zod';
import { file, name, reason } from './fields.ts';

const rootHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal digits')
  .meta({ description: 'The root hash of the run, as it was printed when it ended: the SHA-256 of its manifest.json.' });

/** A run that somebody has approved. */
export const approvedEvidence = z.union([name, z.strictObject({ run: file.meta({ description: 'The folder of the run.' }), rootHash })]);

/** What the history of migrations has to be. */
export const lineage = z
  .strictObject({
    expectedHead: name.optional().meta({ description: 'The revision with which the history must end.' }),
    expectedPending: z.array(name).min(1).optional().meta({
      description: 'The revisions that must be pending, in the order in which they must be applied. What is applied in the run is held against it too.',
    }),
    allowSeveralHeads: reason
      .optional()
      .meta({ description: 'Why a history with several ends is no fault here. A deploy to several heads needs a command of the team’s own.' }),
    approvedEvidence: approvedEvidence.optional().meta({
      description:
        'A run that was approved: its folder, its root hash (it is then looked for in folders.runs), or both. Files that were applied then must be the same today, and in the same order.',
    }),
  })
  .prefault({})
  .meta({ description: 'What the history of migrations must be. That it has one end, and that nothing applied was edited, is asked in any case.' });

/** A production that was never stamped. */
export const anchor = z
  .strictObject({
    revision: name.meta({
      description:
        'The revision that production, which has no list of applied migrations, structurally equals. It is proven before the clone is stamped with it.',
    }),
    approvedEvidence: approvedEvidence.optional().meta({
      description:
        'A run that was approved: its folder, its root hash (it is then looked for in folders.runs), or both. Production’s structure must still be what it was there.',
    }),
  })
  .meta({
    description:
      'For a production that migrations were never recorded in. Any deviation from the anchor stops the run; the clone is stamped, production never is.',
  });
