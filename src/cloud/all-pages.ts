import type { Page } from '../core/aws-operations.ts';

/**
 * What a listing of RDS tells on all its pages, 100 at a time.
 *
 * @param read asks for one page; `items`: what is on it
 * @example await allPages((page) => account.call('rds:DescribeDBInstances', page), ({ DBInstances }) => DBInstances)
 */
export async function allPages<Answer extends { readonly Marker?: string | undefined }, Item>(
  read: (page: Page) => Promise<Answer>,
  items: (answer: Answer) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let marker: string | undefined;
  do {
    const answer = await read({ MaxRecords: 100, ...(marker === undefined ? {} : { Marker: marker }) });
    all.push(...(items(answer) ?? []));
    marker = answer.Marker;
  } while (marker !== undefined && marker !== '');
  return all;
}
