import { readFile } from 'node:fs/promises';
import { type Failure, failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import type { ReplayStatement } from './replay-statement.ts';

const keys: ReadonlySet<string> = new Set(['statement', 'parameters', 'perSecond']);
/** Where no rate is given. */
const oncePerSecond = 1;

/**
 * Reads statements to replay: a JSON array of `{ statement, parameters?, perSecond? }`, or one such object a line. Parameters are a list of values, or a list of
 * such lists that are taken in turn. Fails with `replay-invalid`, which lists every problem with its place.
 *
 * @param path shown in failures as it is given
 */
export async function readReplayFile(path: string): Promise<Result<readonly ReplayStatement[]>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return fail(failure('replay-invalid', `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`, { place: { file: path } }));
  }
  const problems: Failure[] = [];
  const statements: ReplayStatement[] = [];
  for (const { value, what, line } of entriesOf(text, path, problems)) {
    const problem = problemOf(value);
    const place = { file: path, ...(line === undefined ? {} : { line }) };
    if (problem === undefined) statements.push(statementOf(value as Written));
    else problems.push(failure('replay-invalid', `${what}: ${problem}`, { place }));
  }
  const [first] = problems;
  if (first === undefined) return ok(statements);
  return fail(failure('replay-invalid', problems.length === 1 ? first.message : `${path} has ${problems.length} errors`, { place: { file: path }, problems }));
}

interface Written {
  readonly statement: string;
  readonly parameters?: readonly unknown[];
  readonly perSecond?: number;
}

function* entriesOf(text: string, path: string, problems: Failure[]): Generator<{ value: unknown; what: string; line?: number }> {
  const parse = (json: string, what: string, line?: number) => {
    try {
      return [JSON.parse(json) as unknown];
    } catch (error) {
      const message = `${what} is no JSON: ${error instanceof Error ? error.message : String(error)}`;
      problems.push(failure('replay-invalid', message, { place: { file: path, ...(line === undefined ? {} : { line }) } }));
      return [];
    }
  };
  if (text.trimStart().startsWith('[')) {
    for (const all of parse(text, path)) for (const [at, value] of (all as readonly unknown[]).entries()) yield { value, what: `${path}, statement ${at + 1}` };
    return;
  }
  for (const [at, json] of text.split('\n').entries()) {
    const line = at + 1;
    if (json.trim() !== '') for (const value of parse(json, `${path}:${line}`, line)) yield { value, what: `${path}:${line}`, line };
  }
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it isn’t an object';
  const unknown = Object.keys(value).find((key) => !keys.has(key));
  if (unknown !== undefined) return `it has an unknown key ${unknown}; there are statement, parameters and perSecond`;
  const { statement, parameters, perSecond } = value as { readonly [Key in keyof Written]?: unknown };
  if (typeof statement !== 'string') return 'statement isn’t a text';
  if (splitStatements(statement).length !== 1) return 'statement isn’t exactly one statement';
  if (parameters !== undefined && !Array.isArray(parameters)) return 'parameters isn’t a list';
  if (perSecond !== undefined && !(typeof perSecond === 'number' && perSecond > 0)) return 'perSecond isn’t a number above 0';
  return undefined;
}

function statementOf({ statement, parameters, perSecond = oncePerSecond }: Written): ReplayStatement {
  if (parameters === undefined || parameters.length === 0) return { statement, perSecond };
  const sets = parameters.every((one) => Array.isArray(one)) ? (parameters as readonly (readonly unknown[])[]) : [parameters];
  return { statement, parameters: sets, perSecond };
}
