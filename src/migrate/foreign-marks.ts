/** Marks by which one file holds both directions. Run as plain SQL, the way down would follow the way up. */
const marks = [
  { mark: /^--\s*\+goose\s+(up|down)\b/im, tool: 'goose', cure: 'Set migrate.layout to "goose".' },
  {
    mark: /^--\s*migrate:(up|down)\b/im,
    tool: 'dbmate',
    cure: 'Use migrate.tool "command" with dbmate itself, or split the files into .up.sql and .down.sql.',
  },
  {
    mark: /^--\s*\+migrate\s+(up|down)\b/im,
    tool: 'sql-migrate',
    cure: 'Use migrate.tool "command" with sql-migrate itself, or split the files into .up.sql and .down.sql.',
  },
] as const;

/** The tool whose marks a text holds, with the way out; undefined where there are none. */
export function foreignMarks(text: string): { readonly tool: string; readonly cure: string } | undefined {
  return marks.find(({ mark }) => mark.test(text));
}
