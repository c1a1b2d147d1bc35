import { splitStatements } from '../../sql/split-statements.ts';

/** What is known of a statement's text. */
export interface StatementText {
  readonly text: string;
  /** The text goes on, or isn't known at all. */
  readonly cut: boolean;
}

/** How much of a message is read for its statements: a file of migrations may come as one Query. */
export const messageLimitBytes = 16 * 1024 * 1024;
/** How much of one statement is kept, in UTF-16 code units. */
const TEXT_LIMIT = 1024 * 1024;

export const unknownText: StatementText = { text: '', cut: true };

/** A statement that came alone, as it was sent. */
export function singleText(text: string, cut: boolean): StatementText {
  return text.length > TEXT_LIMIT ? { text: text.slice(0, TEXT_LIMIT), cut: true } : { text, cut };
}

/** The statements of a Query, as the server counts them; what is only one is left as it was sent. `cut`: the text isn't whole. */
export function statementTexts(text: string, cut: boolean): readonly StatementText[] {
  const semicolon = text.indexOf(';');
  if (semicolon === -1 || text.slice(semicolon + 1).trim() === '') return [singleText(text, cut)];
  const parts = splitStatements(text);
  if (parts.length <= 1) return [singleText(text, cut)];
  return parts.map((part, index) => singleText(part.text, cut && index === parts.length - 1));
}
