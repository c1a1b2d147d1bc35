import { significantTokens } from '../sql/significant-tokens.ts';

/**
 * Why a statement of a dump isn't run, as the end of a sentence; undefined when it may be. A dump is loaded by a superuser, so what reaches
 * out of the database (files, programs, the server's own configuration) is refused. pg_dump writes none of these.
 */
export function refusedStatement(statement: string): string | undefined {
  if (!/^(copy|alter\s+system|create\s+tablespace|drop\s+tablespace|load)\b/i.test(statement)) return undefined;
  const words = significantTokens(statement).map((token) => token.keyword);
  switch (words[0]) {
    case 'COPY':
      return words.includes('PROGRAM') ? 'copies from or to a program' : 'is a COPY without rows in the script';
    case 'ALTER':
      return 'changes the server’s configuration (ALTER SYSTEM)';
    case 'LOAD':
      return 'loads a library into the server';
    default:
      return 'makes or drops a tablespace';
  }
}
