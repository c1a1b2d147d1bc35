import { splitStatements } from '../../sql/split-statements.ts';
import { describeStatement } from '../restore/describe-statement.ts';

/** pre-data.sql: everything that must be there before rows are loaded. A new database has a schema public, production may have dropped its own. */
export function preDataScript(preData: string, hasPublic: boolean): string {
  return `${hasPublic ? '' : 'drop schema if exists public;\n\n'}${withoutTrailer(preData)}`;
}

/**
 * post-data.sql: indexes, constraints, triggers, rules; then the materialized views are filled, and event triggers come last, so that nothing of the
 * load fires them.
 *
 * @param undumped makes what pg_dump leaves out.
 */
export function postDataScript(postData: string, undumped: readonly string[], refreshes: readonly string[]): string {
  const [structure, eventTriggers] = cutBeforeEventTriggers(withoutTrailer(postData));
  // Owners of materialized views read as they do in production: past policies only where they may.
  const filled = refreshes.length === 0 ? '' : `set row_security = on;\n\n${refreshes.join('')}\n`;
  return `${structure}\n${undumped.map((statement) => `${statement};\n\n`).join('')}${filled}${eventTriggers}`;
}

const trailer = '--\n-- PostgreSQL database dump complete\n--';

/** pg_dump ends each section as if it were all. */
function withoutTrailer(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith(trailer) ? `${trimmed.slice(0, -trailer.length).trimEnd()}\n` : text;
}

function cutBeforeEventTriggers(text: string): readonly [string, string] {
  if (!/event\s+trigger/i.test(text)) return [text, ''];
  const first = splitStatements(text).find((statement) => describeStatement(statement.text).kind === 'event trigger');
  if (first === undefined) return [text, ''];
  const before = text.slice(0, first.start).replace(/--\n-- Name: [^\n]*\n--\n\n$/, '');
  return [before, text.slice(before.length)];
}
