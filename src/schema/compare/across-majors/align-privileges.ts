import { splitList } from '../../text/statement-reader.ts';
import type { SchemaObject } from '../schema-object.ts';
import type { AlignedPair } from './aligned-pair.ts';

/** What ALL meant for a table and the like before version 17; since then MAINTAIN is one of these rights too. */
const olderRights: readonly string[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];
const maintain = 'MAINTAIN';
const kinds = new Set(['table', 'view', 'materialized view', 'foreign table', 'default privileges']);

/**
 * Rights on tables, which are one more from version 17 on. Nobody can have granted MAINTAIN before, so it says nothing where it comes along with all the rest:
 * to whoever has all, and to the owner, who has it unless it was taken away.
 */
export function alignPrivileges({ older, newer, olderSide, newerSide }: AlignedPair): Readonly<Record<string, string | undefined>> {
  if (olderSide.major >= 17 || newerSide.major < 17 || !kinds.has(older.kind)) return {};
  const [before, now] = [older.properties.get('privileges'), newer.properties.get('privileges')];
  if (before === now || (before === undefined && now === undefined)) return {};
  return sameRights(before ?? '', now ?? '', ownerOf(older)) ? { privileges: before } : {};
}

function ownerOf({ kind, name, properties }: SchemaObject): string | undefined {
  return kind === 'default privileges' ? /^for role ("(?:[^"]|"")*"|\S+)/.exec(name)?.[1] : properties.get('owner');
}

/** @param before, now lines of the older and the newer side, as either engine writes them */
function sameRights(before: string, now: string, owner: string | undefined): boolean {
  const [lines, others] = [readLines(before, olderRights), readLines(now, [...olderRights, maintain])];
  // pg_dump spells the owner's rights out once any is missing: first it takes all away, then it gives the others back.
  const spelledOut = owner !== undefined && isWhole(lines.get(`REVOKE FROM ${owner}`)) && isWhole(others.get(`REVOKE FROM ${owner}`));
  return [...new Set([...lines.keys(), ...others.keys()])].every((who) => {
    const [had, has] = [lines.get(who) ?? none, others.get(who) ?? none];
    const rest = new Set([...has].filter((right) => right !== maintain));
    if (had.size !== rest.size || [...had].some((right) => !rest.has(right))) return false;
    if (spelledOut && who === `GRANT TO ${owner}`) return has.has(maintain);
    return !has.has(maintain) || isWhole(had);
  });
}

const none: ReadonlySet<string> = new Set();

function isWhole(rights: ReadonlySet<string> | undefined): boolean {
  return rights !== undefined && olderRights.every((right) => rights.has(right));
}

const form = /^(GRANT|REVOKE) (.*?)(?: ON TABLES)? ((?:TO|FROM) .*)$/;

/** Rights by who has them and from whom: `GRANT TO app WITH GRANT OPTION`. A line of another form stands for itself. */
function readLines(lines: string, all: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const rights = new Map<string, Set<string>>();
  for (const line of lines === '' ? [] : lines.split('\n')) {
    const [, verb, list, whom] = form.exec(line) ?? [];
    const who = verb === undefined ? line : `${verb} ${whom}`;
    const some = rights.get(who) ?? new Set();
    for (const right of list === 'ALL' ? all : splitList(list ?? '')) some.add(right);
    rights.set(who, some);
  }
  return rights;
}
