import type { ResourceKind } from '../core/resource.ts';
import { makeContext } from './make-context.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds. Nobody waits longer than this at the end of a command for what an earlier one left. */
const longest = 20_000;

/** Commands that look after it themselves, and those that read what stands here and nothing else. */
const without: readonly string[] = ['gc', 'explain', 'clones'];

const ofClouds: readonly ResourceKind[] = ['throwaway', 'snapshot', 'tunnel', 'upload'];

/** At the end of a command: asks the cloud to delete what a killed command of this machine left there. Says so in a line, and never changes how a command ends. */
export async function finishLeft(command: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  if (without.includes(command) || signal.aborted) return;
  const giveUp = AbortSignal.timeout(longest);
  const context = await makeContext({ signal: AbortSignal.any([signal, giveUp]) });
  if (!context.ok) return;
  // What can't be read, `gc` tells.
  const lines = await context.value.ledger.list().catch(() => []);
  // Nothing of clouds is loaded where nothing is there.
  if (!lines.some(({ kind }) => ofClouds.includes(kind))) return;
  const { finishLeft: finish } = await import('../rehearsal/cloud/finish-left.ts');
  const tooLong = new Promise<undefined>((resolve) => giveUp.addEventListener('abort', () => resolve(undefined), { once: true }));
  const finished = await Promise.race([finish(context.value).catch(() => undefined), tooLong]);
  for (const { resource, is } of finished ?? []) {
    const what = `${resource.kind} ${resource.label}, which an earlier command left`;
    if (is === 'gone') terminal.note(`Removed the ${what}.`);
    else if (is === 'asked') terminal.note(`Asked for the removal of the ${what}: \`pgrehearse gc\` waits until it is gone.`);
    else terminal.note(`The ${what}, is still there: ${is.message}`);
  }
}
