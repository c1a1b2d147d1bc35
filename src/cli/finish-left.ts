import { makeContext } from './make-context.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds. Nobody waits longer than this at the end of a command for what an earlier one left. */
const longest = 20_000;

/** Commands that look after it themselves, and those that read what stands here and nothing else. */
const without: readonly string[] = ['gc', 'explain', 'clones'];

/** At the end of a command: asks the cloud to delete what a killed command of this machine left there. Says so in a line, and never changes how a command ends. */
export async function finishLeft(command: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  if (without.includes(command) || signal.aborted) return;
  const giveUp = AbortSignal.timeout(longest);
  const context = await makeContext({ signal: AbortSignal.any([signal, giveUp]) });
  if (!context.ok) return;
  const kinds = new Set((await context.value.ledger.list()).map(({ kind }) => kind));
  if (!kinds.has('throwaway') && !kinds.has('snapshot') && !kinds.has('tunnel')) return;
  const { finishLeft: finish } = await import('../rehearsal/cloud/finish-left.ts');
  const tooLong = new Promise<undefined>((resolve) => giveUp.addEventListener('abort', () => resolve(undefined), { once: true }));
  const finished = await Promise.race([finish(context.value).catch(() => undefined), tooLong]);
  for (const { resource, isGone } of finished ?? []) {
    const what = `${resource.kind} ${resource.label}, which an earlier command left`;
    terminal.note(isGone ? `Removed the ${what}.` : `Asked for the removal of the ${what}: \`pgrehearse gc\` waits until it is gone.`);
  }
}
