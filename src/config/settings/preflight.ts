import { z } from 'zod';
import { preflightCheckNames } from '../../core/preflight.ts';
import { keysAreRight, name, reason } from './fields.ts';
import { checkPlace, placeFields } from './place.ts';

const instant = z.iso.datetime({ offset: true, error: 'must be an instant with its offset, such as 2026-12-20T00:00:00+01:00' });
const weekday = '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)';
const weekTime = z
  .string()
  .regex(new RegExp(`^${weekday} (?:[01]\\d|2[0-3]):[0-5]\\d$`), 'must be a day and a time, such as "friday 16:00"')
  .meta({ description: 'Day of the week and time, such as "friday 16:00".' });

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256: 64 hexadecimal digits in small letters');

const datedWindow = z
  .strictObject({
    from: instant.meta({ description: 'The first instant at which nothing may be deployed.' }),
    to: instant.meta({ description: 'When it ends.' }),
    reason,
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { error: 'ends before it begins', path: ['to'], when: keysAreRight });

const weeklyWindow = z.strictObject({
  weekly: z.strictObject({ from: weekTime, to: weekTime }).meta({ description: 'Every week from one time to the other; it may go over the week’s end.' }),
  timeZone: z
    .string()
    .refine(isTimeZone, 'must be a time zone of the IANA list, such as Europe/Berlin')
    .meta({ description: 'The time zone of these times, such as Europe/Berlin.' }),
  reason,
});

const recovery = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('archiver').meta({ description: 'Postgres archives its WAL itself: what pg_stat_archiver says counts.' }),
    maxAgeMinutes: z.number().positive().default(60).meta({ description: 'How long ago WAL may have been archived last.' }),
  }),
  z.strictObject({
    from: z.literal('command').meta({ description: 'A command of the team’s prints the latest instant to which production can be restored.' }),
    command: z.array(name).min(1).meta({ description: 'Program and arguments, started without a shell. The last line that it prints is an ISO 8601 instant.' }),
    maxAgeMinutes: z.number().positive().default(60).meta({ description: 'How long ago that instant may be.' }),
  }),
  z.strictObject({
    from: z.literal('attestation').meta({ description: 'A person says so.' }),
    by: name.meta({ description: 'Who.' }),
    at: instant.meta({ description: 'When it was looked at.' }),
    maxAgeHours: z.number().positive().default(24).meta({ description: 'How long such a word is good for.' }),
  }),
]);

/** What `preflight` takes for safe. None of it changes what a rehearsal does, so it isn't a part of the configuration's hash. */
export const preflight = z
  .strictObject({
    source: z.strictObject(placeFields).check(checkPlace).optional().meta({
      description:
        'Production itself, where `source` is a replica, a dump, a snapshot that is restored, or a copy. Only read, best by a role of its own with pg_monitor. `source` unless given.',
    }),
    transcript: sha256.optional().meta({ description: 'SHA-256 of the deploy transcript that was approved; better given with --transcript.' }),
    maxEvidenceHours: z.number().positive().default(24).meta({ description: 'How old a rehearsal may be.' }),
    maxTransactionSeconds: z
      .number()
      .min(0)
      .default(60)
      .meta({ description: 'From what age on a transaction that holds a lock on a table to be locked is in the way.' }),
    maxReplicaLagSeconds: z.number().min(0).default(60).meta({ description: 'How far a replica may be behind.' }),
    maxSlotBytes: z
      .number()
      .min(0)
      .default(1024 ** 3)
      .meta({ description: 'How much WAL an active replication slot may hold back, a replica may be behind, and may wait for being archived.' }),
    maxConnectionsPercent: z.number().min(1).max(100).default(80).meta({ description: 'How many of max_connections may be in use.' }),
    freeBytes: z
      .union([
        z.number().min(0),
        z.strictObject({ command: z.array(name).min(1).meta({ description: 'Program and arguments; the last line that it prints is a number of bytes.' }) }),
      ])
      .optional()
      .meta({
        description:
          'Free space on production’s disk, in bytes, or a command that prints it: SQL can’t tell. Without it the room is unknown, unless the migrations write next to nothing.',
      }),
    freezeWindows: z
      .array(z.union([datedWindow, weeklyWindow]))
      .optional()
      .meta({ description: 'When nothing may be deployed. [] says that there is no such time; unless given, it is unknown.' }),
    pointInTimeRecovery: recovery
      .optional()
      .meta({ description: 'How it is known that production can be restored to a point in time; as archiver unless given.' }),
    exclude: z
      .array(
        z.strictObject({
          object: name.meta({ description: 'Name as preflight tells it, with * for any characters: public.event_2026_*, role v-token-*.' }),
          kind: name.optional().meta({ description: 'Kind of the object, such as table, role, extension or setting; any unless given.' }),
          reason,
        }),
      )
      .default([])
      .meta({ description: 'What of production may change between rehearsal and deploy, such as partitions that are made every day; told, and not counted.' }),
    checks: z
      .partialRecord(z.enum(preflightCheckNames), z.enum(['required', 'advisory']))
      .refine(({ evidence }) => evidence !== 'advisory', {
        error: 'can’t be advisory: a GO is about a rehearsal that passed',
        path: ['evidence'],
        when: keysAreRight,
      })
      .default({})
      .meta({
        description:
          'Whether a check decides, or is only told. All are required unless given, except commit where the migrations are files of SQL. evidence can’t be advisory.',
      }),
  })
  .prefault({})
  .meta({ description: 'What `preflight` looks at in production before the deploy.' });

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
