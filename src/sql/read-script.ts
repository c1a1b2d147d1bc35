import { type ByteSource, CopyRows } from './copy-rows.ts';
import { isDecided, nextToken, type TokenKind } from './scan.ts';
import { newlines } from './split-statements.ts';
import { StatementTracker } from './statement-tracker.ts';

/** What a script is made of, in order. Lines are 1-based. */
export type ScriptPart =
  | { readonly type: 'statement'; readonly text: string; readonly line: number }
  /** A COPY … FROM stdin and the rows after it. Rows that aren't read before the next part is asked for are skipped. */
  | { readonly type: 'copy'; readonly statement: string; readonly line: number; readonly data: CopyRows }
  /** A psql command at the start of a line: `\connect other` is command `connect`, argument `other`. */
  | { readonly type: 'meta'; readonly command: string; readonly argument: string; readonly line: number }
  /** The script ended among the rows of a COPY: it was cut off. */
  | { readonly type: 'unterminated-copy'; readonly statement: string; readonly line: number }
  /** The script ended inside of a quote, dollar body or comment that started at `line`. */
  | { readonly type: 'unterminated'; readonly kind: TokenKind; readonly text: string; readonly line: number }
  /** A statement that isn't text in the script's encoding. */
  | { readonly type: 'bad-encoding'; readonly encoding: string; readonly line: number };

export interface ReadScriptOptions {
  /** As TextDecoder calls it; utf-8 unless told. Encodings in which a byte below 0x80 can be half of a character (Shift JIS, GBK) aren't read right. */
  readonly encoding?: string;
}

/**
 * Reads a script of any size: statements, psql commands and COPY blocks. Memory: one statement, or one chunk of rows.
 * Works on bytes (seen as Latin-1), as Postgres's own lexer does; only whole statements are decoded, so chunks may be cut anywhere.
 *
 * @example for await (const part of readScript(createReadStream('dump.sql'))) if (part.type === 'copy') for await (const rows of part.data) sink.write(rows);
 */
export async function* readScript(input: AsyncIterable<Buffer | Uint8Array | string>, options: ReadScriptOptions = {}): AsyncGenerator<ScriptPart> {
  const iterator = input[Symbol.asyncIterator]();
  try {
    yield* parts(bytesOf(iterator), options.encoding ?? 'utf-8');
  } finally {
    // A reader that stops early lets the file go.
    await iterator.return?.();
  }
}

async function* parts(source: ByteSource, encoding: string): AsyncGenerator<ScriptPart> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const statement = new PendingStatement();
  let buffer = '';
  let at = 0;
  let line = 1;
  let atLineStart = true;
  let ended = false;

  const more = async (atLeast: number) => {
    const parts = [buffer.slice(at)];
    at = 0;
    for (let got = 0; got < atLeast && !ended; ) {
      const chunk = await source.next();
      if (chunk === undefined) ended = true;
      else {
        parts.push(chunk.toString('latin1'));
        got += chunk.length;
      }
    }
    buffer = parts.join('');
  };
  const decoded = (bytes: string, startLine: number, make: (text: string) => ScriptPart): ScriptPart => {
    try {
      return make(decoder.decode(Buffer.from(bytes, 'latin1')));
    } catch {
      return { type: 'bad-encoding', encoding, line: startLine };
    }
  };
  const whole = (startLine: number): ScriptPart | undefined => {
    const bytes = statement.take();
    return bytes === undefined ? undefined : decoded(bytes, startLine, (text) => ({ type: 'statement', text, line: startLine }));
  };

  await more(3);
  if (buffer.startsWith('\xef\xbb\xbf')) at = 3;
  for (;;) {
    if (at >= buffer.length) {
      if (ended) break;
      await more(1);
      continue;
    }
    const token = nextToken(buffer, at);
    if (!ended && !isDecided(buffer, token)) {
      // As much again as the token already has: a huge one is not scanned once for each chunk.
      await more(buffer.length - at);
      continue;
    }
    const text = buffer.slice(token.start, token.end);
    if (token.kind === 'backslash' && atLineStart) {
      const pending = whole(statement.line);
      if (pending !== undefined) yield pending;
      while (buffer.indexOf('\n', at) === -1 && !ended) await more(buffer.length - at);
      const end = buffer.indexOf('\n', at);
      const command = /^\\(\S*)[^\S\n]*(.*)$/s.exec(buffer.slice(at, end === -1 ? buffer.length : end).trimEnd());
      at = end === -1 ? buffer.length : end;
      yield decoded(command?.[2] ?? '', line, (argument) => ({ type: 'meta', command: command?.[1] ?? '', argument, line }));
      continue;
    }
    at = token.end;
    if (!token.closed) {
      const from = line;
      statement.takes('symbol', text, line);
      const bytes = statement.take() ?? '';
      yield decoded(bytes, from, (cut) => ({ type: 'unterminated', kind: token.kind, text: cut, line: from }));
      return;
    }
    if (!statement.takes(token.kind, text, line)) {
      line += newlines(text);
      atLineStart = token.kind === 'space' ? text.includes('\n') || atLineStart : token.kind === 'line-comment' ? atLineStart : false;
      continue;
    }
    atLineStart = false;
    const startLine = statement.line;
    if (!statement.readsRows) {
      const done = whole(startLine);
      if (done !== undefined) yield done;
      continue;
    }
    const bytes = statement.take() ?? '';
    // Rows start on the next line, whatever stands behind the semicolon.
    while (buffer.indexOf('\n', at) === -1 && !ended) await more(Math.max(1, buffer.length - at));
    const lineEnd = buffer.indexOf('\n', at);
    const rowsFrom = lineEnd === -1 ? buffer.length : lineEnd + 1;
    const behind = buffer.slice(at, rowsFrom);
    source.unread(Buffer.from(buffer.slice(rowsFrom), 'latin1'));
    buffer = behind;
    at = 0;
    const data = new CopyRows(source);
    const part = decoded(bytes, startLine, (statementText) => ({ type: 'copy', statement: statementText, line: startLine, data }));
    yield part;
    await data.drain();
    if (data.state === 'unterminated') {
      yield decoded(bytes, startLine, (statementText) => ({ type: 'unterminated-copy', statement: statementText, line: startLine }));
      return;
    }
    // The rows and the line of their end mark.
    line += data.rows + 1;
    ended = false;
    atLineStart = true;
  }
  const last = whole(statement.line);
  if (last !== undefined) yield last;
}

/** The bytes of the statement that is being read, from its first to its last token. */
class PendingStatement {
  #joined: string[] = [];
  #parts: string[] = [];
  /** White space and comments that only count if another token follows. */
  #between: string[] = [];
  #tracker = new StatementTracker();
  line = 1;

  /** True when the token ends the statement. */
  takes(kind: TokenKind, text: string, line: number): boolean {
    if (this.#tracker.takes(kind, text)) return true;
    if (kind === 'space' || kind === 'line-comment' || kind === 'block-comment') {
      if (this.#parts.length > 0) this.#between.push(text);
      return false;
    }
    if (this.#parts.length === 0) this.line = line;
    this.#parts.push(...this.#between, text);
    this.#between = [];
    // A statement of many megabytes (pg_dump --inserts) isn't held as millions of small strings.
    if (this.#parts.length > 4096) {
      this.#joined.push(this.#parts.join(''));
      this.#parts = [''];
    }
    return false;
  }

  get readsRows(): boolean {
    return this.#tracker.readsRows;
  }

  take(): string | undefined {
    const bytes = this.#parts.length === 0 ? undefined : [...this.#joined, ...this.#parts].join('');
    this.#joined = [];
    this.#parts = [];
    this.#between = [];
    this.#tracker = new StatementTracker();
    return bytes;
  }
}

function bytesOf(iterator: AsyncIterator<Buffer | Uint8Array | string>): ByteSource {
  const returned: Buffer[] = [];
  return {
    async next() {
      const back = returned.pop();
      if (back !== undefined) return back;
      for (;;) {
        const { done, value } = await iterator.next();
        if (done === true) return undefined;
        const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        if (bytes.length > 0) return bytes;
      }
    },
    unread(bytes) {
      if (bytes.length > 0) returned.push(bytes);
    },
  };
}
