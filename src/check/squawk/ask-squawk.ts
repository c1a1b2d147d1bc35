import { join } from 'node:path';
import type { Migration } from '../../core/migration.ts';
import type { Context, Finished } from '../../core/ports.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { readSquawkOutput } from './read-squawk-output.ts';

/** A hint, and where in the team's files it belongs. Lines are 1-based. */
export interface SquawkHint {
  readonly rule: string;
  readonly migration: string;
  readonly file: string;
  readonly line: number;
  /** Where the statement begins that the line is of. */
  readonly statementLine: number;
  readonly message: string;
  readonly help?: string;
}

export type SquawkAnswer =
  | { readonly kind: 'not-installed' }
  /** `why`: a clause. */
  | { readonly kind: 'unusable'; readonly command: string; readonly why: string }
  | { readonly kind: 'answered'; readonly version: string; readonly hints: readonly SquawkHint[]; readonly unread: readonly Unread[] };

/** A migration of which squawk said nothing that could be understood. */
export interface Unread {
  readonly migration: string;
  readonly why: string;
}

export interface SquawkQuestion {
  /** The project's folder: its node_modules/.bin comes before PATH, and its .squawk.toml counts. */
  readonly folder: string;
  readonly migrations: readonly Pick<Migration, 'revision' | 'file' | 'up' | 'upLine'>[];
  readonly serverVersionNum: number;
  /** How long it may work for all of them together. */
  readonly timeLimitMs?: number;
}

const defaultTimeLimitMs = 20_000;
/** A program that can't say in this time what it is isn't asked any more. */
const versionLimitMs = 10_000;

/** Asks squawk about the migrations' text, where it is installed. Whatever it does, this only tells: it never fails. */
export async function askSquawk(context: Context, question: SquawkQuestion): Promise<SquawkAnswer> {
  const { system } = context.edge;
  const { folder, migrations, serverVersionNum, timeLimitMs = defaultTimeLimitMs } = question;
  const command = (await system.onPath(join(folder, 'node_modules/.bin/squawk'))) ?? (await system.onPath('squawk'));
  if (command === undefined) return { kind: 'not-installed' };
  const run = async (args: readonly string[], timeoutMs: number, input?: string) =>
    await system.run({ command, args, cwd: folder, timeoutMs, signal: context.signal, ...(input === undefined ? {} : { input }) });
  const said = await run(['--version'], versionLimitMs);
  if (!said.ok) return { kind: 'unusable', command, why: said.failure.message };
  const version = /^squawk (\d+)(\.\d+)*/m.exec(said.value.stdout);
  if (version === null) return { kind: 'unusable', command, why: `\`squawk --version\` ${ending(said.value)}` };
  if (Number(version[1]) < 2) return { kind: 'unusable', command, why: `it is ${version[0]}, and 2 or later is needed` };
  const hints: SquawkHint[] = [];
  const unread: Unread[] = [];
  const until = performance.now() + timeLimitMs;
  for (const migration of migrations) {
    const { revision, file, up } = migration;
    const leftMs = Math.floor(until - performance.now());
    if (leftMs <= 0 || context.signal.aborted) {
      unread.push({ migration: revision, why: 'there was no time left for it' });
      continue;
    }
    const args = ['--reporter', 'json', '--pg-version', showVersion(serverVersionNum), `--stdin-filepath=${file}`];
    const answered = await run(args, leftMs, up);
    if (!answered.ok) return { kind: 'unusable', command, why: answered.failure.message };
    const reports = answered.value.exitCode === 0 || answered.value.exitCode === 1 ? readSquawkOutput(answered.value.stdout) : undefined;
    if (reports === undefined) unread.push({ migration: revision, why: `it ${ending(answered.value)}` });
    // The server has run it, so that what isn't understood is squawk's affair.
    else if (reports.some(({ rule }) => rule === 'syntax-error')) unread.push({ migration: revision, why: 'it didn’t understand the syntax' });
    else hints.push(...reports.map((report) => placed(migration, report)));
  }
  return { kind: 'answered', version: version[0].replace('squawk ', ''), hints, unread };
}

function placed(
  { revision, file, up, upLine }: SquawkQuestion['migrations'][number],
  { line, ...report }: { readonly rule: string; readonly line: number; readonly message: string; readonly help?: string },
): SquawkHint {
  const own = line + 1;
  const statement = splitStatements(up).findLast((one) => one.line <= own);
  return { ...report, migration: revision, file, line: upLine + line, statementLine: upLine + (statement?.line ?? own) - 1 };
}

/** @example showVersion(150_004) // '15.4' */
function showVersion(serverVersionNum: number): string {
  return `${Math.floor(serverVersionNum / 10_000)}.${serverVersionNum % 10_000}`;
}

function ending({ exitCode, signal, stdout, stderr }: Finished): string {
  if (signal !== null) return `was ended by ${signal} after it had taken too long`;
  const [line = ''] = `${stderr}\n${stdout}`.split('\n').filter((one) => one.trim() !== '');
  return `ended with exit code ${exitCode}${line === '' ? '' : ` and said: ${line.trim().slice(0, 200)}`}`;
}
