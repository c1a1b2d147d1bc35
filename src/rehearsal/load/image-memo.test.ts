import { expect, test } from 'vitest';
import type { Copied } from '../../copy/copy-database.ts';
import type { TableHash } from '../../core/data.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { parseMemo, writeMemo } from './image-memo.ts';

const facts = { label: 'shop' } as SourceFacts;
const sourceHashes: readonly TableHash[] = [{ schema: 'public', table: 'a', rows: 1, rowHash: '1', columns: [] }];
const memo = (report: Partial<Copied['report']>) => writeMemo({ facts, copied: { report: report as Copied['report'] } });

test('an image whose contents were hashed in another way is not used again; one without hashes is', () => {
  expect(parseMemo(memo({ sourceHashes }))).toMatchObject({ copied: { report: { sourceHashes } } });
  const earlier = (text: string, format: unknown) => JSON.stringify({ ...JSON.parse(text), hashFormat: format });
  expect(parseMemo(earlier(memo({ sourceHashes }), 1))).toBeUndefined();
  expect(parseMemo(earlier(memo({ sourceHashes }), undefined))).toBeUndefined();
  expect(parseMemo(memo({}))).toBeDefined();
});
