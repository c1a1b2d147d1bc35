import type { ToolSays } from '../../check/stamp/judge-stamp.ts';
import type { ToolAnswer } from '../../core/lineage.ts';
import type { Migration } from '../../core/migration.ts';
import type { Phase } from '../../core/phase.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { askTool, revisionsNamed } from '../../migrate/ask-tool.ts';
import { adapterOf } from '../../migrate/tools/adapters.ts';
import type { RehearseRequest } from '../request.ts';

/** Whether the team wants its history held against expectations: then the tool's own words are kept too, though that takes a start of it each. */
export function isGoverned({ anchor, lineage }: RehearseRequest['settings']): boolean {
  return anchor !== undefined || lineage.expectedHead !== undefined || lineage.expectedPending !== undefined;
}

/**
 * Has the migration tool say something of a clone, and keeps its answer as evidence. Undefined where the tool has no such command.
 *
 * @param about `heads` and `history` need no database, and are asked with one all the same
 */
export async function askWhere(
  context: Context,
  { settings, folder }: RehearseRequest,
  migrations: readonly Migration[],
  migrator: Address,
  question: Pick<ToolAnswer, 'about' | 'moment'> & { readonly phase: Phase },
): Promise<ToolSays | undefined> {
  const { phase, about, moment } = question;
  const command = adapterOf(settings.migrate)?.commands(settings.migrate)[about];
  if (command === undefined) return undefined;
  const answered = await askTool(context, settings.migrate, migrator, folder, { about, moment, command });
  if (!answered.ok) return { ok: false, revisions: [], text: answered.failure.message };
  const answer = answered.value;
  context.emit({ type: 'tool-answered', phase, answer });
  const revisions = revisionsNamed(
    answer,
    migrations.map(({ revision }) => revision),
  );
  return { ok: answer.exitCode === 0, revisions, text: answer.lines.join('\n') };
}
