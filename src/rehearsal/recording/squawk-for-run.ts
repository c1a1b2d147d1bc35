import { askSquawk, type SquawkAnswer } from '../../check/squawk/ask-squawk.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Recording } from '../../core/recording.ts';
import type { RehearseRequest } from '../request.ts';

/** Squawk's hints about the migrations that were recorded, where it is installed and the team hasn't switched it off. It is asked when nothing is measured any more. */
export async function squawkForRun(
  context: Context,
  { settings, folder }: Pick<RehearseRequest, 'settings' | 'folder'>,
  migrations: readonly Migration[],
  { statements, serverVersionNum }: Recording,
): Promise<SquawkAnswer> {
  if (settings.record.squawk === 'off') return { kind: 'not-installed' };
  const ran = new Set(statements.map(({ migration }) => migration));
  const asked = migrations.filter(({ revision, up }) => ran.has(revision) && up.trim() !== '');
  if (asked.length === 0) return { kind: 'not-installed' };
  const answer = await askSquawk(context, { folder, migrations: asked, serverVersionNum });
  if (answer.kind === 'answered') context.emit({ type: 'step', phase: 'migrate', text: `squawk ${answer.version} was asked for hints` });
  return answer;
}
