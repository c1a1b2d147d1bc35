import { wrapText } from './display-width.ts';
import type { Paint } from './terminal-style.ts';

/** A page of this documentation, which is Markdown of the simplest kind, for a terminal. Code stays as it is, so that it can be pasted. */
export function pageLines(markdown: string, columns: number, paint: Paint): readonly string[] {
  const width = Math.max(40, Math.min(columns, 110));
  let inCode = false;
  return markdown
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('```')) {
        inCode = !inCode;
        return [];
      }
      if (inCode) return [`  ${line}`];
      const heading = /^#+ (.*)/.exec(line)?.[1];
      if (heading !== undefined) return [paint('strong', heading)];
      const [, mark = '', text = ''] = /^( *(?:- |> )?)(.*)/.exec(line) ?? [];
      const [, prose = '', address] = /^(.*?)(?: ?<(https:[^>]+)>)?$/.exec(text) ?? [];
      const plain = prose.replaceAll('**', '').replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
      const margin = ' '.repeat(mark.length);
      const lines = wrapText(plain, width - mark.length).map((part, index) => `${index === 0 || mark.includes('>') ? mark : margin}${part}`);
      // An address stays whole, to be clicked on.
      return address === undefined ? lines : [...lines, `${margin}${address}`];
    });
}
