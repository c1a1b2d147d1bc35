import type { RecordedStatement } from '../../core/recording.ts';

const limit = 160;

/**
 * A statement in one line, shortened.
 *
 * @example showStatement({ text: 'alter table t\n  add a int' }) // '`alter table t add a int`'
 */
export function showStatement({ text }: Pick<RecordedStatement, 'text'>): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `\`${line.length > limit ? `${line.slice(0, limit - 1)}…` : line}\``;
}
