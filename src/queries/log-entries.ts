/** A line of a server's log that tells of a statement: everything else is left out before. */
export interface LogEntry {
  /** Without "duration: … statement:". */
  readonly statement: string;
  readonly user?: string;
  readonly database?: string;
  /** Milliseconds since the epoch, of the log's own time zone: good for spans. */
  readonly atMs?: number;
}

/** Statements of the simple protocol, and executions of the extended one. Parse and bind tell of the same statement once more. */
const statementMessage = /^(?:duration: [\d.]+ ms\s+)?(?:statement|execute [^:]*): ([\s\S]*)$/;

/**
 * The statements that a log of Postgres tells of: jsonlog, csvlog or stderr, by its first line. A stderr log may have any prefix; user and database are read from
 * `user=…`, `db=…` or `user@database` where they stand there.
 */
export async function* logEntries(lines: AsyncIterable<string>): AsyncGenerator<LogEntry> {
  let format: ((line: string) => Iterable<LogEntry>) | undefined;
  let ending: () => Iterable<LogEntry> = () => [];
  for await (const line of lines) {
    if (format === undefined) {
      if (line.trim() === '') continue;
      const reader = line.startsWith('{') ? jsonReader() : /^\d{4}-\d\d-\d\d [\d:.]+ [^,]*,/.test(line) ? csvReader() : stderrReader();
      format = reader.take;
      ending = reader.end;
    }
    yield* format(line);
  }
  yield* ending();
}

interface Reader {
  take(line: string): Iterable<LogEntry>;
  end(): Iterable<LogEntry>;
}

function jsonReader(): Reader {
  return {
    take(line) {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        // The last line of a log that is still being written.
        return [];
      }
      const { message, user, dbname, timestamp } = value as { readonly [Key in 'message' | 'user' | 'dbname' | 'timestamp']?: unknown };
      return typeof message === 'string' ? entry(message, text(user), text(dbname), text(timestamp)) : [];
    },
    end: () => [],
  };
}

/** A record may go over several lines: inside of quotes. */
function csvReader(): Reader {
  let open = '';
  const record = (): Iterable<LogEntry> => {
    const fields = csvFields(open);
    open = '';
    const [time, user, database] = fields;
    return entry(fields[13] ?? '', text(user), text(database), time);
  };
  return {
    take(line) {
      open = open === '' ? line : `${open}\n${line}`;
      return (open.split('"').length - 1) % 2 === 0 ? record() : [];
    },
    end: () => (open === '' ? [] : record()),
  };
}

/** Lines after the first one of an entry begin with a tab. */
function stderrReader(): Reader {
  let open: { readonly prefix: string; message: string } | undefined;
  const finish = (): Iterable<LogEntry> => {
    if (open === undefined) return [];
    const { prefix, message } = open;
    open = undefined;
    const at = /\b([\w.$-]+)@([\w.$-]+)\b/.exec(prefix);
    const user = /\buser=([^\s,\]]+)/.exec(prefix)?.[1] ?? at?.[1];
    const database = /\b(?:db|database|dbname)=([^\s,\]]+)/.exec(prefix)?.[1] ?? at?.[2];
    return entry(message, user, database, prefix);
  };
  return {
    take(line) {
      if (line.startsWith('\t')) {
        if (open !== undefined) open.message += `\n${line.slice(1)}`;
        return [];
      }
      const done = finish();
      const found = /^(.*?)\bLOG: {1,2}(.*)$/.exec(line);
      if (found !== null) open = { prefix: found[1] ?? '', message: found[2] ?? '' };
      return done;
    },
    end: finish,
  };
}

function entry(message: string, user: string | undefined, database: string | undefined, time: string | undefined): readonly LogEntry[] {
  const statement = statementMessage.exec(message)?.[1];
  if (statement === undefined) return [];
  const [, date, clock] = /(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(time ?? '') ?? [];
  return [
    {
      statement,
      ...(user === undefined ? {} : { user }),
      ...(database === undefined ? {} : { database }),
      ...(date === undefined ? {} : { atMs: Date.parse(`${date}T${clock}Z`) }),
    },
  ];
}

function csvFields(record: string): readonly string[] {
  return [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
