/**
 * How long it takes to find five differences among 1,000 and 5,000 tables: `node bench/schema.ts`. Measured are two `pg_dump -s` side by side with a
 * diff of their texts, our catalog engine alone, and both of our engines; in turn, so that all meet the same machine. Each must find exactly the five.
 * --quick: 200 and 1,000 tables. --runs N.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asInstalled } from './support/as-installed.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { binFolder, sql, startBenchServer } from './support/bench-server.ts';
import { manyTables, plantedDifferences } from './support/many-table-schema.ts';
import { markdownTable } from './support/markdown-table.ts';
import { measure, median } from './support/measure.ts';
import { resultsFolder } from './support/results-folder.ts';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, runs: { type: 'string', default: '5' } } });
const scales = options.quick ? [200, 1000] : [1000, 5000];

interface Found {
  readonly seconds: number;
  readonly cpuSeconds: number;
}
interface Contender {
  readonly name: string;
  /** How much of pg_dump's time is allowed. */
  readonly limit?: number;
  command(a: string, b: string, folder: string): readonly string[];
}

// Measured is what people install.
execFileSync('npm', ['run', '--silent', 'build'], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
const program = asInstalled('our-diff.ts');
const ours = (mode: 'facts' | 'both') => (a: string, b: string) => [process.execPath, program, mode, a, b];
const contenders: readonly Contender[] = [
  {
    name: '2 × pg_dump -s, diff',
    command: (a, b, folder) => [
      'bash',
      '-c',
      `"$1" -s -d "$2" > "$4/a.sql" & "$1" -s -d "$3" > "$4/b.sql" & wait; diff "$4/a.sql" "$4/b.sql" > "$4/diff" || true`,
      'bash',
      join(binFolder, 'pg_dump'),
      a,
      b,
      folder,
    ],
  },
  { name: 'pgrehearse, catalog facts', limit: 0.6, command: ours('facts') },
  { name: 'pgrehearse, both engines', limit: 1.3, command: ours('both') },
];

await using folder = makeBenchFolder();
const root = folder.path;
await using server = await startBenchServer(join(root, 'server'));
const found = new Map<string, Found[]>();
const key = (tables: number, { name }: Contender) => `${tables} ${name}`;
for (const tables of scales) {
  process.stderr.write(`making ${tables} tables twice\n`);
  const { sql: planted, expected } = plantedDifferences(tables);
  const [a, b] = [server.url(`a${tables}`), server.url(`b${tables}`)];
  for (const database of [`a${tables}`, `b${tables}`]) {
    sql(server.url('postgres'), `create database ${database} template template0`);
    sql(server.url(database), manyTables(tables));
  }
  sql(b, planted);
  for (const url of [a, b]) sql(url, 'vacuum analyze');
  // The first round fills the server's caches, and doesn't count.
  for (let run = 0; run <= Number(options.runs); run++) {
    for (const contender of contenders) {
      const measured = await measure([contender.command(a, b, root)], [server.pid]);
      const seconds = Number(/^seconds (.*)$/m.exec(measured.output)?.[1] ?? measured.seconds);
      const differences = [...measured.output.matchAll(/^difference (.*)$/gm)].map(([, one = '']) => one).sort();
      if (contender.limit !== undefined && differences.join('\n') !== expected.toSorted().join('\n'))
        throw new Error(`${contender.name} found other differences than the planted ones:\n${differences.join('\n')}`);
      if (run > 0) found.set(key(tables, contender), [...(found.get(key(tables, contender)) ?? []), { seconds, cpuSeconds: measured.cpuSeconds }]);
      process.stderr.write(`${tables} tables, ${contender.name}: ${seconds.toFixed(2)} s, CPU ${measured.cpuSeconds.toFixed(2)} s\n`);
    }
  }
}
const of = (tables: number, contender: Contender, what: keyof Found) => median((found.get(key(tables, contender)) ?? []).map((one) => one[what]));
const [first] = contenders as [Contender, ...Contender[]];
const rows = scales.flatMap((tables) =>
  contenders.map((contender) => [
    `${tables.toLocaleString('en')} tables: ${contender.name}`,
    of(tables, contender, 'seconds').toFixed(2),
    of(tables, contender, 'cpuSeconds').toFixed(2),
    (of(tables, contender, 'seconds') / of(tables, first, 'seconds')).toFixed(2),
    (of(tables, contender, 'cpuSeconds') / of(tables, first, 'cpuSeconds')).toFixed(2),
    contender.limit === undefined ? '' : contender.limit.toFixed(1),
  ]),
);
const [few = 0, many = 0] = scales;
const growth = contenders.map((contender) => `${contender.name} ${(of(many, contender, 'seconds') / of(few, contender, 'seconds')).toFixed(2)}`);
const report = [
  '# Comparing schemas',
  '',
  `${new Date().toISOString().slice(0, 10)}. ${execFileSync(join(binFolder, 'postgres'), ['--version'], { encoding: 'utf8' }).trim()}, node ${process.version}. Medians of ${options.runs} runs, in turn. Our seconds are those of the comparison in a fresh process, without node’s start (0.2–0.4 s); CPU has everything, servers too.`,
  '',
  'Five planted differences, far apart: a default, an index, a function’s body, a grant, a check. Each run of ours found exactly these.',
  '',
  markdownTable(['', 'median s', 'CPU s', 'of pg_dump’s', 'of its CPU', 'limit'], rows),
  '',
  `Growth from ${few.toLocaleString('en')} to ${many.toLocaleString('en')} tables (linear is ${(many / few).toFixed(2)}): ${growth.join(', ')}.`,
].join('\n');
process.stdout.write(`${report}\n`);
if (!options.quick) writeFileSync(join(resultsFolder(), 'schema.md'), `${report}\n`);
