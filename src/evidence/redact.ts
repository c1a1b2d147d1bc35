import type { Secret } from '../core/secret.ts';
import { secretForms } from './secret-forms.ts';

const mark = '***';

/** Below this length a secret of letters and digits is taken out only where it stands alone: `app` must not eat up `application`. */
const aloneBelow = 12;

/**
 * Fields that hold the program's own words, never foreign text. A password such as `migrate` or `passed` must not make the
 * record unreadable; for the same reason only long secrets are taken out of field names.
 */
const ownWords: ReadonlySet<string> = new Set([
  ...['type', 'phase', 'outcome', 'severity', 'rootCause', 'otherCauses', 'kind', 'code', 'moment', 'unit', 'stream', 'what', 'how', 'state', 'ranAs'],
  ...['check', 'differenceClass', 'class', 'runId', 'sha256', 'configSha256', 'format'],
]);

/** Takes registered secrets out of texts and values. The last line of defence: secrets shouldn't get as far as this. */
export interface Redactor {
  /** From now on, this value is taken out. An empty one is ignored. */
  add(secret: Secret): void;
  text(text: string): string;
  /** As `text`, for text of ours made from redacted parts: words of the page itself, such as `main`, must survive a password of the same letters. */
  renderedText(text: string): string;
  /** A copy of a value of JSON, with every text in it redacted, keys too. */
  value<T>(value: T): T;
  /** Any bytes, text or not. */
  bytes(bytes: Buffer): Buffer;
}

export function makeRedactor(secrets: Iterable<Secret> = []): Redactor {
  const values = new Set<string>();
  let pattern: RegExp | undefined;
  let longPattern: RegExp | undefined;
  let bytePattern: RegExp | undefined;

  const redactor: Redactor = {
    add(secret) {
      const value = secret.reveal();
      if (value === '' || values.has(value)) return;
      values.add(value);
      const alternatives = [...values].flatMap((one) => secretForms(one).map((form) => ({ form, alone: isShortWord(one) })));
      alternatives.sort((a, b) => b.form.length - a.form.length);
      pattern = patternOf(alternatives);
      longPattern = patternOf(alternatives.filter(({ alone }) => !alone));
      // Bytes are matched one character each, so that a file in any encoding survives.
      bytePattern = patternOf(alternatives.map(({ form, alone }) => ({ form: Buffer.from(form, 'utf8').toString('latin1'), alone })));
    },
    text: (text) => (pattern === undefined ? text : text.replace(pattern, mark)),
    renderedText: (text) => (longPattern === undefined ? text : text.replace(longPattern, mark)),
    value: <T>(value: T): T => (pattern === undefined ? value : (redactValue(value, redactor) as T)),
    bytes(bytes) {
      if (bytePattern === undefined) return bytes;
      const text = bytes.toString('latin1');
      const redacted = text.replace(bytePattern, mark);
      return redacted === text ? bytes : Buffer.from(redacted, 'latin1');
    },
  };
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

function isShortWord(secret: string): boolean {
  return secret.length < aloneBelow && /^\w+$/.test(secret);
}

function patternOf(alternatives: readonly { readonly form: string; readonly alone: boolean }[]): RegExp | undefined {
  if (alternatives.length === 0) return undefined;
  const sources = alternatives.map(({ form, alone }) => (alone ? standingAlone(literally(form)) : literally(form)));
  return new RegExp([...new Set(sources)].join('|'), 'g');
}

/** As RegExp.escape, which TypeScript's ES2024 library doesn't know yet. */
function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Not inside a longer word; but `%3Asecret` and `\nsecret` are boundaries, although a letter or digit stands before. */
function standingAlone(source: string): string {
  return `(?:(?<![A-Za-z0-9_])|(?<=%[0-9A-Fa-f]{2})|(?<=\\\\[bfnrt]))${source}(?![A-Za-z0-9_])`;
}

function redactValue(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) return value.map((one) => redactValue(one, redactor));
  if (typeof value !== 'object' || value === null) return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), redactor);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => (ownWords.has(key) ? [key, one] : [redactor.renderedText(key), redactValue(one, redactor)])),
  );
}
