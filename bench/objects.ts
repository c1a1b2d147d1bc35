/**
 * How long objects take from bucket to bucket, against `aws s3 sync` (Debian's) on the same server: `node bench/objects.ts`. Everybody copies the same objects into
 * an empty bucket, in turn, and the medians are compared. `within`: S3 copies by itself, one identity may do both. `through`: each identity has its own bucket, so
 * that all goes through this machine; for `aws s3 sync` that is a download and an upload. `nothing differs`: the same once more, right after.
 *
 * --objects N (4709), --bytes mean size (64 kB), --runs N (3), --way within|through. Tables of 4,709 and of 20,000 objects go to bench/results/.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ObjectsWish } from '../src/sync/objects/wish.ts';
import { FakeS3 } from '../test/support/fake-s3/fake-s3.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { markdownTable, showMegabytes } from './support/markdown-table.ts';
import { type Measured, measure, median } from './support/measure.ts';
import { resultsFolder } from './support/results-folder.ts';

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '4709' },
    bytes: { type: 'string', default: '65536' },
    runs: { type: 'string', default: '3' },
    way: { type: 'string' },
  },
});
const objects = Number(options.objects);
const runs = Number(options.runs);
const ways = (['within', 'through'] as const).filter((way) => options.way === undefined || options.way === way);

interface Answer {
  readonly url: string;
  readonly credentials: string;
  readonly bucket: string;
  readonly missing: number;
  readonly wrong: number;
}

await using folder = makeBenchFolder();
const root = folder.path;
const server = fork(join(import.meta.dirname, 'support/s3-server.ts'), [options.objects, options.bytes], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const load = loadavg()[0] ?? 0;
await once(server, 'message');
const next = async (): Promise<Answer> => {
  server.send('next');
  const [answer] = (await once(server, 'message')) as [Answer];
  if (answer.missing + answer.wrong > 0) throw new Error(`${answer.missing} objects are missing, ${answer.wrong} are others`);
  return answer;
};
const results = new Map<string, Measured[]>();
for (let run = 0; run < runs; run++)
  for (const way of ways)
    for (const who of run % 2 === 0 ? (['pgrehearse', 'aws s3 sync'] as const) : (['aws s3 sync', 'pgrehearse'] as const)) {
      const { url, credentials, bucket } = await next();
      const credentialsFile = join(root, 'credentials');
      writeFileSync(credentialsFile, credentials, { mode: 0o600 });
      const env = {
        ...process.env,
        ...{
          AWS_ENDPOINT_URL: url,
          AWS_REGION: FakeS3.region,
          AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
          AWS_CONFIG_FILE: '/nonexistent',
          AWS_EC2_METADATA_DISABLED: 'true',
        },
      };
      const folder = join(root, `run-${results.size}-${run}-${way}`);
      // Once more at once, when nothing differs.
      for (const [what, own] of [[way, 'first'] as const, [`${way}, nothing differs`, 'second'] as const]) {
        mkdirSync(join(folder, own), { recursive: true });
        const command = who === 'pgrehearse' ? ours(way, bucket, join(folder, own)) : theirs(way, bucket, join(folder, 'first'), url);
        const measured = await measure(command, [], env);
        const name = `${what}: ${who}`;
        results.set(name, [...(results.get(name) ?? []), measured]);
        process.stderr.write(`${name}: ${measured.seconds.toFixed(1)} s, CPU ${measured.cpuSeconds.toFixed(1)} s, ${showMegabytes(measured.ownPeakBytes)}\n`);
      }
      rmSync(folder, { recursive: true, force: true });
    }
await next();
const report = describe(results);
process.stdout.write(`${report}\n`);
if (ways.length === 2 && (objects === 4709 || objects === 20_000)) writeFileSync(join(resultsFolder(), `objects-${objects}.md`), `${report}\n`);
server.kill();

function ours(way: 'within' | 'through', bucket: string, folder: string): string[][] {
  const side = <N extends 'production' | 'staging'>(name: N, account: string) => ({
    ...{ name, account, owner: account, prefix: '', access: { region: FakeS3.region, profile: name } },
  });
  const wish: ObjectsWish = {
    production: { ...side('production', FakeS3.production), bucket: 'production-bench' },
    staging: { ...side('staging', FakeS3.staging), bucket },
    ...{ exclude: [], delete: false, tags: false, concurrency: 32, batchAbove: 1_000_000, folder, phase: 'provision' as const },
    way: way === 'within' ? 'server-side' : 'streamed',
  };
  return [[process.execPath, join(import.meta.dirname, '../test/support/fake-s3/sync-program.ts'), root, JSON.stringify(wish)]];
}

function theirs(way: 'within' | 'through', bucket: string, folder: string, url: string): string[][] {
  const sync = (profile: string, from: string, to: string) => [
    '/usr/bin/aws',
    '--profile',
    profile,
    '--endpoint-url',
    url,
    's3',
    'sync',
    from,
    to,
    '--only-show-errors',
  ];
  return way === 'within'
    ? [sync('staging', 's3://production-bench', `s3://${bucket}`)]
    : [sync('production', 's3://production-bench', folder), sync('staging', folder, `s3://${bucket}`)];
}

function describe(results: ReadonlyMap<string, readonly Measured[]>): string {
  const of = (name: string, what: 'seconds' | 'cpuSeconds' | 'ownPeakBytes') => median((results.get(name) ?? []).map((one) => one[what]));
  const rows = [...results.keys()].map((name) => [
    name,
    of(name, 'seconds').toFixed(1),
    of(name, 'cpuSeconds').toFixed(1),
    showMegabytes(of(name, 'ownPeakBytes')),
    (of(`${name.split(':')[0]}: aws s3 sync`, 'seconds') / of(name, 'seconds')).toFixed(2),
  ]);
  return [
    `# Objects: ${objects.toLocaleString('en-US')} from bucket to bucket, ${options.bytes} bytes each on average`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${runs} runs in turn, medians. The S3 is this project's test server in a process of its own on the same machine; aws is Debian's 2.9.`,
    `Others kept ${load.toFixed(0)} processes busy when it began. Ours lists both buckets again afterwards and compares every object; aws doesn't.`,
    '',
    markdownTable(['', 'seconds', 'CPU s', 'peak memory', 'aws / this'], rows),
  ].join('\n');
}
