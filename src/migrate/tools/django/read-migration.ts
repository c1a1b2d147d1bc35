import type { Failure } from '../../../core/failure.ts';
import type { MigrationFile } from '../../migration-file.ts';
import type { Literal } from '../python/literal.ts';
import { type Binding, isDefinition, readBindings } from '../python/read-bindings.ts';
import { type LogicalLine, scanPython } from '../python/scan-python.ts';
import { refuseFile } from '../refuse-file.ts';

/** Another migration, as a file names it: app and name, `__first__` or `__latest__`. */
export type DjangoKey = readonly [app: string, name: string];

/** What one file says of its place among the others. */
export interface DjangoMigration {
  readonly app: string;
  /** The file's name without `.py`. */
  readonly name: string;
  readonly dependencies: readonly DjangoKey[];
  readonly runBefore: readonly DjangoKey[];
  /** Of a squashed one: those in whose place it stands. */
  readonly replaces: readonly DjangoKey[];
  readonly file: MigrationFile;
}

export type MigrationReading = { readonly migration: DjangoMigration } | { readonly problem: Failure };

const wanted: ReadonlySet<string> = new Set(['dependencies', 'run_before', 'replaces']);
const theClass: ReadonlySet<string> = new Set(['Migration']);

/**
 * Reads `dependencies`, `run_before` and `replaces` of the class Migration without running the file. What isn't written down literally is a problem with its line,
 * since Django would run the file to know.
 *
 * @param userApp the app of AUTH_USER_MODEL, which `swappable_dependency` stands for
 */
export function readMigration(file: MigrationFile, app: string, userApp: string | undefined): MigrationReading {
  const lines = scanPython(file.text);
  if ('problem' in lines) return { problem: refuseFile(file, `is no Python: ${lines.problem}`, 'Correct the file.', lines.line) };
  const body = classBody(lines);
  if (typeof body === 'string') return { problem: refuseFile(file, body, 'Write it as `class Migration(migrations.Migration):`.') };
  const bindings = readBindings(body.lines, wanted, body.indent);
  const problems: Failure[] = [];
  const read = (name: string): readonly DjangoKey[] => {
    const binding = bindings.get(name);
    const keys = binding === undefined ? (body.plainBase ? [] : undefined) : keysOf(binding, userApp);
    if (keys === undefined) {
      const what = `gives ${name} a value that isn’t written down literally, so its place among the others isn’t known`;
      problems.push(refuseFile(file, what, `Write it as a list of pairs: ${name} = [("app", "0001_initial")].`, binding?.line));
    }
    return keys ?? [];
  };
  const migration = {
    app,
    name: file.path.replace(/\.py$/, ''),
    dependencies: read('dependencies'),
    runBefore: read('run_before'),
    replaces: read('replaces'),
    file,
  };
  const [problem] = problems;
  return problem === undefined ? { migration } : { problem: problems.length === 1 ? problem : { ...problem, problems } };
}

interface ClassBody {
  readonly lines: readonly LogicalLine[];
  readonly indent: number;
  /** Whether its base is Django's own class, which has empty lists. */
  readonly plainBase: boolean;
}

/** The lines of the one class Migration of a module, or why they aren't known. */
function classBody(lines: readonly LogicalLine[]): ClassBody | string {
  const heads = lines.flatMap(({ tokens, indent }, at) => (tokens[0]?.text === 'class' && tokens[1]?.text === 'Migration' ? [{ at, indent, tokens }] : []));
  const [head] = heads;
  if (head === undefined) return 'has no class Migration, so Django would stop at it';
  const outside = lines.filter((line, at) => line.indent === 0 && at !== head.at && !isDefinition(line.tokens));
  const changed = outside.some(({ tokens }) => tokens[0]?.text === 'Migration') || readBindings(outside, theClass).has('Migration');
  if (heads.length > 1 || head.indent > 0 || changed || lines[head.at - 1]?.tokens[0]?.text === '@') {
    return 'makes or changes its class Migration in a way that only Python can follow';
  }
  const rest = lines.slice(head.at + 1);
  const end = rest.findIndex(({ indent }) => indent === 0);
  const body = rest.slice(0, end === -1 ? undefined : end);
  const written = head.tokens.map(({ text }) => text).join('');
  if (!written.endsWith(':')) return 'has its class Migration on one line';
  return { lines: body, indent: body[0]?.indent ?? 0, plainBase: /^classMigration\((migrations\.)?Migration\):$/.test(written) };
}

function keysOf({ literal }: Binding, userApp: string | undefined): readonly DjangoKey[] | undefined {
  if (typeof literal !== 'object' || literal === null || !('items' in literal)) return undefined;
  const keys = literal.items.map((item) => keyOf(item, userApp));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function keyOf(item: Literal, userApp: string | undefined): DjangoKey | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  if ('call' in item) {
    const isUser = /(^|\.)swappable_dependency$/.test(item.call) && /(^|\.)AUTH_USER_MODEL$/.test(item.argument);
    return isUser && userApp !== undefined ? [userApp, '__first__'] : undefined;
  }
  const [app, name, more] = item.items;
  return typeof app === 'string' && typeof name === 'string' && more === undefined ? [app, name] : undefined;
}
