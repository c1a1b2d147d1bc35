import { FakeS3 } from '../../test/support/fake-s3/fake-s3.ts';

/** The benchmark's S3, in a process of its own. Says its address and credentials; then makes staging empty again whenever it is told something. */
const [objects = '0', bytes = '0'] = process.argv.slice(2);
const s3 = await FakeS3.start();
const production = await s3.makeBucket('production-bench', FakeS3.production);
production.grants.set(FakeS3.staging, 'read');
const at = new Date('2025-01-01T00:00:00Z');
for (let i = 0; i < Number(objects); i++) {
  // Sizes from nothing to twice the mean, and no two contents the same.
  const content = Buffer.alloc(Math.round(((i % 21) / 10) * Number(bytes)), `${i} `);
  await s3.put('production-bench', `images/${i % 100}/${i}.webp`, content, { at, headers: { 'content-type': 'image/webp' } });
  // It isn't asked for by the way: everybody would wait.
  void production.objects.get(`images/${i % 100}/${i}.webp`)?.checksum?.value;
}
let round = 0;
process.on('message', async () => {
  const before = s3.shelves.get(`staging-${round}`);
  const { missing, wrong } = compare(before);
  // What was copied is thrown away: rounds must not fill the memory.
  for (const key of before?.objects.keys() ?? []) await s3.forget(`staging-${round}`, key);
  round++;
  await s3.makeBucket(`staging-${round}`, FakeS3.staging);
  s3.calls.length = 0;
  process.send?.({ url: s3.url, credentials: s3.credentials, bucket: `staging-${round}`, missing, wrong });
});
// When the benchmark is killed, nobody else ends it.
process.on('disconnect', () => process.exit());
process.send?.({});

function compare(shelf: { readonly objects: ReadonlyMap<string, { readonly etag: string }> } | undefined) {
  const all = [...production.objects.values()];
  if (shelf === undefined) return { missing: 0, wrong: 0 };
  return {
    missing: all.filter(({ key }) => !shelf.objects.has(key)).length,
    wrong: all.filter(({ key, etag }) => shelf.objects.has(key) && shelf.objects.get(key)?.etag !== etag).length,
  };
}
