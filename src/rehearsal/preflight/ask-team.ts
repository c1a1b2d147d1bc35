import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { isKnown, type Known } from '../../core/production.ts';

/** A minute: whoever asks is waiting. */
const timeoutMs = 60_000;

/** How much is free on production's disk, as the team says; undefined where it says nothing. */
export async function askFreeBytes(context: Context, folder: string, { freeBytes }: Settings['preflight']): Promise<Known<number> | undefined> {
  if (freeBytes === undefined) return undefined;
  if (typeof freeBytes === 'number') return { value: freeBytes };
  const printed = await lastLineOf(context, folder, freeBytes.command);
  if (!isKnown(printed)) return printed;
  return /^\d+(\.\d+)?$/.test(printed.value) ? { value: Number(printed.value) } : { unknown: 'the last line that its command prints is not a number of bytes' };
}

/** The latest instant to which production can be restored, as the team's command prints it; undefined where there is no such command. */
export async function askRestorableInstant(
  context: Context,
  folder: string,
  { pointInTimeRecovery }: Settings['preflight'],
): Promise<Known<string> | undefined> {
  if (pointInTimeRecovery?.from !== 'command') return undefined;
  const printed = await lastLineOf(context, folder, pointInTimeRecovery.command);
  if (!isKnown(printed)) return printed;
  const isInstant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(printed.value) && !Number.isNaN(Date.parse(printed.value));
  return isInstant
    ? { value: new Date(printed.value).toISOString() }
    : { unknown: 'the last line that it prints is not an instant with its offset, such as 2026-11-21T10:00:00Z' };
}

async function lastLineOf(context: Context, folder: string, [command = '', ...args]: readonly string[]): Promise<Known<string>> {
  const ran = await context.edge.system.run({ command, args, cwd: folder, inheritEnvironment: true, timeoutMs, signal: context.signal });
  if (!ran.ok) return { unknown: ran.failure.message };
  if (ran.value.exitCode !== 0) return { unknown: `${command} ended with ${ran.value.exitCode ?? ran.value.signal ?? 'nothing'}` };
  return { value: ran.value.stdout.trim().split('\n').at(-1)?.trim() ?? '' };
}
