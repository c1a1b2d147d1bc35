/** One thing that squawk says of a text. */
export interface SquawkReport {
  readonly rule: string;
  /** 0-based, as squawk counts. */
  readonly line: number;
  readonly message: string;
  readonly help?: string;
}

/**
 * What `squawk --reporter json` printed: one JSON list, or one value a line. Undefined where it isn't that, such as squawk 1's, which had a list of messages.
 *
 * @example readSquawkOutput('[{"file":"a.sql","line":0,"level":"Warning","rule_name":"prefer-text-field","message":"…","help":null}]')
 */
export function readSquawkOutput(stdout: string): readonly SquawkReport[] | undefined {
  const values = parse(stdout.trim());
  if (values === undefined) return undefined;
  const reports = values.map(toReport);
  return reports.every((report) => report !== undefined) ? reports : undefined;
}

function parse(text: string): readonly unknown[] | undefined {
  if (text === '') return [];
  try {
    return flat(JSON.parse(text));
  } catch {
    // Not one document: perhaps one a line.
  }
  try {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .flatMap((line) => flat(JSON.parse(line)));
  } catch {
    return undefined;
  }
}

function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function toReport(value: unknown): SquawkReport | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { rule_name: rule, line, message, help } = value as Readonly<Record<string, unknown>>;
  if (typeof rule !== 'string' || typeof message !== 'string' || typeof line !== 'number' || !Number.isInteger(line) || line < 0) return undefined;
  return { rule, line, message, ...(typeof help === 'string' && help !== '' ? { help } : {}) };
}
