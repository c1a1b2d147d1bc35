import { z } from 'zod';
import { waysBack } from '../../core/rollback.ts';
import { contentChange } from './data.ts';
import { keysAreRight, name } from './fields.ts';

/** Each takes a second or two, with a small schema. */
export const fewMigrations = 20;

const downgrade = z.array(name).min(1);
// biome-ignore lint/suspicious/noTemplateCurlyInString: the text is shown as it is
const placeholders = '${previous} stands for the last revision that production has, ${count} for how many are taken back.';

export const rollback = z
  .strictObject({
    ways: z
      .union([z.enum(['auto', 'off']), z.array(z.enum(waysBack)).min(1)])
      .default('auto')
      .meta({
        description:
          'How a deploy is taken back, each way rehearsed: down (scripts of the migrations), command (the tool’s own downgrade), restore (a backup from before). ' +
          'auto: what there is of the first two, as advice. off: none.',
      }),
    required: z.boolean().optional().meta({
      description: 'Whether the deploy is blocked where a way doesn’t lead back. Unless given: where `ways` names them, and not with auto.',
    }),
    each: z
      .boolean()
      .optional()
      .meta({
        description: `Each migration is taken back by itself too, not only all together. Unless given: where at most ${fewMigrations} are pending.`,
      }),
    command: z
      .strictObject({
        all: downgrade.optional().meta({ description: `Program and arguments that take everything back. ${placeholders}` }),
        step: downgrade.optional().meta({ description: `Program and arguments that take the last migration back; run until all are. ${placeholders}` }),
      })
      .refine(({ all, step }) => (all === undefined) !== (step === undefined), { error: 'needs either all or step', when: keysAreRight })
      .optional()
      .meta({ description: 'The tool’s own downgrade, such as alembic downgrade -1. It gets what migrate.command gets.' }),
    acceptLosses: z.array(contentChange).default([]).meta({ description: 'Data that going back may lose, besides what data.contentChanges lets go.' }),
  })
  .refine(({ ways, command }) => typeof ways === 'string' || !ways.includes('command') || command !== undefined, {
    error: 'names the way "command", and has no command',
    when: keysAreRight,
  })
  .prefault({})
  .meta({ description: 'Whether there is a way back from the deploy.' });
