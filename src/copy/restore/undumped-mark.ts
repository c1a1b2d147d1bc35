import type { FidelityLoss } from '../../core/source-facts.ts';

const mark = /\/\* left out by pg_dump: (index|constraint) (.*?) \*\//s;

/** A comment inside a statement that makes something that pg_dump leaves out: should the statement fail, this is what is lost, and no more. */
export function undumpedMark(object: FidelityLoss['object']): string {
  return `/* left out by pg_dump: ${object.kind} ${object.name.replaceAll('*/', '* /').replaceAll('/*', '/ *')} */`;
}

/** What a statement with such a mark makes. pg_dump itself never writes a comment inside a statement. */
export function readUndumpedMark(statement: string): FidelityLoss['object'] | undefined {
  if (!statement.includes('/* left out by pg_dump: ')) return undefined;
  const [, kind, name] = mark.exec(statement) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind, name };
}
