import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ReadScriptOptions, readScript } from './read-script.ts';

interface Seen {
  readonly type: string;
  readonly line: number;
  readonly [field: string]: unknown;
}

/** All parts of a script that arrives in chunks of the given sizes (the last size repeats). */
async function read(script: string | Buffer, sizes: readonly number[] = [65_536], options: ReadScriptOptions = {}, skipRows = false): Promise<Seen[]> {
  const bytes = Buffer.from(script);
  async function* chunks() {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[Math.min(turn, sizes.length - 1)] ?? 1;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const seen: Seen[] = [];
  for await (const part of readScript(chunks(), options)) {
    if (part.type !== 'copy') {
      seen.push({ ...part });
      continue;
    }
    const rows: Buffer[] = [];
    if (!skipRows) for await (const chunk of part.data) rows.push(Buffer.from(chunk));
    seen.push({
      type: 'copy',
      statement: part.statement,
      line: part.line,
      ...(!skipRows && { data: Buffer.concat(rows).toString(), rows: part.data.rows, state: part.data.state }),
    });
  }
  return seen;
}

const dump = `--\n-- PostgreSQL database dump\n--\n\n\\restrict abc123\n\nSET client_encoding = 'UTF8';
CREATE TABLE public."größe" (a text DEFAULT ';\\.');
COPY public."größe" (a) FROM stdin;
zwölf\t\\N
\\.x
 \\.
ключ;'
\\.


COPY public.leer (a) FROM stdin;
\\.
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $_$
begin
  \\restrict is no command here;
  copy t from stdin;
end $_$;
\\connect "my db"
SELECT E'a'
  -- goes on
  '\\';';
SELECT 'end'`;

const expected = [
  { type: 'meta', command: 'restrict', argument: 'abc123', line: 5 },
  { type: 'statement', text: "SET client_encoding = 'UTF8'", line: 7 },
  { type: 'statement', text: `CREATE TABLE public."größe" (a text DEFAULT ';\\.')`, line: 8 },
  { type: 'copy', statement: 'COPY public."größe" (a) FROM stdin', line: 9, data: "zwölf\t\\N\n\\.x\n \\.\nключ;'\n", rows: 4, state: 'complete' },
  { type: 'copy', statement: 'COPY public.leer (a) FROM stdin', line: 17, data: '', rows: 0, state: 'complete' },
  {
    type: 'statement',
    text: 'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $_$\nbegin\n  \\restrict is no command here;\n  copy t from stdin;\nend $_$',
    line: 19,
  },
  { type: 'meta', command: 'connect', argument: '"my db"', line: 24 },
  { type: 'statement', text: "SELECT E'a'\n  -- goes on\n  '\\';'", line: 25 },
  { type: 'statement', text: "SELECT 'end'", line: 28 },
];

test.each([[65_536], [1], [2], [3], [7]])('a dump in chunks of %i bytes', async (size) => {
  expect(await read(dump, [size])).toEqual(expected);
});

test('chunks of any sizes give the same parts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (sizes) => {
      expect(await read(dump, sizes)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('chunks of any sizes give the same parts of any text', async () => {
  const noise = fc.string({ unit: fc.constantFrom(...'ab1 \n;\'"$\\()/*-Eeu&.é,', 'copy a from stdin;\n', '\n\\.\n', '$$') });
  await fc.assert(
    fc.asyncProperty(noise, async (script) => {
      expect(await read(script, [1])).toEqual(await read(script));
    }),
    { numRuns: 400 },
  );
});

test('rows that nobody reads are skipped', async () => {
  const seen = await read(dump, [5], {}, true);
  expect(seen.map((part) => [part.type, part.line])).toEqual(expected.map((part) => [part.type, part.line]));
});

test('a reader may stop in the middle of the rows', async () => {
  const script = Readable.from([Buffer.from('copy a from stdin;\n1\n2\n'), Buffer.from('3\n4\n'), Buffer.from('\\.\nselect 1;')]);
  const seen: string[] = [];
  for await (const part of readScript(script)) {
    seen.push(part.type);
    if (part.type === 'copy') for await (const _ of part.data) break;
  }
  expect(seen).toEqual(['copy', 'statement']);
});

test('line ends of Windows', async () => {
  expect(await read(dump.replaceAll('\n', '\r\n'), [1])).toMatchObject([
    { command: 'restrict', argument: 'abc123' },
    { line: 7 },
    { line: 8 },
    { line: 9, rows: 4, state: 'complete' },
    { line: 17, rows: 0 },
    { line: 19 },
    { line: 24 },
    { line: 25 },
    { text: "SELECT 'end'", line: 28 },
  ]);
});

test.each([[1], [65_536]])('what is cut off is named (chunks of %i)', async (size) => {
  const cut = await read('copy a from stdin;\n1\n2\n', [size]);
  expect(cut).toMatchObject([
    { type: 'copy', data: '1\n2\n', state: 'unterminated' },
    { type: 'unterminated-copy', statement: 'copy a from stdin' },
  ]);
  expect(await read('copy a from stdin;', [size])).toMatchObject([{ type: 'copy' }, { type: 'unterminated-copy' }]);
  expect(await read('copy a from stdin;\n1\n\\.', [size])).toMatchObject([{ type: 'copy', data: '1\n', state: 'complete' }]);
  expect(await read("select 1;\nselect 'a\nb", [size])).toMatchObject([
    { type: 'statement' },
    { type: 'unterminated', kind: 'string', text: "select 'a\nb", line: 2 },
  ]);
  expect(await read('do $x$ a $', [size])).toMatchObject([{ type: 'unterminated', kind: 'dollar-string' }]);
  expect(await read('/* a', [size])).toMatchObject([{ type: 'unterminated', kind: 'block-comment' }]);
});

test('encodings', async () => {
  expect(await read(Buffer.from("select 'größe'", 'latin1'), [1], { encoding: 'latin1' })).toMatchObject([{ text: "select 'größe'" }]);
  expect(await read(Buffer.from("select 'größe'; select 1", 'latin1'))).toMatchObject([{ type: 'bad-encoding', line: 1 }, { text: 'select 1' }]);
  expect(await read('\uFEFFselect 1', [1])).toMatchObject([{ text: 'select 1' }]);
});

test('a COPY to somewhere else has no rows', async () => {
  expect(await read(`copy t to stdout;\ncopy t from '/tmp/stdin';\ncopy (select 1 from stdin) to stdout;`)).toMatchObject([
    { type: 'statement' },
    { type: 'statement' },
    { type: 'statement' },
  ]);
});

/** Reads so many bytes of one row again and again; gives the rows of COPY that came, and the statements. */
async function readMany(head: string, row: string, tail: string, totalBytes: number): Promise<{ readonly copied: number; readonly statements: number }> {
  const chunk = Buffer.from(row.repeat(Math.ceil(65_536 / row.length)));
  const wanted = Math.ceil(totalBytes / chunk.length);
  async function* chunks() {
    yield Buffer.from(head);
    for (let n = 0; n < wanted; n++) yield chunk;
    yield Buffer.from(tail);
  }
  let [copied, statements] = [0, 0];
  for await (const part of readScript(chunks())) {
    if (part.type === 'copy') for await (const data of part.data) copied += data.length;
    if (part.type === 'statement') statements++;
  }
  return { copied, statements };
}

// What is more than linear doesn't come to its end before the test's time is over.
test('many rows, and one huge statement, are read in one go', async () => {
  const row = '12345\tsome text of a usual length\t2026-01-01\n';
  const rows = await readMany('copy t from stdin;\n', row, '\\.\n', 300e6);
  expect(rows.copied).toBeGreaterThanOrEqual(300e6);
  expect(rows.copied % row.length).toBe(0);
  expect(await readMany("select '", 'a text without an end ', "';", 50e6)).toEqual({ copied: 0, statements: 1 });
  expect(await readMany('insert into t values ', "(1, 'a', null), ", ';', 20e6)).toEqual({ copied: 0, statements: 1 });
});
