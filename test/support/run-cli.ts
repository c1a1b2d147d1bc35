import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

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
}

/** Type stripping is most of a start; kept between runs, it is done once. */
const compiled = join(import.meta.dirname, '../../node_modules/.cache/pgrehearse-tests');

export const binary = join(import.meta.dirname, '../../bin/pgrehearse.js');

/** The real program, as a person starts it. */
export function runCli(args: readonly string[], { cwd, env, during }: CliOptions = {}): Promise<CliOutcome> {
  const child = spawn(process.execPath, [binary, ...args], {
    cwd: cwd ?? process.cwd(),
    env: Object.fromEntries(Object.entries({ ...process.env, NODE_COMPILE_CACHE: compiled, ...env }).filter(([, value]) => value !== undefined)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  during?.(child, () => stdout + stderr);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
}
