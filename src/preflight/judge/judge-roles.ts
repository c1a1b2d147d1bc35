import { countOf } from '../../core/count-of.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Production } from '../../core/production.ts';
import type { RoleFacts, RoleMembership } from '../../core/source-facts.ts';
import { type Change, changesOf, type Exclusions, judgeChanges } from '../changes.ts';
import { unknown } from '../finding.ts';

/** Are roles, their attributes, settings and memberships what they were? Passwords can't be compared. Pure. @param more what the catalogs say of roles besides */
export function judgeRoles(then: Production['roles'], now: Production['roles'], exclude: Exclusions, more: readonly Change[] = []): PreflightFinding {
  if (!isKnown(then)) return unknown('roles', `What roles there were isn’t known: ${then.unknown}.`);
  if (!isKnown(now)) return unknown('roles', `Roles could not be read: ${now.unknown}.`);
  const changes = [
    ...changesOf(then.value.roles, now.value.roles, ({ name }) => name, roleChange),
    ...changesOf(then.value.memberships, now.value.memberships, membershipName, membershipChange),
    ...more,
  ];
  return judgeChanges(
    'roles',
    changes,
    exclude,
    `${countOf(now.value.roles.length, 'role')} and ${countOf(now.value.memberships.length, 'membership')} are what they were; passwords can’t be compared.`,
  );
}

const attributes = {
  superuser: 'SUPERUSER',
  inherit: 'INHERIT',
  createRole: 'CREATEROLE',
  createDb: 'CREATEDB',
  canLogin: 'LOGIN',
  replication: 'REPLICATION',
  bypassRls: 'BYPASSRLS',
} as const satisfies Partial<Record<keyof RoleFacts, string>>;

function roleChange(was: RoleFacts | undefined, is: RoleFacts | undefined): Change | undefined {
  const name = (is ?? was)?.name ?? '';
  const change = (sentence: string): Change => ({ kind: 'role', object: name, sentence });
  if (was === undefined) return change(`Role ${name} is new.`);
  if (is === undefined) return change(`Role ${name} is gone.`);
  const said = [
    ...Object.entries(attributes).flatMap(([key, word]) => {
      const attribute = key as keyof typeof attributes;
      return was[attribute] === is[attribute] ? [] : [is[attribute] ? `${word} was given` : `${word} was taken away`];
    }),
    ...(was.connectionLimit === is.connectionLimit ? [] : [`its connection limit is ${is.connectionLimit}, was ${was.connectionLimit}`]),
    ...(was.validUntil === is.validUntil ? [] : [`its password is valid until ${is.validUntil ?? 'for ever'}, was ${was.validUntil ?? 'for ever'}`]),
    ...settingChanges(was.settings, is.settings),
    ...(was.comment === is.comment ? [] : ['its comment is another']),
  ];
  return said.length === 0 ? undefined : change(`Role ${name}: ${said.join('; ')}.`);
}

function settingChanges(was: RoleFacts['settings'], is: RoleFacts['settings']): readonly string[] {
  const lines = (settings: RoleFacts['settings']) =>
    Object.entries(settings).flatMap(([database, list]) => list.map((setting) => `${setting}${database === '' ? '' : ` in ${database}`}`));
  const [before, after] = [lines(was), lines(is)];
  return [
    ...after.filter((line) => !before.includes(line)).map((line) => `it sets ${line} now`),
    ...before.filter((line) => !after.includes(line)).map((line) => `it no longer sets ${line}`),
  ];
}

function membershipName({ role, member, grantor }: RoleMembership): string {
  return `${member} in ${role} by ${grantor}`;
}

function membershipChange(was: RoleMembership | undefined, is: RoleMembership | undefined): Change | undefined {
  const one = is ?? was;
  if (one === undefined) return undefined;
  const change = (sentence: string): Change => ({ kind: 'role', object: one.member, sentence });
  if (was === undefined) return change(`Role ${one.member} is a member of ${one.role} now, by ${one.grantor}.`);
  if (is === undefined) return change(`Role ${one.member} is no member of ${one.role} by ${one.grantor} any more.`);
  if (was.admin === is.admin && was.inherit === is.inherit && was.set === is.set) return undefined;
  return change(`Role ${one.member} is a member of ${one.role} on other terms (ADMIN, INHERIT or SET).`);
}
