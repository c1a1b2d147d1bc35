import { jsonValue, showJson } from './json-value.ts';

/** What was answered: an HTTP answer, a program's output with its exit code, or a query's rows. */
export interface Observation {
  readonly status?: number | undefined;
  readonly text: string;
  /** Unless given, the text is read as JSON. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is expected of it: the parts of the settings that ask something. */
export interface Expected {
  readonly status?: number | readonly number[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly matches?: string | readonly string[] | undefined;
  readonly mustNotMatch?: readonly string[];
  readonly json?: readonly {
    readonly path: string;
    readonly equals?: unknown;
    readonly matches?: string | undefined;
    readonly exists?: boolean | undefined;
  }[];
}

/**
 * What of the expectation isn't so, a clause each; empty where all of it is.
 *
 * @example unfulfilled({ status: 500, text: '' }, { status: 200 }) // ['the status is 500, not 200']
 */
export function unfulfilled(seen: Observation, expected: Expected): readonly string[] {
  const problems: string[] = [];
  const codes = listOf(expected.status);
  if (codes.length > 0 && (seen.status === undefined || !codes.includes(seen.status)))
    problems.push(`the status is ${seen.status ?? 'unknown'}, not ${codes.join(' or ')}`);
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const value = seen.headers?.[name.toLowerCase()];
    if (value === undefined) problems.push(`the header ${name} is missing`);
    else if (!contains(value, wanted)) problems.push(`the header ${name} is ${value}, which doesn’t match ${wanted}`);
  }
  for (const wanted of listOf(expected.matches)) if (!contains(seen.text, wanted)) problems.push(`nothing in it matches ${wanted}`);
  for (const unwanted of expected.mustNotMatch ?? []) {
    const found = new RegExp(unwanted, 'mu').exec(seen.text)?.[0];
    if (found !== undefined) problems.push(`it has ${showJson(found)}, which matches ${unwanted}`);
  }
  const { json = [] } = expected;
  if (json.length === 0) return problems;
  const value = 'json' in seen ? seen.json : parse(seen.text);
  if (value === undefined) return [...problems, 'it is not JSON'];
  for (const wanted of json) problems.push(...unfulfilledAt(value, wanted));
  return problems;
}

function unfulfilledAt(json: unknown, { path, equals, matches, exists }: NonNullable<Expected['json']>[number]): readonly string[] {
  const value = jsonValue(json, path);
  const where = path === '' ? 'the JSON' : path;
  if (value === undefined) return exists === false && equals === undefined && matches === undefined ? [] : [`${where} is not there`];
  const problems: string[] = [];
  if (exists === false) problems.push(`${where} is there: ${showJson(value)}`);
  if (equals !== undefined && value !== equals) problems.push(`${where} is ${showJson(value)}, not ${showJson(equals)}`);
  if (matches !== undefined && !contains(showWhole(value), matches)) problems.push(`${where} is ${showJson(value)}, which doesn’t match ${matches}`);
  return problems;
}

function showWhole(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Lines are what `^` and `$` mean: output and logs are made of them. */
function contains(text: string, pattern: string): boolean {
  return new RegExp(pattern, 'mu').test(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listOf<T>(given: T | readonly T[] | undefined): readonly T[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? given : [given as T];
}
