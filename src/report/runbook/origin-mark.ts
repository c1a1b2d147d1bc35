import type { RunbookOrigin } from './document.ts';

/** What a file says it was made from. */
const pattern = /<!-- pgrehearse runbook (\{.*?\}) -->/;

/** A comment that Markdown and HTML have in common, which holds what a runbook was made from. */
export function originMark(made: RunbookOrigin): string {
  return `<!-- pgrehearse runbook ${JSON.stringify(made).replaceAll('--', '\\u002d\\u002d')} -->`;
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
