import { visibleLines } from '../../core/visible-text.ts';

/** HTML that is safe to put into a page. Only `html` makes it, so that no text gets in unescaped. */
export class Markup {
  readonly #text: string;
  private constructor(text: string) {
    this.#text = text;
  }
  /** For constants of the program: style sheet, script, drawings. Never for anything that comes from a run. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
  toString(): string {
    return this.#text;
  }
}

type Part = Markup | string | number | undefined | readonly Part[];

/**
 * Builds HTML: every value is escaped (control characters and direction marks are made visible first), unless it is Markup itself.
 * Lists are joined, undefined is nothing. Attributes must stand in double quotes.
 *
 * @example html`<td title="${name}">${rows}</td>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return Markup.trusted(strings.reduce((text, string, index) => text + string + (index < parts.length ? render(parts[index]) : ''), ''));
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.toString();
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeHtml(part);
  return part.map(render).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return visibleLines(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
