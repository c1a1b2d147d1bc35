import { removeResource } from '../../cluster/remove-resource.ts';
import { makeResourceFolder } from '../../cluster/resource-folder.ts';
import type { BeforeSettings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import { type Context, resourceVariable } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { leadsElsewhere } from '../../migrate/command-environment.ts';
import { exportTree, type Tree } from '../../smoke/export-tree.ts';
import { lastLines } from '../../smoke/read-log.ts';
import type { Run } from '../run.ts';

/** The files of the version that production runs today, ready to be started. They go when the run ends. */
export interface TodaysApplication {
  readonly tree: Tree;
  readonly ref: string;
}

/**
 * Takes today's application from git into a folder of our own, and sets it up there.
 * Fails with `git-ref-unreadable`, `application-setup-failed`, and where the folder can't be made.
 */
export async function takeTodaysApplication(
  context: Context,
  run: Run,
  folder: string,
  { ref, setup, setupTimeoutMinutes }: Extract<BeforeSettings, { ref: string }>,
): Promise<Result<TodaysApplication>> {
  const made = await makeResourceFolder(context, { kind: 'folder', label: `today’s application (${ref})`, facts: { holds: 'application' } });
  if (!made.ok) return made;
  const { resource, folder: into } = made.value;
  run.removeAtEnd(() => removeResource(context, resource));
  context.emit({ type: 'step', phase: 'drift', text: `Taking today’s application from git: ${ref}` });
  const tree = await exportTree(context, folder, ref, into);
  if (!tree.ok) return tree;
  for (const [command = '', ...args] of setup) {
    const shown = [command, ...args].join(' ');
    context.emit({ type: 'step', phase: 'drift', text: `Setting up today’s application: ${shown}` });
    const lines: string[] = [];
    const ran = await context.edge.system.run({
      ...{ command, args, cwd: tree.value.folder, timeoutMs: setupTimeoutMinutes * 60_000, signal: context.signal },
      // It may not find production by a variable that happens to be set; a clone isn't there yet.
      ...{ env: { [resourceVariable]: resource.id }, inheritEnvironment: true, withoutVariable: leadsElsewhere({}) },
      onLine: (stream, line) => {
        lines.push(line);
        context.emit({ type: 'output', phase: 'drift', stream, line });
      },
    });
    if (!ran.ok) return ran;
    const { exitCode, signal } = ran.value;
    if (exitCode === 0) continue;
    const said = `${shown} ended with ${exitCode ?? signal}. ${lastLines(lines.join('\n'))}`;
    return fail(failure('application-setup-failed', said.trim(), { object: shown }));
  }
  return ok({ tree: tree.value, ref });
}
