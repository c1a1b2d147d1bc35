import type { Migration, StatementRecord } from '../core/migration.ts';
import type { RecordedStatement, Recording } from '../core/recording.ts';
import { significantTokens } from '../sql/significant-tokens.ts';
import { newlines, splitStatements } from '../sql/split-statements.ts';

interface Known {
  readonly migration: string;
  /** 1-based within the migration. */
  readonly index: number;
  readonly place: { readonly file: string; readonly line?: number };
  readonly text: string;
}

/** A statement of a migration: which, and where it stands. */
export type RecognisedStatement = Omit<Known, 'text'>;

/**
 * Says of a recording's statements whose they are: which migration, which file and line. `statements` are those that our own runner told of, in order,
 * and decide where there are any; otherwise a tool's statements are found again in the repo's files by their tokens. What is in neither, such as the
 * tool's own ledger, stays nobody's.
 */
export function attribute(
  recording: Recording,
  statements: readonly StatementRecord[],
  migrations: readonly Pick<Migration, 'revision' | 'file' | 'up' | 'upLine'>[],
): Recording {
  const recognise = recogniseStatements(statements, migrations);
  const attributed = recording.statements.map((statement): RecordedStatement => {
    const found = recognise(statement.text);
    return found === undefined ? statement : { ...statement, migration: found.migration, place: found.place };
  });
  return { ...recording, statements: attributed };
}

/** Finds statements again by their texts, one after the other in the order in which they run. What is told by `statements` decides; else the files do. */
export function recogniseStatements(
  statements: readonly StatementRecord[],
  migrations: readonly Pick<Migration, 'revision' | 'file' | 'up' | 'upLine'>[],
): (text: string) => RecognisedStatement | undefined {
  const known: readonly Known[] = statements.length > 0 ? statements : migrations.flatMap(statementsOf);
  const places = new Map<string, number[]>();
  for (const [at, { text }] of known.entries()) {
    const key = tokensOf(text);
    places.set(key, [...(places.get(key) ?? []), at]);
  }
  let next = 0;
  return (text) => {
    if (known.length === 0) return undefined;
    const candidates = places.get(tokensOf(text)) ?? [];
    // In order: a text that comes twice is the next one from where we are, and only a retry goes back.
    const at = candidates.find((candidate) => candidate >= next) ?? candidates.at(-1);
    const found = at === undefined ? undefined : known[at];
    if (at === undefined || found === undefined) return undefined;
    next = at + 1;
    return { migration: found.migration, index: found.index, place: found.place };
  };
}

function statementsOf({ revision, file, up, upLine }: Pick<Migration, 'revision' | 'file' | 'up' | 'upLine'>): readonly Known[] {
  return splitStatements(up)
    .filter(({ meta }) => meta !== true)
    .map(({ text, line }, at) => ({ migration: revision, index: at + 1, place: { file, line: upLine + line - 1 }, text }));
}

/** A text without its layout and comments, as far as it tells statements apart. */
function tokensOf(text: string): string {
  // The start of a text of megabytes tells it apart well enough, with its length in lines.
  return `${significantTokens(text.slice(0, 20_000), 2_000)
    .filter(({ kind }) => kind !== 'semicolon')
    .map((token) => token.keyword || token.text)
    .join(' ')}${text.length > 20_000 ? ` ${newlines(text)}` : ''}`;
}
