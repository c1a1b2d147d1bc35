import { expect, test } from 'vitest';
import { columnLines, hanging } from './column-lines.ts';

const rows = [
  { cells: ['Table', 'Outcome', 'Rows'] },
  { cells: ['public.book', 'synced', '12,000'] },
  { cells: ['public.a_name_that_is_longer', 'failed', '7'], below: 'SQLSTATE 23514, column days, row 2' },
  { cells: ['public."書\n架"', 'synced', '1'] },
];

test('a name that doesn’t fit has a line to itself, whole; nothing else goes beyond the width', () => {
  expect(columnLines(rows, 34)).toEqual([
    '  Table            Outcome    Rows',
    '  public.book      synced   12,000',
    '  public.a_name_that_is_longer',
    '                   failed        7',
    '    SQLSTATE 23514, column days,',
    '      row 2',
    '  public."書\\n架"  synced        1',
  ]);
  expect(columnLines(rows, 60)[1]).toBe('  public.book                   synced   12,000');
});

test('a sentence hangs', () => {
  expect(hanging('public.book: masked email, city', 24, 2)).toEqual(['  public.book: masked', '    email, city']);
});
