import { readFileSync, statSync } from 'node:fs';

export interface PasswordQuestion {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * Looks a password up in a file of `host:port:database:user:password` lines. `*` fits everything; a backslash takes the next character as it
 * is. As with libpq, a file that others may read doesn't count.
 */
export function passwordFromFile(file: string, question: PasswordQuestion): string | undefined {
  let text: string;
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') return undefined;
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  return passwordFromLines(text, question);
}

/** The password of the first line that fits. */
export function passwordFromLines(text: string, { host, port, database, user }: PasswordQuestion): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const [lineHost, linePort, lineDatabase, lineUser, password] = fields(line);
    if (password === undefined || password === '') continue;
    const fits = (pattern: string | undefined, value: string) => pattern === '*' || withoutBackslashes(pattern ?? '') === value;
    if (fits(lineHost, host) && fits(linePort, String(port)) && fits(lineDatabase, database) && fits(lineUser, user)) return withoutBackslashes(password);
  }
  return undefined;
}

/** Four fields end at a colon; the fifth is the rest of the line, colons and all. */
function fields(line: string): readonly (string | undefined)[] {
  const match = /^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):(.*)$/.exec(line);
  return match === null ? [] : match.slice(1);
}

function withoutBackslashes(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}
