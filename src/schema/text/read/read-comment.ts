import { set } from '../../compare/schema-object.ts';
import type { StatementHandler } from './entry-reading.ts';
import { findTarget } from './find-target.ts';

/** COMMENT ON kind name IS text. */
export const readComment: StatementHandler = (reader, reading) => {
  const target = findTarget(reader, reading.objects, ['IS']);
  if (!reader.accept('IS')) return undefined;
  set(target, 'comment', reader.rest());
  return [target.object];
};

/** SECURITY LABEL FOR provider ON kind name IS text. */
export const readSecurityLabel: StatementHandler = (reader, reading) => {
  const provider = reader.name();
  if (!reader.accept('ON')) return undefined;
  const target = findTarget(reader, reading.objects, ['IS']);
  if (!reader.accept('IS')) return undefined;
  set(target, `security label ${provider}`, reader.rest());
  return [target.object];
};
