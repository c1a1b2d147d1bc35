import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { PostData, type PostDataOptions } from './post-data/post-data.ts';

/**
 * Builds everything that comes after the rows, all at once: see PostData, which can also begin table by table. Throws FailureError and SqlError.
 *
 * @param session a superuser's session on the target, the one that `options.restore` has.
 * @param statements of pg_dump's post-data section, in its order, without semicolons.
 * @example await restorePostData(context, target, session, statementTexts(postData), { jobs: 2, restore });
 */
export async function restorePostData(
  context: Context,
  target: Address,
  session: Session,
  statements: readonly string[],
  options: PostDataOptions,
): Promise<void> {
  await using post = await PostData.start(context, target, session, statements, options);
  await post.finish();
}
