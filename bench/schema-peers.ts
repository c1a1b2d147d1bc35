/**
 * What other tools find of the differences that our probes make, and what they take for different though it is the same: `node bench/schema-peers.ts`. Every probe
 * (src/schema/probes) is made in a fresh pair of databases of a server of its own, and each tool compares the two. Peers are fetched with npm into a folder that is
 * removed at the end. --every N: only each N-th probe. --minutes N: stops asking after so long, and says how far it came.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { makeContext } from '../src/cli/make-context.ts';
import { ok } from '../src/core/result.ts';
import { compareSchemas } from '../src/schema/compare-schemas.ts';
import { oneProperty } from '../src/schema/probes/one-property.ts';
import type { Probe, SamePair } from '../src/schema/probes/probe.ts';
import { samePairs } from '../src/schema/probes/same-pairs.ts';
import { canProbe, dropSubscriptions, writeProbe } from '../src/schema/probes/write-script.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { binFolder, sql, startBenchServer } from './support/bench-server.ts';
import { markdownTable } from './support/markdown-table.ts';
import { resultsFolder } from './support/results-folder.ts';

const { values: options } = parseArgs({ options: { every: { type: 'string', default: '1' }, minutes: { type: 'string', default: '60' } } });
const major = 15;
const names = { role: 'probe_one', other: 'probe_other', space: 'probe_space' };
const packages = { '@pgkit/migra': '0.6.1', '@supabase/pg-delta': '1.0.0-alpha.34' };

/** Whether a tool tells any difference; an error is neither. */
type Answer = 'different' | 'same' | 'error';
interface Asked<T> {
  readonly probe: T;
  /** Of each tool. */
  readonly answers: readonly Answer[];
}
interface Tool {
  readonly name: string;
  compare(left: string, right: string): Promise<Answer>;
}

/** Answers `left right` on a line of its input with one answer for each peer: a process of its own, since they are CommonJS and other drivers. */
const worker = `
import { createInterface } from 'node:readline';
import migra from '@pgkit/migra';
import { diff, extract } from '@supabase/pg-delta';
import pg from 'pg';
// As its command "diff" does it, without a profile.
async function facts(url) {
  const pool = new pg.Pool({ connectionString: url, max: 5 });
  pool.on('error', () => {});
  try {
    const { factBase, diagnostics } = await extract(pool);
    const failed = diagnostics.find(({ severity }) => severity === 'error');
    if (failed !== undefined) throw new Error(failed.message);
    return factBase;
  } finally {
    await pool.end();
  }
}
const tools = {
  '@pgkit/migra': async (a, b) => (await migra.run(a, b, { unsafe: true, withPrivileges: true })).statements.length > 0,
  '@supabase/pg-delta': async (a, b) => diff(...(await Promise.all([facts(a), facts(b)]))).length > 0,
};
process.on('uncaughtException', (error) => console.error(String(error)));
console.log('answer ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [name, a, b] = line.split(' ');
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('60 s')), 60_000); });
  const answer = await Promise.race([tools[name](a, b), late]).then((differs) => (differs ? 'different' : 'same'), (error) => {
    console.error(name, String(error).split('\\n')[0]);
    return 'error';
  });
  clearTimeout(timer);
  console.log('answer ' + answer);
}
process.exit();
`;

/** The peers, fetched into this folder; leaving the `using` block ends their process. */
async function startPeers(folder: string): Promise<{ readonly tools: readonly Tool[] } & Disposable> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const exact = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...exact], { cwd: folder, stdio: 'inherit' });
  writeFileSync(join(folder, 'worker.js'), worker);
  const child = spawn(process.execPath, ['worker.js'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // They print warnings of their own too.
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the peers’ process has ended');
    return /^answer (.*)$/.exec(value)?.[1] ?? (await next());
  };
  if ((await next()) !== 'ready') throw new Error('the peers’ process did not start');
  const tools = Object.entries(packages).map(([name, version]) => ({
    name: `${name} ${version}`,
    compare: async (left: string, right: string) => {
      child.stdin.write(`${name} ${left} ${right}\n`);
      return (await next()) as Answer;
    },
  }));
  return { tools, [Symbol.dispose]: () => void child.kill() };
}

/** All of a list, in an order in which every beginning holds some of each part. */
function spread<T>(list: readonly T[]): readonly T[] {
  const goldenRatio = (Math.sqrt(5) - 1) / 2;
  return list
    .map((one, place) => ({ one, at: (place * goldenRatio) % 1 }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** What stands in the text of a `pg_dump -s`, without the key that is random in each. */
function dump(url: string): string {
  return execFileSync(join(binFolder, 'pg_dump'), ['-s', '-d', url], { encoding: 'utf8', maxBuffer: 1 << 28 }).replace(/^\\(un)?restrict .*$/gm, '');
}

const context = value(await makeContext({ signal: new AbortController().signal }));
const own: Tool = {
  name: 'pgrehearse diff',
  compare: async (left, right) => {
    const [a, b] = [left, right].map((url) => value(context.edge.postgres.parseAddress(url))) as [Address, Address];
    const scratch = async () => ok({ ...b, database: 'postgres' });
    const compared = await compareSchemas(context, { address: a, label: 'a' }, { address: b, label: 'b' }, { exclude: [], scratch });
    if (!compared.ok) return 'error';
    return compared.value.differences.some((difference) => difference.class !== 'deparse-only') ? 'different' : 'same';
  },
};
type Address = Extract<ReturnType<typeof context.edge.postgres.parseAddress>, { ok: true }>['value'];
const text: Tool = { name: 'pg_dump -s, diff', compare: async (left, right) => (dump(left) === dump(right) ? 'same' : 'different') };

function value<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: { readonly message: string } }): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

await using folder = makeBenchFolder();
const root = folder.path;
using peers = await startPeers(join(root, 'peers'));
const tools = [own, text, ...peers.tools];
await using server = await startBenchServer(join(root, 'server'));
const admin = server.url('postgres');
sql(admin, `create role ${names.role}; create role ${names.other}; set allow_in_place_tablespaces = on; create tablespace ${names.space} location ''`);
const extensions = new Set(sql(admin, 'select name from pg_catalog.pg_available_extensions').split('\n'));
const canRun = (probe: Probe | SamePair) => canProbe(probe, major, names) && (probe.extension === undefined || extensions.has(probe.extension));
const some = <T extends Probe | SamePair>(probes: readonly T[]) => probes.filter(canRun).filter((_, place) => place % Number(options.every) === 0);
const until = performance.now() + Number(options.minutes) * 60_000;

const [probes, pairs] = [some(oneProperty), some(samePairs)];
const differing: Asked<Probe>[] = [];
const same: Asked<SamePair>[] = [];
// Kinds stand together in these lists: where time is up early, some of each were asked about.
for (const probe of spread<Probe | SamePair>([...probes, ...pairs])) {
  if (performance.now() > until) break;
  const [left, right] = [server.url('l'), server.url('r')];
  for (const name of ['l', 'r']) sql(admin, `create database ${name} template template0 strategy file_copy`);
  sql(left, writeProbe(probe, 'left', 's000', names));
  sql(right, writeProbe(probe, 'right', 's000', names));
  const answers: Answer[] = [];
  for (const tool of tools) answers.push(await tool.compare(left, right));
  if ('expect' in probe) differing.push({ probe, answers });
  else same.push({ probe, answers });
  for (const name of ['l', 'r']) {
    sql(server.url(name), dropSubscriptions);
    sql(admin, `drop database ${name} with (force)`);
  }
  process.stderr.write(`${probe.name}: ${answers.join(' ')}\n`);
}
const count = (asked: readonly { readonly answers: readonly Answer[] }[], tool: number, answer: Answer) =>
  asked.filter(({ answers }) => answers[tool] === answer).length;
const kinds = [...Map.groupBy(differing, ({ probe }) => probe.expect[1])].sort(([a], [b]) => (a < b ? -1 : 1));
const ofAll = (asked: number, all: number) => (asked === all ? String(all) : `${asked} (of ${all}: time was up)`);
const report = [
  '# What other tools find',
  '',
  `${new Date().toISOString().slice(0, 10)}. ${execFileSync(join(binFolder, 'postgres'), ['--version'], { encoding: 'utf8' }).trim()}, node ${process.version}. \`node bench/schema-peers.ts${options.every === '1' ? '' : ` --every ${options.every}`}\``,
  '',
  `${ofAll(differing.length, probes.length)} pairs of databases that differ in one property, and ${ofAll(same.length, pairs.length)} that are the same, made in two ways; asked about in an order that is spread over all kinds. The probes are our own, so that ours finds all of them says only that nothing was lost since; what the others find says how far each goes. An error is neither found nor equal. migra with rights (\`--withPrivileges\`), the others as they come.`,
  '',
  markdownTable(
    ['', 'found', 'missed', 'error', 'false differences', 'error on equal ones'],
    tools.map(({ name }, tool) => [
      name,
      String(count(differing, tool, 'different')),
      String(count(differing, tool, 'same')),
      String(count(differing, tool, 'error')),
      String(count(same, tool, 'different')),
      String(count(same, tool, 'error')),
    ]),
  ),
  '',
  'Found, by the kind of object that differs:',
  '',
  markdownTable(
    ['kind', 'probes', ...tools.map(({ name }) => name)],
    kinds.map(([kind, asked]) => [kind, String(asked.length), ...tools.map((_, tool) => String(count(asked, tool, 'different')))]),
  ),
  '',
  'False differences:',
  '',
  ...tools.map(({ name }, tool) => {
    const wrong = same.filter(({ answers }) => answers[tool] === 'different').map(({ probe }) => probe.name);
    return `- ${name}: ${wrong.length === 0 ? 'none' : wrong.join('; ')}`;
  }),
].join('\n');
process.stdout.write(`${report}\n`);
if (options.every === '1') writeFileSync(join(resultsFolder(), 'schema-peers.md'), `${report}\n`);
