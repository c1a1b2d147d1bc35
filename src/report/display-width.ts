const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

// East Asian wide and fullwidth blocks (Unicode TR 11), by range rather than by character: what terminals draw two columns wide.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
const emoji = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;
const empty = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** How many columns a terminal needs for a text without control characters. */
export function displayWidth(text: string): number {
  // Nearly all text is plain ASCII.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += empty.test(segment) ? 0 : wide.test(segment) || emoji.test(segment) ? 2 : 1;
  return width;
}

/** The longest beginning of a text that fits; an ellipsis shows that something was cut off. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += displayWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** Fills a text with blanks up to a width. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Breaks a text into lines at blanks; a word that is longer than a line is broken anywhere. Line breaks in the text stay. */
export function wrapText(text: string, columns: number): readonly string[] {
  const width = Math.max(8, columns);
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, width));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  if (displayWidth(paragraph) <= width) return [paragraph];
  // Continuation lines of indented text, such as SQL, keep its indentation.
  const indent = /^ */.exec(paragraph)?.[0].slice(0, Math.floor(width / 2)) ?? '';
  const lines: string[] = [];
  let line = indent;
  for (const word of paragraph.replace(/^ +| +$/g, '').split(/ +/)) {
    for (const piece of breakWord(word, width - indent.length)) {
      const glue = line === indent ? '' : ' ';
      if (displayWidth(line) + glue.length + displayWidth(piece) <= width) {
        line += glue + piece;
      } else {
        lines.push(line);
        line = indent + piece;
      }
    }
  }
  return [...lines, line];
}

function breakWord(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const pieces = [''];
  for (const { segment } of graphemes.segment(word)) {
    const last = pieces.length - 1;
    if (displayWidth((pieces[last] ?? '') + segment) > width) pieces.push(segment);
    else pieces[last] += segment;
  }
  return pieces;
}
