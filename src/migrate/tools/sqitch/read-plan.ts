import { createHash } from 'node:crypto';

/** One change of a plan, in the order in which Sqitch deploys them. */
export interface PlannedChange {
  readonly name: string;
  /** SHA-1, by which the ledger names it: over its own line and the id of the change before it. */
  readonly id: string;
  readonly requires: readonly string[];
  readonly conflicts: readonly string[];
  readonly tags: readonly string[];
  /** Where a later change has the same name: the tags between the two, the newest first. Its scripts are then named after one of them. */
  readonly reworkTags: readonly string[];
  /** 1-based. */
  readonly line: number;
}

export interface SqitchPlan {
  readonly project: string;
  readonly changes: readonly PlannedChange[];
}

export interface PlanProblem {
  readonly problem: string;
  /** 1-based; absent where it is about the whole file. */
  readonly line?: number;
}

const blank = '[\\t\\p{Zs}]';
const punctuation = '\\-!"#$%&\'()*+,./:;<=>?@[\\\\\\]^`{|}~';
/** No blanks and none of `:@#\`, no punctuation at either end, and no `~1` or the like, which would be taken for steps back. */
const name = `(?![${punctuation}])(?:(?![~/=%^]\\d+(?:$|${blank}))[^\\t\\p{Zs}:@#\\\\])+(?<![${punctuation}])`;

const blankLine = new RegExp(`^${blank}*(?:#|$)`, 'u');
const pragmaLine = new RegExp(`^${blank}*%${blank}*([^${punctuation}](?:[^\\t\\p{Zs}=]*?[^${punctuation}\\t\\p{Zs}])?)(?:${blank}*=${blank}*(.+))?$`, 'u');
const changeLine = new RegExp(
  `^${blank}*(?:(@)|${blank}*([+-])${blank}*)?(${name})(?=$|${blank}|\\[)${blank}*(?:\\[([^\\]]+)\\]${blank}*)?` +
    `(?:(\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z)${blank}*)?(?:([^<]+)${blank}+<([^>]+)>)?$`,
  'u',
);
const dependency = new RegExp(`^(!?)(?:(${name}):)?(?:([0-9a-f]{40})|(${name})(?:@(${name}))?|@(${name}))$`, 'u');

interface Draft {
  readonly name: string;
  readonly requires: string[];
  readonly conflicts: string[];
  readonly tags: string[];
  readonly reworkTags: string[];
  readonly line: number;
  readonly info: readonly string[];
  readonly note: string;
}

/**
 * Reads `sqitch.plan` by Sqitch's grammar. What Sqitch would refuse is a problem, every one of them: names that it doesn't allow, a change or tag that is there twice,
 * a change that requires one which isn't before it.
 */
export function readPlan(text: string): SqitchPlan | { readonly problems: readonly PlanProblem[] } {
  const problems: PlanProblem[] = [];
  const pragmas = new Map<string, string>();
  const drafts: Draft[] = [];
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  let at = 0;
  for (; at < lines.length; at++) {
    const line = (lines[at] ?? '').replace(/\r$/, '');
    if (blankLine.test(line)) {
      // A comment may stand among the pragmas, an empty line ends them.
      if (/#\s*\S/.test(line)) continue;
      break;
    }
    const found = pragmaLine.exec(withoutNote(line).rest);
    if (found === null) {
      problems.push({ problem: 'is no pragma; an empty line must come between pragmas and changes', line: at + 1 });
      break;
    }
    pragmas.set(found[1] ?? '', found[2] ?? '1');
  }
  const project = pragmas.get('project');
  if (project === undefined) problems.push({ problem: 'has no %project' });
  else if (!new RegExp(`^${name}$`, 'u').test(project)) problems.push({ problem: `has the project name ${project}, which Sqitch doesn’t allow` });
  const seen = new Seen();
  for (; at < lines.length; at++) {
    const line = (lines[at] ?? '').replace(/\r$/, '');
    if (blankLine.test(line)) continue;
    const problem = readLine(line, at + 1, drafts, seen);
    if (problem !== undefined) problems.push({ problem, line: at + 1 });
  }
  problems.push(...unmetRequirements(drafts, project ?? ''));
  if (problems.length > 0 || project === undefined) return { problems };
  return { project, changes: withIds(drafts, project, pragmas.get('uri')) };
}

/** Which names were there, since when. */
class Seen {
  readonly tags = new Map<string, number>();
  /** Changes since the last tag: a name may come again behind one. */
  sinceTag = new Set<string>();
  readonly newest = new Map<string, Draft>();
}

function readLine(line: string, number: number, drafts: Draft[], seen: Seen): string | undefined {
  const { rest, note } = withoutNote(line);
  const found = changeLine.exec(rest);
  if (found === null) return 'is neither a change nor a tag with a time and a planner';
  const [, tag, , named = '', dependencies, time, planner, email] = found;
  if (time === undefined) return 'has no time';
  if (planner === undefined || email === undefined) return 'has no planner with an e-mail address';
  if (named === 'ROOT' || named === 'HEAD') return `has the name ${named}, which is reserved`;
  if (/^[0-9a-f]{40}/.test(named)) return `has the name ${named}, which looks like an id`;
  if (tag !== undefined) return readTag(named, dependencies, number, drafts, seen);
  if (seen.sinceTag.has(named)) return `has the change ${named} again without a tag in between`;
  const draft: Draft = {
    name: named,
    requires: [],
    conflicts: [],
    tags: [],
    reworkTags: [],
    line: number,
    note,
    info: [`planner ${planner} <${email}>`, `date ${time}`],
  };
  for (const word of dependencies?.split(new RegExp(`${blank}+`, 'u')).filter((part) => part !== '') ?? []) {
    const list = word.startsWith('!') ? draft.conflicts : draft.requires;
    const bare = word.replace(/^!/, '');
    if (!dependency.test(word)) return `depends on ${word}, which is no change`;
    if (list.includes(bare)) return `depends on ${word} twice`;
    list.push(bare);
  }
  const older = seen.newest.get(named);
  if (older !== undefined) {
    const between = drafts.slice(drafts.indexOf(older) + 1).toReversed();
    older.reworkTags.push(...between.flatMap(({ tags }) => tags), ...older.tags);
  }
  seen.sinceTag.add(named);
  seen.newest.set(named, draft);
  drafts.push(draft);
  return undefined;
}

function readTag(tag: string, dependencies: string | undefined, line: number, drafts: Draft[], seen: Seen): string | undefined {
  const last = drafts.at(-1);
  if (tag.includes('/')) return `has the tag @${tag}, in which Sqitch allows no slash`;
  if (last === undefined) return `has the tag @${tag} before any change`;
  if (seen.tags.has(tag)) return `has the tag @${tag}, which is there in line ${seen.tags.get(tag)} already`;
  if (dependencies !== undefined) return `has the tag @${tag} with dependencies`;
  last.tags.push(tag);
  seen.tags.set(tag, line);
  seen.sinceTag = new Set();
  return undefined;
}

/** What a change requires of its own project must stand before it. Ids and other projects are looked up in the database by Sqitch. */
function unmetRequirements(drafts: readonly Draft[], project: string): PlanProblem[] {
  const problems: PlanProblem[] = [];
  for (const [at, { name: change, requires, line }] of drafts.entries()) {
    const before = drafts.slice(0, at);
    for (const required of requires) {
      const found = dependency.exec(required);
      const [, , otherProject, id, named, tag, tagAlone] = found ?? [];
      if ((otherProject !== undefined && otherProject !== project) || id !== undefined) continue;
      const wanted = tag ?? tagAlone;
      const upTo = wanted === undefined ? before : before.slice(0, before.findIndex(({ tags }) => tags.includes(wanted)) + 1);
      if (named === undefined ? upTo.length > 0 : upTo.some((one) => one.name === named)) continue;
      problems.push({ problem: `has the change ${change}, which requires ${required}, and that isn’t before it`, line });
    }
  }
  return problems;
}

function withIds(drafts: readonly Draft[], project: string, uri: string | undefined): readonly PlannedChange[] {
  const changes: PlannedChange[] = [];
  for (const { info, note, ...draft } of drafts) {
    const shown = (word: string) => (word.startsWith(`${project}:`) ? word.slice(project.length + 1) : word);
    const parent = changes.at(-1);
    const [planner = '', date = ''] = info;
    const parts = [
      `project ${project}`,
      ...(uri === undefined ? [] : [`uri ${canonicalUri(uri)}`]),
      `change ${draft.name}`,
      ...(parent === undefined ? [] : [`parent ${parent.id}`]),
      planner,
      date,
      ...(draft.requires.length === 0 ? [] : [`requires\n  + ${draft.requires.map(shown).join('\n  + ')}`]),
      ...(draft.conflicts.length === 0 ? [] : [`conflicts\n  - ${draft.conflicts.map(shown).join('\n  - ')}`]),
      // Perl takes "0" for nothing.
      ...(note === '' || note === '0' ? [] : ['', note]),
    ];
    const content = Buffer.from(parts.join('\n'));
    const id = createHash('sha1').update(`change ${content.length}\0`).update(content).digest('hex');
    changes.push({ ...draft, id });
  }
  return changes;
}

/** As Perl's URI writes it: http addresses with a path, host and scheme in lower case. */
function canonicalUri(uri: string): string {
  return /^https?:/i.test(uri) && URL.canParse(uri) ? new URL(uri).href : uri.replace(/^[a-z][\w+.-]*:/i, (scheme) => scheme.toLowerCase());
}

const unescaped: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\\\': '\\' };

/** A line without its note, which begins at the first `#`. */
function withoutNote(line: string): { readonly rest: string; readonly note: string } {
  const at = line.indexOf('#');
  const rest = (at === -1 ? line : line.slice(0, at)).replace(new RegExp(`${blank}+$`, 'u'), '');
  const note = at === -1 ? '' : line.slice(at + 1).trim();
  return { rest, note: note.replace(/\\[\\nr]/g, (pair) => unescaped[pair] ?? pair) };
}
