import type { Resource, ResourceKind } from '../core/resource.ts';
import type { Finished } from '../rehearsal/cloud/finish-left.ts';
import { makeContext } from './make-context.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds. Nobody waits longer at the end of a command for what an earlier one left. */
const longest = 20_000;

/** Commands that look after it themselves, and those that only read what is on this machine. */
const without: readonly string[] = ['gc', 'explain', 'clones'];

/** What may be left in a cloud, or leads there, as people call it. */
const words: Partial<Readonly<Record<ResourceKind, string>>> = { throwaway: 'server', snapshot: 'snapshot', tunnel: 'tunnel', upload: 'upload' };

/** At the end of a command: has what a killed command of this machine left in a cloud deleted, says a line about each, and never changes how the command ends. */
export async function finishLeft(command: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  if (without.includes(command) || signal.aborted) return;
  const giveUp = AbortSignal.timeout(longest);
  const context = await makeContext({ signal: AbortSignal.any([signal, giveUp]) });
  if (!context.ok) return;
  // What can't be read, `gc` tells.
  const lines = await context.value.ledger.list().catch(() => []);
  // Nothing of clouds is loaded where nothing is there.
  if (!lines.some(({ kind }) => kind in words)) return;
  const { finishLeft: finish } = await import('../rehearsal/cloud/finish-left.ts');
  const tooLong = new Promise<undefined>((resolve) => giveUp.addEventListener('abort', () => resolve(undefined), { once: true }));
  const finished = await Promise.race([finish(context.value).catch(() => undefined), tooLong]);
  if (finished === undefined && !signal.aborted)
    terminal.note('What an earlier command left in the cloud could not be removed so quickly: run `pgrehearse gc`, which takes its time.');
  for (const { resource, is } of finished ?? []) terminal.note(wordsOn(resource, is));
}

function wordsOn({ kind, label }: Resource, is: Finished['is']): string {
  const left = `An earlier command left the ${words[kind] ?? kind} ${label}`;
  if (is === 'gone') return `${left}: it is removed now.`;
  if (is === 'asked') return `${left}: its removal has begun, and \`pgrehearse gc\` waits until it is gone.`;
  return `${left}, which could not be removed: ${is.message}\n  → ${is.cure}`;
}
