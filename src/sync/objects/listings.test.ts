import { expect, test } from 'vitest';
import type { ListedObject } from '../../core/object-store.ts';
import { ByteBudget } from './byte-budget.ts';
import { compareChecksums, compareListed } from './compare-objects.ts';
import { keyFilter } from './key-filter.ts';
import { compareKeys } from './key-order.ts';
import { mergeListings } from './merge-listings.ts';
import { OrderedHash } from './ordered-hash.ts';
import { ownLayout } from './part-layout.ts';

const object = (key: string, change: Partial<ListedObject> = {}): ListedObject => ({
  ...{ key, sizeBytes: 1, etag: 'e', lastModifiedMs: 1000, storageClass: 'STANDARD', ...change },
});
async function* pages(...listed: readonly (readonly string[])[]) {
  for (const page of listed) yield page.map((key) => object(key));
}

test('keys are ordered as S3 lists them: by the bytes of UTF-8', () => {
  const keys = ['', 'a', 'a/b', 'ab', 'ä', 'é', 'ﬁ', '\uffee', '🐘', '🐘a', '🦒', 'z', '~', '\u{10ffff}', 'a\u{10000}', 'a\uffff'];
  for (const a of keys) for (const b of keys) expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
});

test('two listings are walked side by side, across pages and under other prefixes', async () => {
  const seen: string[] = [];
  const merged = mergeListings(pages(['p/a', 'p/b'], ['p/d'], ['p/🐘']), 'p/', pages(['b', 'c'], [], ['ﬁ', '🐘']), '');
  for await (const { key, source, target } of merged) seen.push(`${key}${source ? ' source' : ''}${target ? ' target' : ''}`);
  expect(seen).toEqual(['a source', 'b source target', 'c target', 'd source', 'ﬁ target', '🐘 source target']);
});

test('a listing that isn’t in order is no listing to tell what is missing by', async () => {
  const walk = async () => {
    for await (const _ of mergeListings(pages(['b', 'a']), '', pages(), '')) {
    }
  };
  await expect(walk()).rejects.toThrow('isn’t in order');
});

test('listings tell what is the same, what differs, and what they leave open', () => {
  const younger = object('k', { lastModifiedMs: 2000 });
  expect(compareListed(object('k'), undefined)).toEqual({ copy: 'absent' });
  expect(compareListed(object('k'), younger)).toEqual({ same: 'etag' });
  expect(compareListed(object('k', { sizeBytes: 2 }), younger)).toEqual({ copy: 'size' });
  expect(compareListed(object('k', { etag: 'f' }), younger)).toBe('look');
  // Its headers may have been written after staging's copy was made.
  expect(compareListed(younger, object('k'))).toBe('look');
});

test('checksums of other algorithms, or of parts, leave it open', () => {
  const whole = { algorithm: 'CRC32', type: 'FULL_OBJECT', value: 'a' } as const;
  const parts = { algorithm: 'CRC32', type: 'COMPOSITE', value: 'a-2' } as const;
  expect(compareChecksums(whole, { ...whole })).toBe('equal');
  expect(compareChecksums(whole, { ...whole, value: 'b' })).toBe('different');
  expect(compareChecksums(whole, { ...whole, algorithm: 'SHA256' })).toBe('unknown');
  expect(compareChecksums(parts, { ...parts, value: 'b-2' })).toBe('unknown');
  expect(compareChecksums(parts, { ...parts })).toBe('equal');
});

test('patterns are over whole keys, and * is the only sign', () => {
  const isWanted = keyFilter({ include: ['images/*', 'a.b'], exclude: ['*.tmp'] });
  expect(['images/x/y', 'images/x.tmp', 'a.b', 'axb', 'my/images/x', 'images/\n'].map(isWanted)).toEqual([true, false, true, false, false, true]);
});

test('an object of any size fits into 10,000 parts', () => {
  const terabytes = 5 * 1024 ** 4;
  const { ranges } = ownLayout(terabytes, 16 * 1024 ** 2);
  expect(ranges.length).toBeLessThanOrEqual(10_000);
  expect(ranges.at(-1)?.end).toBe(terabytes - 1);
});

test('what is in memory stays within its budget, and what is larger goes alone', async () => {
  const budget = new ByteBudget(10);
  let now = 0;
  let most = 0;
  const hold = (bytes: number) =>
    budget.hold(bytes, async () => {
      now += bytes;
      most = Math.max(most, now);
      if (bytes > 10) expect(now).toBe(bytes);
      await new Promise((resolve) => setImmediate(resolve));
      now -= bytes;
    });
  await Promise.all([4, 4, 4, 50, 3, 10, 0, 7].map(hold));
  expect([now, most]).toEqual([0, 50]);
});

test('parts are hashed in their order, whichever comes first', async () => {
  const hash = new OrderedHash();
  const turns = [hash.turn(), hash.turn(), hash.turn()];
  await Promise.all(turns.map((turn, i) => turn.take(Buffer.from(`${i}`))).toReversed());
  expect(hash.hex()).toBe('d2490f048dc3b77a457e3e450ab4eb38');
});
