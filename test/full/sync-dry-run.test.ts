import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planSync } from '../../src/rehearsal/sync/plan-sync.ts';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { FakeS3 } from '../support/fake-s3/fake-s3.ts';
import { openTwoBuckets } from '../support/fake-s3/two-buckets.ts';
import { ask, type OwnServer, withOwnServer } from '../support/own-server.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { syncSettings } from '../sync/sync-stage.ts';

const options = {
  hba: ['host all all 127.0.0.1/32 trust'],
  settings: {
    ...{ logging_collector: 'on', log_directory: 'log', log_filename: 'all.log', log_statement: 'all', log_line_prefix: '@@%a|' },
    autovacuum: 'off',
  },
};

/** What reads, and what begins, bounds and ends reading. */
const reads = [
  /^(with|select|show|values)\b(?!.*\b(setval|nextval|lo_\w+|pg_terminate_backend)\s*\()/is,
  /^(begin|start transaction|commit|rollback|savepoint|release|set|reset)\b/i,
  /^lock table .* in access share mode$/is,
  /^copy .* to stdout\b/is,
  /^(declare|fetch|close)\b/i,
];

/** Statements of ours that do more than read. */
function changesIn(log: string): readonly string[] {
  return log
    .split('@@')
    .flatMap((entry) => /^pgrehearse[^|]*\|LOG: {2}(?:statement|execute [^:]*): (.*)$/s.exec(entry)?.[1] ?? [])
    .flatMap((text) => text.split(/;(?=\s)/))
    .map((statement) => statement.replace(/;\s*$/, '').trim())
    .filter((statement) => statement !== '' && !reads.some((one) => one.test(statement)));
}

const schema = 'create table book (id int primary key, price numeric(10,2), email text); create table loan (id int primary key, book int references book)';

test('a dry run of tables and objects only reads, on all four sides; the sync after it is seen to change', async () => {
  await using two = await openTwoBuckets();
  await two.s3.put(two.production.name, 'a.jpg', 'new');
  await two.s3.put(two.staging.name, 'old.jpg', 'only here');
  await withOwnServer(15, options, async (production) => {
    await withOwnServer(18, options, async (staging) => {
      await ask(
        production.tcp,
        `${schema}; insert into book select n, n, 'a@b.example' from generate_series(1, 50) n; insert into loan values (1, 1); analyze`,
      );
      await ask(staging.tcp, `${schema.replace('numeric(10,2)', 'jsonb')}; insert into book values (7)`);
      const side = (name: string, bucket: string, account: string) => ({ bucket, account, region: FakeS3.region, profile: name });
      const settings = syncSettings(production.tcp, staging.tcp, {
        settings: { masking: { columns: { 'public.book.email': 'fake:email' } } },
        sync: {
          objects: {
            production: side('production', two.production.name, FakeS3.production),
            staging: side('staging', two.staging.name, FakeS3.staging),
            ...{ delete: true, references: [{ table: 'public.book', column: 'email' }] },
          },
        },
      });
      const folder = join(two.root, 'project');
      mkdirSync(folder);
      const request = { settings, folder, toolVersion: '0.0.0' };
      unwrap(await stampStaging(two.context, request));
      /** What the servers wrote down since the last time; a mark of ours shows that they have written all. */
      const seen = { production: 0, staging: 0 };
      const logOf = async (name: keyof typeof seen, { admin, tcp }: OwnServer) => {
        const mark = `all until ${performance.now()}`;
        await ask(tcp, `select '${mark}'`);
        const file = join(admin.host, 'data/log/all.log');
        await untilTrue('the log is written', async () => readFileSync(file, 'utf8').includes(mark));
        const log = readFileSync(file, 'utf8').slice(seen[name]);
        seen[name] += log.length;
        return log;
      };
      const look = async () => {
        const changed = { production: changesIn(await logOf('production', production)), staging: changesIn(await logOf('staging', staging)) };
        const calls = two.s3.calls.splice(0).map(({ operation }) => operation);
        // A transaction that writes anything takes a number.
        const number = 'select pg_snapshot_xmax(pg_current_snapshot())::text as next';
        return { changed, calls: [...new Set(calls)].toSorted(), numbers: [await ask(production.tcp, number), await ask(staging.tcp, number)] };
      };
      const before = await look();
      const plan = unwrap(await planSync(two.context, request));
      expect([plan.tables?.tables.length, plan.objects?.copy.absent.objects, plan.objects?.surplus]).toEqual([2, 1, { objects: 1, bytes: 9, asked: true }]);
      const dry = await look();
      expect(dry.changed).toEqual({ production: [], staging: [] });
      expect(dry.calls).toEqual(['GetBucketVersioning', 'GetCallerIdentity', 'HeadBucket', 'ListObjectsV2']);
      expect(dry.numbers).toEqual(before.numbers);
      expect(readdirSync(folder)).toEqual([]);

      unwrap(await sync(two.context, request));
      const wet = await look();
      expect(wet.changed.production).toEqual([]);
      expect(wet.changed.staging).toEqual(expect.arrayContaining([expect.stringMatching(/^delete from/), expect.stringMatching(/^copy .* from stdin/)]));
      expect(wet.calls).toContain('DeleteObjects');
      expect(wet.numbers[0]).toEqual(before.numbers[0]);
      expect(wet.numbers[1]).not.toEqual(before.numbers[1]);
    });
  });
});
