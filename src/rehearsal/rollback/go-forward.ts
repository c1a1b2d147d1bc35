import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { runMigrationCommand } from '../../migrate/run-command.ts';
import type { Besides } from '../spare-clone.ts';
import { quietly } from './quietly.ts';
import { deploy } from './rehearse-down.ts';
import type { SpareScene } from './spare-scene.ts';

/** Applies what is pending with whatever applies it in production; gives milliseconds. Told to nobody. */
export async function goForward(
  context: Context,
  { migrator, settings }: SpareScene,
  { request, line }: Omit<Besides, 'noTransaction'>,
): Promise<Result<number>> {
  if (settings.tool === 'sql-files') return await deploy(context, { migrator: migrator.address, settings }, line.pending);
  const startedAt = performance.now();
  const ran = await runMigrationCommand(quietly(context), settings, migrator.address, request.folder, 'rollback');
  return ran.ok ? ok(performance.now() - startedAt) : fail(ran.failure);
}
