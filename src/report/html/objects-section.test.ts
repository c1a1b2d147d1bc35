import { expect, test } from 'vitest';
import type { ObjectsPlanReport, ObjectsReport } from '../../core/objects-report.ts';
import { objectsSection } from './objects-section.ts';

const none = { objects: 0, bytes: 0 };
const plan: ObjectsPlanReport = {
  ...{
    source: { objects: 3, bytes: 3000 },
    target: { objects: 1, bytes: 10 },
    copy: { absent: { objects: 2, bytes: 2000 }, size: none, content: none, headers: none },
  },
  ...{ same: { etag: 1, checksum: 0, time: 0 }, surplus: { objects: 1, bytes: 10, asked: true }, refused: none, excluded: none, batch: false },
  examples: { copy: [], surplus: ['<b>old</b>'], refused: [] },
};
const synced: ObjectsReport = {
  ...{ plan, copied: { objects: 1, bytes: 1000 }, way: 'streamed', whyStreamed: 's3:CopyObject was answered with AccessDenied', deleted: none, changed: 0 },
  ...{ unsyncedCount: 1, unsynced: [{ key: '<script>', code: 'archived', reason: 'it is archived' }], durationMs: 5, files: [] },
  verified: { objects: 2, bytes: 2000, by: { etag: 2, checksum: 0, time: 0 } },
};

test('a sync without objects has no such section', () => {
  expect(objectsSection({ objects: {} })).toBeUndefined();
});

test('a dry run says what would be, and a sync what was', () => {
  expect(String(objectsSection({ objects: { plan } }))).toContain('they would be deleted');
  const page = String(objectsSection({ objects: { plan, synced } }));
  for (const words of ['through this machine', 'none was deleted', '2 by ETag', 'it is archived']) expect(page).toContain(words);
});

test('keys are text, whatever they look like', () => {
  const page = String(objectsSection({ objects: { plan, synced } }));
  expect(page).not.toMatch(/<script>|<b>old/);
});
