import { countOf } from '../../core/count-of.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Production } from '../../core/production.ts';
import { type Change, changesOf, type Exclusions, judgeChanges } from '../changes.ts';
import { go, noGo, notApplicable, rehearseAgain, unknown } from '../finding.ts';

/** Does production run the version that was rehearsed? Pure. */
export function judgeVersion(then: Production['server'], now: Production['server']): PreflightFinding {
  if (!isKnown(then)) return unknown('server-version', `What version production ran isn’t known: ${then.unknown}.`);
  if (!isKnown(now)) return unknown('server-version', `The version could not be read: ${now.unknown}.`);
  const [was, is] = [then.value.version, now.value.version];
  if (was === is) return go('server-version', `Production runs PostgreSQL ${is}, as rehearsed.`);
  return noGo('server-version', `Production runs PostgreSQL ${is}; it was rehearsed for ${was}.`, { cure: rehearseAgain });
}

/** Is this the database that was rehearsed, and its primary? Pure. @param samePlace whether both were reached by the same setting */
export function judgeIdentity(then: Production, now: Production, samePlace: boolean): PreflightFinding {
  const check = 'identity';
  if (!isKnown(now.server)) return unknown(check, `Production could not be asked: ${now.server.unknown}.`);
  if (now.server.value.isStandby) {
    return unknown(check, 'This is a standby: its primary may be in another state.', { cure: 'Name the primary in preflight.source.' });
  }
  if (!isKnown(then.server)) return unknown(check, `Which server was rehearsed isn’t known: ${then.server.unknown}.`);
  const [was, is] = [then.server.value.systemIdentifier, now.server.value.systemIdentifier];
  if (was === null || is === null)
    return unknown(check, 'The server’s system identifier is hidden from this role.', { cure: 'Grant EXECUTE on pg_control_system() to it.' });
  const reasons = [
    ...(was === is ? [] : [`Its system identifier is ${is}; ${was} was rehearsed.`]),
    ...(then.server.value.databaseOid === now.server.value.databaseOid || then.server.value.databaseOid === undefined
      ? []
      : [`${now.database} is another database than the ${then.database} that was rehearsed, though on the same server (OID ${now.server.value.databaseOid}).`]),
    // A restored copy may have another name; the same place may not.
    ...(samePlace && then.database !== now.database ? [`Its name is ${now.database}; ${then.database} was rehearsed.`] : []),
  ];
  const [first] = reasons;
  if (first !== undefined)
    return noGo(check, `This is not the database that was rehearsed. ${first}`, {
      reasons,
      cure: 'Name production in preflight.source, and rehearse on a copy of it.',
    });
  return go(check, `This is ${now.database} on the server that was rehearsed, its primary.`);
}

/** Are the extensions what they were? Pure. */
export function judgeExtensions(then: Production['extensions'], now: Production['extensions'], exclude: Exclusions): PreflightFinding {
  if (!isKnown(then)) return unknown('extensions', `What extensions there were isn’t known: ${then.unknown}.`);
  if (!isKnown(now)) return unknown('extensions', `Extensions could not be read: ${now.unknown}.`);
  const changes = changesOf(
    then.value,
    now.value,
    ({ name }) => name,
    (was, is): Change | undefined => {
      const name = (is ?? was)?.name ?? '';
      const change = (sentence: string): Change => ({ kind: 'extension', object: name, sentence });
      if (was === undefined) return change(`Extension ${name} ${is?.version} is new.`);
      if (is === undefined) return change(`Extension ${name} is gone.`);
      if (was.version !== is.version) return change(`Extension ${name} is of version ${is.version}, was ${was.version}.`);
      return was.schema === is.schema ? undefined : change(`Extension ${name} is in schema ${is.schema}, was in ${was.schema}.`);
    },
  );
  return judgeChanges('extensions', changes, exclude, `${countOf(now.value.length, 'extension')} are what they were.`);
}

/** Has production the migrations that it had? Pure. */
export function judgeLedger(then: Production['ledger'], now: Production['ledger']): PreflightFinding {
  const check = 'ledger';
  if (!isKnown(then))
    return unknown(check, `What was applied isn’t known: ${then.unknown}.`, { cure: 'Set migrate.ledger, or migrate.appliedThrough where there is none.' });
  if (!isKnown(now)) return unknown(check, `What is applied could not be read: ${now.unknown}.`);
  const [was, is] = [then.value, now.value];
  if (was === null || is === null) {
    if (was === is) return notApplicable(check, 'The team keeps no list of applied migrations in production (migrate.appliedThrough).');
    return unknown(check, 'The list of applied migrations was configured after the rehearsal, or is no longer.', { cure: rehearseAgain });
  }
  if (was.exists !== is.exists) {
    const sentence = is.exists ? `${is.table} exists now: somebody has begun to migrate, or stamped production.` : `${is.table} is gone.`;
    return noGo(check, sentence, { cure: rehearseAgain });
  }
  if (!is.exists) return go(check, `${is.table} doesn’t exist, as when it was rehearsed.`);
  const changes = changesOf(
    was.rows,
    is.rows,
    ({ value }) => value,
    (before, after): Change | undefined => {
      const value = (after ?? before)?.value ?? '';
      const change = (sentence: string): Change => ({ kind: 'migration', object: value, sentence });
      if (before === undefined) return change(`${value} was recorded in ${is.table} since (${after?.state}).`);
      if (after === undefined) return change(`${value} is no longer recorded in ${is.table}.`);
      if (before.state !== after.state) return change(`${value} is ${after.state} in ${is.table}, was ${before.state}.`);
      return before.checksum === after.checksum ? undefined : change(`${value} has another checksum in ${is.table}.`);
    },
  );
  if (changes.length === 0 && was.sha256 !== is.sha256)
    return noGo(check, `Rows of ${is.table} were changed, though it names the same migrations.`, { cure: rehearseAgain });
  return judgeChanges(check, changes, [], `${is.table} names the same ${countOf(is.rows.length, 'migration')}.`);
}
