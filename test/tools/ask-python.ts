import { spawnSync } from 'node:child_process';

/** Debian's, for which its packages alembic and python3-django are; another one may stand before it in PATH. */
export const python = '/usr/bin/python3';

/** Whether Debian's Python is there, and has a module of this name. */
export function pythonHas(module: string): boolean {
  return spawnSync(python, ['-c', `import importlib.util as u; raise SystemExit(u.find_spec("${module}") is None)`]).status === 0;
}

/** Has Python run a program that reads JSON from its standard input and prints JSON, in one process for as many questions as there are. */
export function askPython<T>(program: string, question: unknown): T {
  // The order of Python's sets of texts changes from process to process unless told.
  const env = { PATH: '/usr/bin:/bin', PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1', LC_ALL: 'C.UTF-8' };
  const ran = spawnSync(python, ['-c', program], { input: JSON.stringify(question), env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (ran.status !== 0) throw new Error(`python: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}
