import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

export interface CliOutcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets the process while it runs, to send signals or to close its pipes. */
  readonly during?: (child: ChildProcess, output: () => string) => void;
  /** A pipe beside the usual three, the child's file descriptor 3: gets each line that comes, and a way to answer. */
  readonly channel?: (line: string, say: (text: string) => void, child: ChildProcess) => void;
}

/** Type stripping is most of a start; kept between runs, it is done once. */
const compiled = join(import.meta.dirname, '../../node_modules/.cache/pgrehearse-tests');

export const binary = join(import.meta.dirname, '../../bin/pgrehearse.js');

/** The real program, as a person starts it. */
export function runCli(args: readonly string[], { cwd, env, during, channel }: CliOptions = {}): Promise<CliOutcome> {
  const child = spawn(process.execPath, [binary, ...args], {
    cwd: cwd ?? process.cwd(),
    env: Object.fromEntries(Object.entries({ ...process.env, NODE_COMPILE_CACHE: compiled, ...env }).filter(([, value]) => value !== undefined)),
    stdio: channel === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  if (channel !== undefined) listen(child, channel);
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  during?.(child, () => stdout + stderr);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
}

function listen(child: ChildProcess, channel: NonNullable<CliOptions['channel']>): void {
  const pipe = child.stdio[3] as Duplex;
  const lines = createInterface({ input: pipe });
  // The child may end while it is answered.
  for (const end of [pipe, lines]) end.on('error', () => {});
  lines.on('line', (line) => channel(line, (text) => void pipe.write(text), child));
}
