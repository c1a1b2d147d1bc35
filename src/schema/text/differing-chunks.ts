import { type ChunkedDump, chunkDump, type DumpChunk, joinChunks } from './chunk-dump.ts';

export interface DifferingChunks {
  /** Neither side says anything that the other doesn't, in whatever order. */
  readonly same: boolean;
  /** What only one side says, with all that speaks of the same objects: as texts that can be read like dumps. */
  readonly left: string;
  readonly right: string;
}

/**
 * Finds the part of two dumps that has to be read in order to compare them. The order of entries doesn't count, nor do the comments at the head.
 * Undefined where the dumps aren't as pg_dump writes them, or differ in order alone, which a closer look has to confirm.
 */
export function differingChunks(leftText: string, rightText: string): DifferingChunks | undefined {
  const [left, right] = [chunkDump(leftText), chunkDump(rightText)];
  if (left.chunks.length === 0 || right.chunks.length === 0 || hasStatements(left) || hasStatements(right)) return undefined;
  const { onlyLeft, onlyRight, inOrder } = apart(left.chunks, right.chunks);
  if (onlyLeft.length === 0 && onlyRight.length === 0) return inOrder ? { same: true, left: '', right: '' } : undefined;
  const names = new Set([...onlyLeft, ...onlyRight].flatMap(namesIn));
  return { same: false, left: about(left, names), right: about(right, names) };
}

/** A head that makes something is no pg_dump's. */
function hasStatements({ head }: ChunkedDump): boolean {
  return head.split('\n').some((line) => line !== '' && !/^(--|SET |SELECT pg_catalog\.set_config)/.test(line));
}

/** How far ahead the same entry is looked for: pg_dump sorts by name, so that most are where they are expected. */
const lookAhead = 100;

/** Walks both lists side by side, since most of their entries are the same and in the same order: a comparison is much cheaper than a hash. */
function apart(left: readonly DumpChunk[], right: readonly DumpChunk[]) {
  const onlyLeft: DumpChunk[] = [];
  const onlyRight: DumpChunk[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const [a, b] = [left[i] as DumpChunk, right[j] as DumpChunk];
    if (equal(a, b)) {
      i++;
      j++;
      continue;
    }
    const ahead = (chunks: readonly DumpChunk[], from: number, wanted: DumpChunk) =>
      chunks.slice(from + 1, from + 1 + lookAhead).findIndex((chunk) => equal(chunk, wanted)) + 1;
    const [skipRight, skipLeft] = [ahead(right, j, a), ahead(left, i, b)];
    if (skipRight > 0 && (skipLeft === 0 || skipRight <= skipLeft)) for (let n = 0; n < skipRight; n++) onlyRight.push(right[j++] as DumpChunk);
    else if (skipLeft > 0) for (let n = 0; n < skipLeft; n++) onlyLeft.push(left[i++] as DumpChunk);
    else {
      onlyLeft.push(left[i++] as DumpChunk);
      onlyRight.push(right[j++] as DumpChunk);
    }
  }
  onlyLeft.push(...left.slice(i));
  onlyRight.push(...right.slice(j));
  const inOrder = onlyLeft.length === 0 && onlyRight.length === 0;
  return { onlyLeft: without(onlyLeft, onlyRight), onlyRight: without(onlyRight, onlyLeft), inOrder };
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
export function headerNames({ type, schema, name }: DumpChunk): readonly string[] {
  const about = spoken.has(type) ? name.replace(/^[A-Z ]+ /, '').replace(' ON ', ' ') : name;
  return [...new Set([...about.split(/[\s.(),]+/), about, about.replace(/\(.*/s, '')])].filter((word) => word !== '').map((word) => `${schema}.${word}`);
}

function namesIn(chunk: DumpChunk): readonly string[] {
  return [...headerNames(chunk), ...mentioned(chunk.text)];
}

function about({ head, chunks }: ChunkedDump, names: ReadonlySet<string>): string {
  return joinChunks(
    head,
    chunks.filter((chunk) => headerNames(chunk).some((name) => names.has(name))),
  );
}
