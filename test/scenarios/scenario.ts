import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RootCause } from '../../src/core/root-cause.ts';
import type { TableOutcome } from '../../src/core/sync.ts';
import type { VerdictKind } from '../../src/core/verdict.ts';

/** expect.json: what a rehearsal, or a sync, of the scenario has to say. */
export interface Expectation {
  /** The trap, in a sentence. */
  readonly about: string;
  readonly majors: readonly (15 | 18)[];
  /** True: only in the full tests; what it shows, faster ones show here too. */
  readonly inFull?: boolean;
  readonly verdict: VerdictKind;
  readonly rootCause?: RootCause;
  readonly exitCode: number;
  /** Ids of findings that have to be there. */
  readonly findings: readonly string[];
  /** True: no further finding above a note. */
  readonly noOtherFindings?: boolean;
  /** Gates that have to have passed. */
  readonly passed?: readonly string[];
  /** A failure that has to be named. */
  readonly failure?: { readonly code: string; readonly sqlstate?: string };
  /** Part of what a failed migration has to say that it left in the database. */
  readonly leftBehind?: string;
  /** Migrations that have to have run outside of a transaction. */
  readonly ranWithoutTransaction?: readonly string[];
  /** Migrations of which nothing may have run. */
  readonly neverRan?: readonly string[];
  /** Of a sync: every table that is told of, by name; no other may be. */
  readonly tables?: Readonly<Record<string, ExpectedTable>>;
  /** Of a sync: queries of one value, and what staging answers afterwards, as text. */
  readonly staging?: Readonly<Record<string, string>>;
}

/** What a sync has to say of one table. */
export interface ExpectedTable {
  readonly outcome: TableOutcome;
  /** Rows that staging holds afterwards. */
  readonly holds: number;
  /** Part of the reason. */
  readonly says?: string;
}

export interface Scenario {
  readonly name: string;
  readonly folder: string;
  readonly expect: Expectation;
}

const keys = new Set([
  'about',
  'majors',
  'inFull',
  'verdict',
  'rootCause',
  'exitCode',
  'findings',
  'noOtherFindings',
  'passed',
  'failure',
  'leftBehind',
  'ranWithoutTransaction',
  'neverRan',
  'tables',
  'staging',
]);

/** Every folder below `folder` that holds an expect.json, by name. A key that nobody reads would be a promise that nobody keeps, so it throws. */
export function readScenarios(folder: string): readonly Scenario[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => existsSync(join(folder, name, 'expect.json')))
    .map((name) => {
      const expect = JSON.parse(readFileSync(join(folder, name, 'expect.json'), 'utf8')) as Expectation;
      const unknown = Object.keys(expect).filter((key) => !keys.has(key));
      if (unknown.length > 0) throw new Error(`scenarios/${name}/expect.json: unknown ${unknown.join(', ')}`);
      return { name, folder: join(folder, name), expect };
    });
}
