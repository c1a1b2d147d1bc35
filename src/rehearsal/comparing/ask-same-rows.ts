import type { AnsweredQuestion } from '../../check/preservation/displaced-values.ts';
import type { FollowedColumn, RowQuestion } from '../../check/preservation/row-questions.ts';
import { hashRows } from '../../copy/parity/hash-rows.ts';
import { countOf } from '../../core/count-of.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';

/** Starts a copy on which nothing was migrated, for as long as it is used; false where there is none. Throws FailureError. */
export type AsBefore = (use: (address: Address) => Promise<void>) => Promise<boolean>;

/** Asks the migrated clone, and one that wasn't, which values stand beside each other. Throws FailureError. */
export async function askSameRows(
  context: Context,
  clone: Address,
  asBefore: AsBefore,
  questions: readonly RowQuestion[],
): Promise<readonly AnsweredQuestion[]> {
  if (questions.length === 0) return [];
  context.emit({ type: 'step', phase: 'data-gate', text: `asking whether values still stand in the same rows: ${countOf(questions.length, 'table')}` });
  const answers: AnsweredQuestion[] = [];
  const asked = await asBefore(async (before) => {
    for (const question of questions) answers.push({ question, same: await answer(context, before, clone, question) });
  });
  return asked ? answers : questions.map((question) => ({ question, same: undefined }));
}

/** Whether it holds by one of the ways to tell the rows; undefined where none could be asked. */
async function answer(context: Context, before: Address, clone: Address, { from, to, about, beside }: RowQuestion): Promise<boolean | undefined> {
  let same: boolean | undefined;
  for (const way of beside) {
    const columns = [...way, ...about];
    const [was, is] = [
      await hashRows(context, before, { ...placeOf(from), columns: columns.map(({ was }) => was) }),
      await hashRows(context, clone, { ...placeOf(to), columns: columns.map(({ is }: FollowedColumn) => is) }),
    ];
    if (was === undefined || is === undefined) continue;
    if (was === is) return true;
    same = false;
  }
  return same;
}

function placeOf({ schema, table, oid, stores }: RowQuestion['from']) {
  return { schema, table, tree: stores.some((store) => store !== oid) };
}
