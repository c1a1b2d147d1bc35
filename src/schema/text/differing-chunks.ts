import { ChunkCursor, skipCommon } from './chunk-cursor.ts';
import { type ChunkedDump, type DumpChunk, joinChunks } from './chunk-dump.ts';

export interface DifferingChunks {
  /** Neither side says anything that the other doesn't, in whatever order. */
  readonly same: boolean;
  /** What only one side says, with all that speaks of the same objects: as texts that can be read like dumps. */
  readonly left: string;
  readonly right: string;
  /** `schema.name`, not quoted, of everything that is spoken of in what only one side says. */
  readonly names: ReadonlySet<string>;
}

/**
 * Finds the part of two dumps that has to be read in order to compare them. The order of entries doesn't count, nor do the comments at the head.
 * Undefined where the dumps aren't as pg_dump writes them, or differ in order alone, which a closer look has to confirm.
 */
export function differingChunks(left: ChunkedDump, right: ChunkedDump): DifferingChunks | undefined {
  if (isEmpty(left) || isEmpty(right) || hasStatements(left) || hasStatements(right)) return undefined;
  const { onlyLeft, onlyRight, inOrder } = apart(left, right);
  if (onlyLeft.length === 0 && onlyRight.length === 0) return inOrder ? { same: true, left: '', right: '', names: new Set() } : undefined;
  const names = new Set([...onlyLeft, ...onlyRight].flatMap(namesIn));
  // Cut when they are read: which names they are of is wanted first.
  let [ofLeft, ofRight]: (string | undefined)[] = [];
  return {
    same: false,
    get left() {
      ofLeft ??= about(left, names);
      return ofLeft;
    },
    get right() {
      ofRight ??= about(right, names);
      return ofRight;
    },
    names,
  };
}

function isEmpty({ start, text }: ChunkedDump): boolean {
  return start === text.length;
}

/** A head that makes something is no pg_dump's. */
function hasStatements({ head }: ChunkedDump): boolean {
  return head.split('\n').some((line) => line !== '' && !/^(--|SET |SELECT pg_catalog\.set_config)/.test(line));
}

/** How far ahead the same entry is looked for: pg_dump sorts by name, so that most are where they are expected. */
const lookAhead = 100;

/** Walks both dumps side by side, since most of their entries are the same and in the same order: a comparison is much cheaper than a hash. */
function apart(leftDump: ChunkedDump, rightDump: ChunkedDump) {
  const onlyLeft: DumpChunk[] = [];
  const onlyRight: DumpChunk[] = [];
  const [left, right] = [new ChunkCursor(leftDump), new ChunkCursor(rightDump)];
  for (;;) {
    skipCommon(left, right);
    const [a, b] = [left.peek(0), right.peek(0)];
    if (a === undefined || b === undefined) break;
    if (equal(a, b)) {
      left.take();
      right.take();
      continue;
    }
    const [skipRight, skipLeft] = [ahead(right, a), ahead(left, b)];
    if (skipRight > 0 && (skipLeft === 0 || skipRight <= skipLeft)) for (let n = 0; n < skipRight; n++) onlyRight.push(...right.take());
    else if (skipLeft > 0) for (let n = 0; n < skipLeft; n++) onlyLeft.push(...left.take());
    else {
      onlyLeft.push(...left.take());
      onlyRight.push(...right.take());
    }
  }
  onlyLeft.push(...left.rest());
  onlyRight.push(...right.rest());
  const inOrder = onlyLeft.length === 0 && onlyRight.length === 0;
  return { onlyLeft: without(onlyLeft, onlyRight), onlyRight: without(onlyRight, onlyLeft), inOrder };
}

/** How many chunks stand before the same one; 0 where it isn't in sight. */
function ahead(cursor: ChunkCursor, wanted: DumpChunk): number {
  for (let n = 1; n <= lookAhead; n++) {
    const chunk = cursor.peek(n);
    if (chunk === undefined) return 0;
    if (equal(chunk, wanted)) return n;
  }
  return 0;
}

function equal(a: DumpChunk, b: DumpChunk): boolean {
  return a.text === b.text && a.settings === b.settings;
}

/** Chunks of one list that the other doesn't have, or not as often. */
function without(chunks: readonly DumpChunk[], others: readonly DumpChunk[]): readonly DumpChunk[] {
  const key = (chunk: DumpChunk) => `${chunk.settings}\n${chunk.text}`;
  const counts = new Map<string, number>();
  for (const chunk of others) counts.set(key(chunk), (counts.get(key(chunk)) ?? 0) + 1);
  return chunks.filter((chunk) => {
    const left = counts.get(key(chunk)) ?? 0;
    counts.set(key(chunk), left - 1);
    return left <= 0;
  });
}

const qualified = /(?:"((?:[^"]|"")+)"|([a-z_][a-z_0-9$]*))\.(?:"((?:[^"]|"")+)"|([a-z_][a-z_0-9$]*))/g;

/** `schema.name` of everything that a chunk mentions, not quoted; strings and comments count too, since names stand there as well. */
export function mentioned(text: string): readonly string[] {
  return [...text.matchAll(qualified)].map(([, a, b, c, d]) => `${(a ?? b ?? '').replaceAll('""', '"')}.${(c ?? d ?? '').replaceAll('""', '"')}`);
}

/** pg_dump names these by the kind and name of what they speak of: `FUNCTION f(integer)`, `COLUMN invoice.total`, `CONSTRAINT c ON invoice`. */
const spoken = new Set(['ACL', 'COMMENT', 'SECURITY LABEL']);

/** Under which names a chunk is found: its header's words, each with its schema. A quoted name with blanks in it is found by its words too. */
export function headerNames({ type, schema, name }: Pick<DumpChunk, 'type' | 'schema' | 'name'>): readonly string[] {
  const about = spoken.has(type) ? name.replace(/^[A-Z ]+ /, '').replace(' ON ', ' ') : name;
  return [...new Set([...about.split(/[\s.(),]+/), about, about.replace(/\(.*/s, '')])].filter((word) => word !== '').map((word) => `${schema}.${word}`);
}

function namesIn(chunk: DumpChunk): readonly string[] {
  return [...headerNames(chunk), ...mentioned(chunk.text)];
}

/** Nearly all headers: names that nobody has to quote. */
const plainHeader = /^Name: [A-Z a-z_0-9.]+; Type: /;
const named = 'Name: '.length;

function about(dump: ChunkedDump, names: ReadonlySet<string>): string {
  const words = new Set([...names].flatMap((name) => name.split(/[\s.(),]+/)));
  const mayBeAbout = (line: string) => {
    if (!plainHeader.test(line)) return true;
    const name = line.slice(named, line.indexOf('; Type: '));
    return words.has(name) || (/[ .]/.test(name) && name.split(/[ .]/).some((word) => words.has(word)));
  };
  const found: DumpChunk[] = [];
  for (const chunk of dump.chunks(mayBeAbout)) if (headerNames(chunk).some((name) => names.has(name))) found.push(chunk);
  return joinChunks(dump.head, found);
}
