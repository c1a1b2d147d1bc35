import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { FidelityLoss, SourceFacts } from '../../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { preloadLoss } from './preload-settings.ts';
import { settingClause } from './setting-value.ts';

type DatabaseFacts = Pick<SourceFacts, 'databaseSettings' | 'databaseOwner' | 'databaseComment' | 'databaseGrants'>;

export interface DatabaseStatement {
  readonly object: FidelityLoss['object'];
  readonly statement: string;
  /** As stored, where the statement is a setting. */
  readonly setting?: string;
}

/** What has to be said about a database of this name so that it has the source's owner, grants, comment and settings. */
export function databaseStatements(facts: DatabaseFacts, name: string): readonly DatabaseStatement[] {
  const database = quoteIdentifier(name);
  const statements: DatabaseStatement[] = [];
  const add = (kind: string, objectName: string, statement: string) => statements.push({ object: { kind, name: objectName }, statement });
  if (facts.databaseOwner !== '') add('owner', `database ${name}`, `alter database ${database} owner to ${quoteIdentifier(facts.databaseOwner)}`);
  if (facts.databaseGrants !== undefined) {
    add('grant', 'on the database to public', `revoke all on database ${database} from public`);
    for (const { grantee, privilege, grantable } of facts.databaseGrants) {
      const to = grantee === '' ? 'public' : quoteIdentifier(grantee);
      add('grant', `${privilege} on the database to ${to}`, `grant ${privilege} on database ${database} to ${to}${grantable ? ' with grant option' : ''}`);
    }
  }
  if (facts.databaseComment !== undefined) add('comment', `database ${name}`, `comment on database ${database} is ${quoteLiteral(facts.databaseComment)}`);
  for (const setting of facts.databaseSettings) {
    const object = { kind: 'database setting', name: setting.slice(0, setting.indexOf('=')) };
    statements.push({ object, statement: `alter database ${database} ${settingClause(setting)}`, setting });
  }
  return statements;
}

/**
 * Gives the copy what belongs to the database itself and is in no schema. Done last, since such settings (`default_transaction_read_only`)
 * would otherwise apply to the load.
 */
export async function applyDatabaseSettings(session: Session, facts: DatabaseFacts): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  for (const { object, statement, setting } of databaseStatements(facts, session.address.database)) {
    const preload = setting === undefined ? undefined : await preloadLoss(session, setting, object);
    if (preload !== undefined) {
      losses.push(preload);
      continue;
    }
    try {
      await session.execute(statement);
    } catch (error) {
      if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
      losses.push({
        object,
        message: `${object.kind} ${object.name} could not be applied: ${error.fields.message}`,
        cure: 'Read the error; accept the loss in clone.acceptLosses if it does not matter for what is rehearsed.',
        sqlstate: error.fields.sqlstate,
        statement,
      });
    }
  }
  return losses;
}
