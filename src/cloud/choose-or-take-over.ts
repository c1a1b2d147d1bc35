import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Result } from '../core/result.ts';

/** What is chosen; `left`: what an earlier attempt left, by its ledger line. */
type Choice = { readonly is: 'left'; readonly line: Resource } | { readonly is: 'there' | 'to-take' };

/**
 * Chooses; one that was left becomes ours with that. What another run goes on with meanwhile is no choice any more. Fails with what choosing fails with.
 *
 * @param made what the attempt has to remove: what was taken over is added
 * @param left ledger lines of what may be chosen, and whose maker is gone
 */
export async function chooseOrTakeOver<Chosen extends Choice>(
  context: Context,
  made: Resource[],
  left: readonly Resource[],
  choose: (left: readonly Resource[]) => Promise<Result<Chosen>>,
): Promise<Result<Chosen>> {
  const choice = await choose(left);
  if (!choice.ok || choice.value.is !== 'left') return choice;
  const { id } = choice.value.line;
  const line = await context.ledger.takeOver(id);
  if (line === undefined) {
    const others = left.filter((one) => one.id !== id);
    return await chooseOrTakeOver(context, made, others, choose);
  }
  made.push(line);
  return choice;
}
