import { countOf } from '../../core/count-of.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Production } from '../../core/production.ts';
import type { DatabaseGrant } from '../../core/source-facts.ts';
import { type Change, changesOf, type Exclusions, judgeChanges } from '../changes.ts';
import { unknown } from '../finding.ts';

/** Settings that nobody without a further right can see: not known, and so not equal. */
const needsRight = /only a member of pg_read_all_settings may see it/;

/**
 * Are the settings of database and server what they were, with the owner of the database, the rights on it and the libraries that sort its texts? Pure.
 *
 * @param more what the catalogs say of the database besides
 */
export function judgeSettings(then: Production['settings'], now: Production['settings'], exclude: Exclusions, more: readonly Change[] = []): PreflightFinding {
  if (!isKnown(then)) return unknown('settings', `What the settings were isn’t known: ${then.unknown}.`);
  if (!isKnown(now)) return unknown('settings', `Settings could not be read: ${now.unknown}.`);
  const [was, is] = [then.value, now.value];
  const changes = [
    ...changesOf(was.database, is.database, nameOf, (a, b) => settingChange('of the database', a, b)),
    ...changesOf(was.server, is.server, nameOf, (a, b) => settingChange('of the server', a, b)),
    ...changesOf(was.grants, is.grants, grantName, grantChange),
    ...changesOf(Object.entries(was.collationVersions), Object.entries(is.collationVersions), ([name]) => name, collationChange),
    ...(was.owner === is.owner ? [] : [{ kind: 'database', object: 'owner', sentence: `The database belongs to ${is.owner}, was ${was.owner}’s.` }]),
    ...more,
  ];
  const notes = [...new Set([...was.hidden, ...is.hidden])].sort().map((one) => `Not compared: ${one}.`);
  const found = judgeChanges(
    'settings',
    changes,
    exclude,
    `${countOf(is.database.length + is.server.length, 'setting')} compared: nothing has changed.`,
    notes,
  );
  const lacking = notes.filter((note) => needsRight.test(note));
  if (found.outcome !== 'go' || lacking.length === 0) return found;
  return unknown('settings', `${countOf(lacking.length, 'setting')} could not be compared.`, {
    reasons: found.reasons,
    cure: 'Grant pg_monitor to the roles that rehearse and look.',
  });
}

function nameOf(setting: string): string {
  return setting.slice(0, setting.indexOf('=')).toLowerCase();
}

function settingChange(of: string, was: string | undefined, is: string | undefined): Change | undefined {
  if (was === is) return undefined;
  const name = nameOf(is ?? was ?? '');
  const value = (setting: string | undefined) => (setting === undefined ? 'not set' : `'${setting.slice(setting.indexOf('=') + 1)}'`);
  return { kind: 'setting', object: name, sentence: `Setting ${name} ${of} is ${value(is)}, was ${value(was)}.` };
}

function grantName({ grantee, privilege }: DatabaseGrant): string {
  return `${privilege} for ${grantee === '' ? 'everybody' : grantee}`;
}

function grantChange(was: DatabaseGrant | undefined, is: DatabaseGrant | undefined): Change | undefined {
  const one = is ?? was;
  if (one === undefined || was?.grantable === is?.grantable) return undefined;
  const what = grantName(one);
  const sentence =
    was === undefined
      ? `The right ${what} on the database is new.`
      : is === undefined
        ? `The right ${what} on the database is gone.`
        : `The right ${what} on the database has another grant option.`;
  return { kind: 'database', object: one.grantee, sentence };
}

function collationChange(was: [string, string] | undefined, is: [string, string] | undefined): Change | undefined {
  const name = (is ?? was)?.[0] ?? '';
  if (was?.[1] === is?.[1]) return undefined;
  return { kind: 'collation', object: name, sentence: `Collation ${name} sorts by version ${is?.[1] ?? 'none'} of its library, was ${was?.[1] ?? 'none'}.` };
}
