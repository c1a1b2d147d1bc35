/**
 * Whether a copy's time grows no faster than its number of tables: `node bench/many-tables.ts` copies 1,000 and 5,000 small tables in turn.
 * Prints seconds and CPU seconds of each, and the ratio, which is 5 where growth is linear. --quick: 200 and 1,000. --runs N.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBenchFolder } from './support/bench-folder.ts';
import { sql, startBenchServer } from './support/bench-server.ts';
import { ourCopy, versions } from './support/contenders.ts';
import { makeSource } from './support/data-sets.ts';
import { markdownTable, showMegabytes } from './support/markdown-table.ts';
import { type Measured, measure, median } from './support/measure.ts';
import { resultsFolder } from './support/results-folder.ts';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' } } });
const scales = options.quick ? [0.2, 1] : [1, 5];
// Measured is what people install.
execFileSync('npm', ['run', '--silent', 'build'], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
await using folder = makeBenchFolder();
const root = folder.path;
mkdirSync(join(root, 'home'));
const results: Measured[][] = scales.map(() => []);
await using target = await startBenchServer(join(root, 'target'));
for (const [place, scale] of scales.entries()) {
  await using source = await startBenchServer(join(root, `source-${place}`));
  process.stderr.write(`making ${scale * 1000} tables\n`);
  makeSource(source, 'many', scale);
  for (let run = 1; run <= Number(options.runs); run++) {
    sql(target.url('postgres'), 'drop database if exists target with (force)');
    sql(target.url('postgres'), 'create database target template template0');
    sql(target.url('postgres'), 'checkpoint');
    const measured = await measure([ourCopy('copy', source.url('source'), target.url('target'), 2)], [source.pid, target.pid]);
    results[place]?.push(measured);
    process.stderr.write(`run ${run}: ${measured.seconds.toFixed(2)} s, CPU ${measured.cpuSeconds.toFixed(2)} s\n`);
  }
}
const [few = [], many = []] = results;
const of = (runs: readonly Measured[], what: 'seconds' | 'cpuSeconds') => median(runs.map((run) => run[what]));
const ratio = (what: 'seconds' | 'cpuSeconds') => (of(many, what) / of(few, what)).toFixed(2);
const rows = scales.map((scale, place) => {
  const runs = results[place] ?? [];
  const peak = showMegabytes(Math.max(...runs.map((run) => run.ownPeakBytes)));
  return [
    `${scale * 1000} tables`,
    of(runs, 'seconds').toFixed(2),
    runs.map((run) => run.seconds.toFixed(2)).join(' '),
    of(runs, 'cpuSeconds').toFixed(1),
    peak,
  ];
});
const report = [
  '# Many tables',
  '',
  `${new Date().toISOString().slice(0, 10)}. ${versions().join(', ')}. 2 jobs. Linear growth is a ratio of 5.00.`,
  '',
  markdownTable(['', 'median s', 'runs', 'CPU s', 'own peak memory'], [...rows, ['ratio', ratio('seconds'), '', ratio('cpuSeconds'), '']]),
].join('\n');
process.stdout.write(`${report}\n`);
if (!options.quick) writeFileSync(join(resultsFolder(), 'many-tables.md'), `${report}\n`);
