import { createHash } from 'node:crypto';
import type { RunbookOrigin } from './document.ts';

/** What a file says it was made from. */
const pattern = /<!-- pgrehearse runbook (\{.*?\}) -->/;

/** A comment that Markdown and HTML have in common, which holds what a runbook was made from. */
export function originMark(made: RunbookOrigin): string {
  return `<!-- pgrehearse runbook ${JSON.stringify(made).replaceAll('--', '\\u002d\\u002d')} -->`;
}

/**
 * A runbook with the hash of its own text in its mark: by that, who has only the file sees that it was edited by hand.
 *
 * @param text with one mark
 */
export function withTextHash(text: string): string {
  const made = readOriginMark(text);
  return made === undefined ? text : text.replace(pattern, () => originMark({ ...made, textSha256: textSha256(text) }));
}

/** SHA-256 of a runbook's text without its mark. */
export function textSha256(text: string): string {
  return createHash('sha256').update(text.replace(pattern, '')).digest('hex');
}

/** What a runbook's file was made from; undefined where it doesn't say so. */
export function readOriginMark(text: string): RunbookOrigin | undefined {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) return undefined;
  try {
    return JSON.parse(found) as RunbookOrigin;
  } catch {
    return undefined;
  }
}
