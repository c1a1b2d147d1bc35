import type { SmokeCheck } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { lastLines } from '../read-log.ts';
import type { Asking } from '../scene.ts';
import { showEnd } from '../start-application.ts';
import { unfulfilled } from '../unfulfilled.ts';
import type { Answered } from './answered.ts';

type CommandCheck = Extract<SmokeCheck, { kind?: 'command' | undefined }>;

/** What of a program's output is kept and looked through. */
const keptCharacters = 16 * 1024 * 1024;

/** Runs a program of the team's: it works when it ends with 0 and prints what it must, and nothing that it must not. */
export async function checkCommand(context: Context, asking: Asking, check: CommandCheck): Promise<Answered> {
  const { command, env, timeoutSeconds, mustPrint, mustNotPrint } = check;
  const failsBy = [
    'an exit code other than 0',
    ...mustPrint.map((one) => `no ${one} in its output`),
    ...mustNotPrint.map((one) => `${one} in its output`),
  ].join(', ');
  const ran = await runProgram(context, asking, command, { env, timeoutMs: timeoutSeconds * 1000 });
  if (!ran.ok) return { outcome: 'unknown', said: ran.failure.message, failsBy, cure: ran.failure.cure };
  const { exitCode, output, cut, durationMs } = ran.value;
  const detail = lastLines(output);
  const more = detail === '' ? {} : { detail };
  if (context.signal.aborted) return { outcome: 'unknown', said: 'was interrupted', failsBy, ...more };
  if (exitCode !== 0) {
    const late = exitCode === null && durationMs >= timeoutSeconds * 1000;
    const how = late ? `was ended after ${timeoutSeconds} s (timeoutSeconds)` : `ended with ${showEnd(ran.value)}`;
    return { outcome: 'broken', said: how, failsBy, ...more };
  }
  if (cut && mustPrint.length + mustNotPrint.length > 0) {
    return { outcome: 'unknown', said: `printed more than ${keptCharacters / 1024 / 1024} MiB, which can’t be looked through`, failsBy, ...more };
  }
  const problems = unfulfilled({ text: output }, { matches: mustPrint, mustNotMatch: mustNotPrint });
  if (problems.length > 0) return { outcome: 'broken', said: `ended with exit code 0, but ${problems.join('; ')}`, failsBy, ...more };
  return { outcome: 'works', said: 'ended with exit code 0', failsBy };
}

/** Runs a program as a check does, its lines told as they come. */
export async function runProgram(
  context: Context,
  asking: Asking,
  words: readonly string[],
  { env, timeoutMs, quiet = false }: { readonly env: Readonly<Record<string, string>>; readonly timeoutMs: number; readonly quiet?: boolean },
) {
  const [command = '', ...args] = words;
  const lines: string[] = [];
  let characters = 0;
  const url: Readonly<Record<string, string>> = asking.origin === undefined ? {} : { APPLICATION_URL: asking.origin };
  const ran = await context.edge.system.run({
    ...{ command, args, cwd: asking.folder, timeoutMs, signal: context.signal },
    ...asking.environment({ ...url, ...env }),
    onLine: (stream, line) => {
      characters += line.length;
      if (characters <= keptCharacters) lines.push(line);
      if (!quiet) context.emit({ type: 'output', phase: phaseOf(asking), stream, line });
    },
  });
  return ran.ok ? { ok: true as const, value: { ...ran.value, output: lines.join('\n'), cut: characters > keptCharacters } } : ran;
}

/** Today's application is tried where drift is asked for, everything else once the migrations have run. */
export function phaseOf({ moment }: Pick<Asking, 'moment'>): 'drift' | 'compatibility' {
  return moment === 'before' ? 'drift' : 'compatibility';
}
