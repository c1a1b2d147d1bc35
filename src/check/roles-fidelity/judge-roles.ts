import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { ObjectName } from '../../core/object-name.ts';
import type { RoleMembership, SourceFacts } from '../../core/source-facts.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { rolesFidelity } from './about.ts';
import type { ComparedMembership, ComparedRole, RolesRead } from './read-roles.ts';

export interface RolesInput {
  readonly source: Pick<SourceFacts, 'roles' | 'memberships' | 'database' | 'unknown'>;
  readonly clone: RolesRead;
  /** The copy's database on the clone, if it has another name than production's. */
  readonly cloneDatabase?: string;
  /** Our own administrator on the clone, whom production needn't have. */
  readonly adminUser: string;
  /** Settings, `name=value`, that we gave it; a production that is a clone of ours has a role of that name, with or without them. */
  readonly adminSettings?: readonly string[];
}

/**
 * Compares production's roles with the clone's: attributes that decide what a role may do, memberships, and settings for all databases and for this one.
 * A difference is a doubt: it is no fault of the migrations, but what is rehearsed proves less.
 */
export function judgeRoles({ source, clone, cloneDatabase, adminUser, adminSettings = [] }: RolesInput): CheckOutcome {
  const startedAt = performance.now();
  const withoutOurs = (role: ComparedRole) => (role.name === adminUser ? withoutSettings(role, adminSettings) : role);
  const there = new Map(clone.roles.map((role) => [role.name, withoutOurs(role)]));
  const databases = { source: source.database, clone: cloneDatabase ?? source.database };
  const findings = [
    ...source.roles.flatMap((role) => roleFindings(withoutOurs(role), there.get(role.name), databases)),
    ...clone.roles.filter(({ name }) => name !== adminUser && !source.roles.some((role) => role.name === name)).map(extraRole),
    ...membershipFindings(source.memberships, clone.memberships),
  ];
  const compared = source.roles.length;
  const whyNot = source.unknown.find((what) => what.startsWith('roles'));
  return conclude({
    gate: 'roles-fidelity',
    phase: rolesFidelity.phase,
    required: true,
    couldFail: compared > 0,
    proof:
      compared > 0
        ? `${showCount(compared, 'role')} and ${showCount(source.memberships.length, 'membership')} compared`
        : (whyNot ?? 'the source told no roles'),
    summary:
      compared === 0
        ? `Roles could not be compared: ${whyNot ?? 'the source told none'}.`
        : findings.length === 0
          ? 'Roles, memberships and role settings are the same.'
          : `${findings[0]?.title}${findings.length > 1 ? `, and ${findings.length - 1} more` : ''}.`,
    findings,
    startedAt,
  });
}

function withoutSettings(role: ComparedRole, settings: readonly string[]): ComparedRole {
  const own = role.settings['']?.filter((setting) => !settings.includes(setting)) ?? [];
  const { '': _everywhere, ...inDatabases } = role.settings;
  return { ...role, settings: own.length === 0 ? inDatabases : { ...inDatabases, '': own } };
}

const attributes = ['superuser', 'inherit', 'createRole', 'createDb', 'replication', 'bypassRls', 'connectionLimit'] as const;

function roleFindings(source: ComparedRole, clone: ComparedRole | undefined, databases: { source: string; clone: string }): readonly Finding[] {
  const object = { kind: 'role', name: source.name };
  if (clone === undefined) return [found(object, undefined, `Role ${source.name} is missing on the clone`)];
  const findings = attributes
    .filter((attribute) => source[attribute] !== clone[attribute])
    .map((attribute) => ({
      ...found(object, attribute, `Role ${source.name} has another ${attribute} on the clone than in production`),
      expected: String(source[attribute]),
      actual: String(clone[attribute]),
    }));
  for (const [left, right] of [
    ['', ''],
    [databases.source, databases.clone],
  ] as const) {
    const expected = sorted(source.settings[left]);
    const actual = sorted(clone.settings[right]);
    if (expected === actual) continue;
    const where = left === '' ? '' : ` in database ${left}`;
    findings.push({
      ...found(object, left === '' ? 'settings' : `settings in ${left}`, `Role ${source.name} has other settings${where} on the clone than in production`),
      expected,
      actual,
    });
  }
  return findings;
}

function extraRole({ name }: ComparedRole): Finding {
  return { ...found({ kind: 'role', name }, undefined, `Role ${name} is on the clone and not in production`), severity: 'note' };
}

function membershipFindings(source: readonly RoleMembership[], clone: readonly ComparedMembership[]): readonly Finding[] {
  const expected = combine(source);
  const actual = combine(clone);
  const findings: Finding[] = [];
  for (const [key, options] of expected) {
    if (actual.get(key) === options) continue;
    const object = { kind: 'membership', name: key };
    const title = actual.has(key) ? `The membership ${key} has other options on the clone than in production` : `The membership ${key} is missing on the clone`;
    findings.push({ ...found(object, undefined, title), expected: options, actual: actual.get(key) ?? 'none' });
  }
  for (const [key, options] of actual) {
    if (!expected.has(key))
      findings.push({ ...found({ kind: 'membership', name: key }, undefined, `The membership ${key} is on the clone and not in production`), actual: options });
  }
  return findings;
}

/** Several grantors may have granted the same membership: together they give what one of them gives. */
function combine(memberships: readonly ComparedMembership[]): ReadonlyMap<string, string> {
  const any = new Map<string, { admin: boolean; inherit: boolean | null; set: boolean | null }>();
  for (const { role, member, admin, inherit, set } of memberships) {
    const key = `${member} in ${role}`;
    const before = any.get(key);
    const or = (left: boolean | null | undefined, right: boolean | null) => (left === null || left === undefined ? right : left || right === true);
    any.set(key, { admin: admin || before?.admin === true, inherit: or(before?.inherit, inherit), set: or(before?.set, set) });
  }
  return new Map(
    [...any].map(([key, { admin, inherit, set }]) => [
      key,
      `admin ${admin}${inherit === null ? '' : `, inherit ${inherit}`}${set === null ? '' : `, set ${set}`}`,
    ]),
  );
}

function sorted(settings: readonly string[] | undefined): string {
  return [...(settings ?? [])].sort().join(', ');
}

function found(object: ObjectName, property: string | undefined, title: string): Finding {
  return {
    id: findingId(rolesFidelity.check, object, property),
    check: rolesFidelity.check,
    phase: rolesFidelity.phase,
    severity: 'doubt',
    rootCause: 'fidelity',
    object,
    title,
    cure: rolesFidelity.cure,
  };
}
