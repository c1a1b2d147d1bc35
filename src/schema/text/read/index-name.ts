/** The qualified name of an index: it lives in its table's schema. */
export function indexName(table: string, index: string): string {
  const schema = /^("(?:[^"]|"")*"|[^".]+)\./.exec(table)?.[1];
  return schema === undefined ? index : `${schema}.${index}`;
}
