import { z } from 'zod';
import { closestName } from '../core/closest-name.ts';
import type { Path } from './json-places.ts';
import { bestBranch, branches, firstUnion, follow, isOptional, isRecord, knownKeys, literals, type Schema, schemaAt, shapeOf } from './schema-shapes.ts';
import { expectedOf, kindOf, oneOf } from './schema-words.ts';

/** One thing that is wrong with a configuration. Holds key names and what is allowed, never a value. */
export interface SettingsProblem {
  /** Where: `['data', 'invariants', 0, 'expect']`. */
  readonly path: Path;
  readonly message: string;
  readonly cure: string;
}

type Issue = z.core.$ZodIssue;

/**
 * Every problem of a configuration; empty when it is valid.
 *
 * zod answers a union that doesn't fit with the complaints of all its branches, or of the one that happens to break off last. Here the branch that the person
 * most likely meant is chosen by the keys that are there, and only its complaints are told.
 */
export function settingsProblems(schema: Schema, input: unknown): readonly SettingsProblem[] {
  const seen = new Set<string>();
  return problemsOf(schema, input, []).filter((problem) => {
    const key = JSON.stringify(problem);
    return !seen.has(key) && seen.add(key);
  });
}

function problemsOf(schema: Schema, input: unknown, base: Path): SettingsProblem[] {
  const result = z.safeParse(schema, input);
  if (result.success) return [];
  const problems: SettingsProblem[] = [];
  const unionsTold = new Set<string>();
  for (const issue of result.error.issues) {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    const union = firstUnion(schema, path);
    // A rule of ours says exactly what it means, also where it speaks of what is inside of a union.
    if (union === undefined || issue.code === 'custom') problems.push(...explain(schema, input, issue, path, base));
    else if (!unionsTold.has(JSON.stringify(union.path))) {
      unionsTold.add(JSON.stringify(union.path));
      problems.push(...unionProblems(union.schema, follow(input, union.path), [...base, ...union.path]));
    }
  }
  return problems;
}

function explain(root: Schema, input: unknown, issue: Issue, below: Path, base: Path): SettingsProblem[] {
  const path = [...base, ...below];
  const value = follow(input, below);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schemaAt(root, below));
      return issue.keys.map((name) => ({ path: [...path, name], message: 'is not a known key', cure: meant(name, known) }));
    }
    case 'invalid_value': {
      if (value === undefined) return [{ path, message: `is missing: ${oneOf(issue.values.map(String))}`, cure: 'Choose one of them.' }];
      return [notAllowed(path, value, issue.values.map(String))];
    }
    case 'invalid_type':
      return [value === undefined ? missing(path, schemaAt(root, below)) : wrongType(path, issue.expected, value)];
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message: plain(message), cure: 'Correct it.' }));
    default:
      return [{ path, message: plain(issue.message), cure: 'Correct it.' }];
  }
}

/** The problems of a value for which a union stands. A wrong `tool` or `mode` is told, and the rest is checked against the branch that was meant all the same. */
function unionProblems(union: Schema, value: unknown, path: Path): SettingsProblem[] {
  if (value === undefined) return [missing(path, union)];
  const def = (union as z.core.$ZodTypes)._zod.def;
  const discriminator = def.type === 'union' && 'discriminator' in def && typeof def.discriminator === 'string' ? def.discriminator : undefined;
  if (discriminator === undefined || !isRecord(value)) {
    const branch = bestBranch(union, value);
    const inner = branch === undefined ? [] : problemsOf(branch, value, path);
    const words = branches(union).flatMap(literals);
    if (branch === undefined || shapeOf(branch) === undefined) {
      const guess = typeof value === 'string' ? closestName(value, words) : undefined;
      return [{ path, message: `must be ${expectedOf(union)}`, cure: guess === undefined ? 'Correct it.' : `Did you mean "${guess}"?` }];
    }
    return inner;
  }
  const allowed = branches(union).flatMap((branch) => literals(shapeOf(branch)?.[discriminator]));
  const typed = value[discriminator];
  const unnamed = typed === undefined ? unnamedBranch(union, discriminator, value) : undefined;
  if (unnamed !== undefined) return problemsOf(unnamed, value, path);
  if (typeof typed === 'string' && allowed.includes(typed)) {
    return problemsOf(branchOf(union, discriminator, typed) ?? union, value, path);
  }
  const told =
    typed === undefined
      ? { path: [...path, discriminator], message: `is missing: ${oneOf(allowed)}`, cure: 'Choose one of them.' }
      : notAllowed([...path, discriminator], typed, allowed);
  const guess = typeof typed === 'string' ? closestName(typed, allowed) : undefined;
  const wanted = guess === undefined ? bestBranch(union, value) : branchOf(union, discriminator, guess);
  if (wanted === undefined) return [told];
  return [told, ...problemsOf(wanted, { ...value, [discriminator]: literals(shapeOf(wanted)?.[discriminator])[0] }, path)];
}

/** The branch that is meant where none is named, unless the keys that are there belong to another. */
function unnamedBranch(union: Schema, discriminator: string, value: Readonly<Record<string, unknown>>): Schema | undefined {
  const unnamed = branches(union).find((branch) => isOptional(shapeOf(branch)?.[discriminator]));
  if (unnamed === undefined) return undefined;
  const strange = Object.keys(value).filter((key) => !knownKeys(unnamed).includes(key));
  const best = bestBranch(union, value);
  return best !== undefined && strange.some((key) => knownKeys(best).includes(key)) ? undefined : unnamed;
}

function branchOf(union: Schema, discriminator: string, word: string): Schema | undefined {
  return branches(union).find((branch) => literals(shapeOf(branch)?.[discriminator]).includes(word));
}

function missing(path: Path, schema: Schema): SettingsProblem {
  return { path, message: 'is missing', cure: `Add it: ${expectedOf(schema)}.` };
}

/** So many words are told beside a guess. */
const most = 10;

function notAllowed(path: Path, value: unknown, allowed: readonly string[]): SettingsProblem {
  const guess = typeof value === 'string' ? closestName(value, allowed) : undefined;
  if (guess === undefined) return { path, message: `must be ${oneOf(allowed)}`, cure: 'Choose one of them.' };
  // A long list would only hide the guess.
  return {
    path,
    message: allowed.length > most ? `is none of the ${allowed.length} known words` : `must be ${oneOf(allowed)}`,
    cure: `Did you mean "${guess}"?`,
  };
}

function wrongType(path: Path, expected: string, value: unknown): SettingsProblem {
  const received =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'number' && !Number.isFinite(value) ? String(value) : kindOf(typeof value);
  return { path, message: `must be ${kindOf(expected)}, not ${received}`, cure: 'Correct it.' };
}

function meant(name: string, known: readonly string[]): string {
  const guess = closestName(name, known);
  const list = `Known here: ${known.join(', ')}.`;
  return guess === undefined ? list : `Did you mean "${guess}"?`;
}

/** zod's own sentence, without its habit words. Its sentences name types and limits, not values. */
function plain(message: string): string {
  if (message === 'Too small: expected string to have >=1 characters') return 'must not be empty';
  if (message === 'Too small: expected array to have >=1 items') return 'must not be empty';
  return message.replace(/^(?:Too small|Too big|Invalid input|Invalid string): /, '');
}
