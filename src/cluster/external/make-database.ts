import { randomBytes } from 'node:crypto';
import { failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address, LocaleSettings } from '../../core/server.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { databaseOptions } from '../create-database.ts';
import { isLocaleProblem, localeAttempts, localeName } from '../locale-attempts.ts';
import { makeResourceFolder } from '../resource-folder.ts';
import { removeTargetDatabase } from './remove-database.ts';
import type { Stamp } from './stamp.ts';
import { onTarget, type TargetServer, targetFacts } from './target-server.ts';

/** What it is for: part of its name. */
export type DatabaseKind = 'image' | 'clone' | 'scratch';

/** For a database that may stay: it gets a folder of its own on this machine, for what belongs to it and can't lie on that server. */
export interface Keeping {
  /** What the ledger line says besides. */
  readonly facts: Resource['facts'];
}

/** A database of ours on somebody else's server. */
export interface TargetDatabase {
  readonly resource: Resource;
  readonly name: string;
  /** Superuser access. */
  readonly admin: Address;
  remove(): Promise<Result<void>>;
}

export interface EmptyDatabase extends TargetDatabase {
  /** What it really has; differs from what was wanted where `losses` says so. */
  readonly locale: LocaleSettings;
  readonly losses: readonly FidelityLoss[];
}

/** Makes an empty database from template0. A locale that the server lacks is replaced, and named in `losses`. */
export async function makeEmptyDatabase(
  context: Context,
  target: TargetServer,
  kind: DatabaseKind,
  label: string,
  wanted: LocaleSettings,
  keeping?: Keeping,
): Promise<Result<EmptyDatabase>> {
  let made: Pick<EmptyDatabase, 'locale' | 'losses'> | undefined;
  const database = await makeDatabase(context, target, { kind, label, ...keeping }, async (session, name) => {
    for (const { locale, loss } of localeAttempts(wanted)) {
      try {
        await session.execute(`create database ${quoteIdentifier(name)} ${databaseOptions(target.major, locale)}`);
        made = { locale, losses: loss === undefined ? [] : [loss] };
        return ok();
      } catch (error) {
        if (!(error instanceof SqlError) || !isLocaleProblem(error.fields.message)) throw error;
      }
    }
    return fail(failure('locale-missing', `the target has no locale with encoding ${wanted.encoding}, not even C`, { object: localeName(wanted) }));
  });
  if (!database.ok) return database;
  if (made === undefined) throw new Error('a database was made without a locale');
  return ok({ ...database.value, ...made });
}

/** Makes a writable copy of a frozen database. */
export async function copyOfDatabase(
  context: Context,
  target: TargetServer,
  label: string,
  template: string,
  keeping?: Keeping,
): Promise<Result<TargetDatabase>> {
  return await makeDatabase(context, target, { kind: 'clone', label, ...keeping }, async (session, name) => {
    await createFromTemplate(session, name, template);
    return ok();
  });
}

/**
 * Copies a database file by file, which is far faster than by way of the WAL; where the server can share blocks (PostgreSQL 18 on btrfs, XFS, APFS) it
 * does. Throws SqlError.
 */
export async function createFromTemplate(session: Session, name: string, template: string): Promise<void> {
  const version = session.serverVersionNum;
  const copy = `create database ${quoteIdentifier(name)} template ${quoteIdentifier(template)}${version >= 150_000 ? ' strategy file_copy' : ''}`;
  if (version < 180_000 || !(await sharesBlocks(session))) {
    await session.execute(copy);
    return;
  }
  try {
    await session.execute(copy);
  } catch (error) {
    // Chosen, but the file system can't: then by plain copying. A name or template that is taken stays so.
    if (!(error instanceof SqlError) || /^(08|57|42|55|53)/.test(error.fields.sqlstate)) throw error;
    await session.execute('set file_copy_method = copy');
    await session.execute(copy);
  }
}

/** Refused where the server was built without it. */
async function sharesBlocks(session: Session): Promise<boolean> {
  return await session.execute('set file_copy_method = clone').then(
    () => true,
    (error: unknown) => {
      if (error instanceof SqlError && error.fields.sqlstate === '22023') return false;
      throw error;
    },
  );
}

/**
 * The ledger line first, then the stamp, then the database: whatever happens in between, what is there can be found, and proves that it is ours.
 * The stamp is the comment on a role of the same name, which can't log in: a comment on the database itself would be a difference to production, and a
 * migration may change it.
 */
async function makeDatabase(
  context: Context,
  target: TargetServer,
  { kind, label, facts: kept }: { readonly kind: DatabaseKind; readonly label: string; readonly facts?: Resource['facts'] },
  create: (session: Session, name: string) => Promise<Result<void>>,
): Promise<Result<TargetDatabase>> {
  const name = `pgrehearse_${kind}_${randomBytes(6).toString('hex')}`;
  const planned = await planDatabase(context, label, { ...targetFacts(target), database: name }, kept);
  if (!planned.ok) return planned;
  const resource = planned.value;
  const made = await onTarget(context, target.address, async (session) => {
    const stamp = stampOf(context, resource);
    // By this the server's own work on it can be found and ended, should we be killed meanwhile.
    await session.execute(`set application_name = ${quoteLiteral(name)}`);
    // One implicit transaction: there is no moment at which the role has no stamp.
    await session.execute(`create role ${quoteIdentifier(name)} nologin; comment on role ${quoteIdentifier(name)} is ${quoteLiteral(stamp)}`);
    return await create(session, name);
  });
  let removed: Promise<Result<void>> | undefined;
  const remove = () => {
    removed ??= removeTargetDatabase(context, resource, target.address);
    return removed;
  };
  if (!made.ok) {
    const undone = await remove();
    return fail(undone.ok ? made.failure : { ...made.failure, problems: [...(made.failure.problems ?? []), undone.failure] });
  }
  context.emit({ type: 'resource', what: 'made', resource });
  return ok({ resource, name, admin: { ...target.address, database: name }, remove });
}

async function planDatabase(context: Context, label: string, facts: Resource['facts'], kept: Resource['facts'] | undefined): Promise<Result<Resource>> {
  if (kept !== undefined) {
    const made = await makeResourceFolder(context, { kind: 'database', label, facts: { ...facts, ...kept } });
    return made.ok ? ok(made.value.resource) : made;
  }
  const resource = await context.ledger.plan({ kind: 'database', label, facts, ...(context.runId === undefined ? {} : { runId: context.runId }) });
  context.emit({ type: 'resource', what: 'planned', resource });
  return ok(resource);
}

/** The text of a stamp for a ledger line. */
export function stampOf(context: Context, { id, createdAt, runId }: Resource, databaseOid?: number): string {
  const { host } = context.edge.system;
  const stamp: Stamp = {
    tool: 'pgrehearse',
    id,
    ...(runId === undefined ? {} : { run: runId }),
    created: createdAt,
    host,
    ...(databaseOid === undefined ? {} : { databaseOid }),
  };
  return JSON.stringify(stamp);
}
