import { z } from 'zod';
import { differenceClasses } from '../core/schema-difference.ts';

/** Told apart from a day that no calendar has, such as 2026-02-30. */
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const waiver = z.strictObject({
  object: z.string().min(1).meta({
    description:
      'Name of the object as the report writes it: public.invoice.total, public.f(integer). * stands for any characters, and then the report says how many differences it names; \\* is a star.',
  }),
  property: z.string().min(1).meta({
    description: 'The property as the report writes it: type, default, privileges; existence where one side lacks the object. Never a pattern.',
  }),
  kind: z.string().min(1).optional().meta({ description: 'Kind of the object, such as column. Needed where the name alone means several.' }),
  class: z
    .enum(differenceClasses)
    .optional()
    .meta({ description: 'Class of the difference. Needed for unexplained ones, so that none is waived by accident.' }),
  comparison: z.enum(['schema-gate', 'drift']).default('schema-gate').meta({
    description: 'Which comparison of a run it is for: the migrated clone with the baseline (also diff), or production, before migrating, with the repo.',
  }),
  reason: z.string().min(10).meta({ description: 'Why it is accepted, in a sentence: it is printed with the difference.' }),
  expires: z.string().refine(isDay, { error: 'must be a day, as 2026-12-31' }).meta({ description: 'The last day on which it holds, as 2026-12-31 (UTC).' }),
});

/** The file of waivers. Validation and editor help come from here. */
export const waiversSchema = z
  .strictObject({
    $schema: z.string().optional().meta({ description: 'The JSON Schema of this file, for editors.' }),
    waivers: z.array(waiver).meta({ description: 'Differences that are accepted for a while, each by object and property.' }),
  })
  .meta({ title: 'pgrehearse waivers' });

/** One waiver, checked, defaults filled in. */
export type WaiverSettings = z.output<typeof waiver>;
