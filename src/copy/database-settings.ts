import { SqlError } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import type { FidelityLoss, SourceFacts } from '../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { preloadLoss } from './preload-settings.ts';
import { settingClause } from './setting-value.ts';

type DatabaseFacts = Pick<SourceFacts, 'databaseSettings' | 'databaseOwner' | 'databaseComment' | 'databaseGrants'>;

/**
 * Gives the copy what belongs to the database itself and is in no schema: owner, grants, comment, ALTER DATABASE … SET. Done last, since
 * such settings (`default_transaction_read_only`) would otherwise apply to the load.
 */
export async function applyDatabaseSettings(session: Session, facts: DatabaseFacts): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  const database = quoteIdentifier(session.address.database);
  const attempt = async (sql: string, kind: string, name: string) => {
    try {
      await session.execute(sql);
    } catch (error) {
      if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08') || error.fields.sqlstate.startsWith('57')) throw error;
      losses.push({
        object: { kind, name },
        message: `${kind} ${name} could not be applied: ${error.fields.message}`,
        cure: 'Read the error; accept the loss in clone.acceptLosses if it does not matter for what is rehearsed.',
        sqlstate: error.fields.sqlstate,
        statement: sql,
      });
    }
  };

  if (facts.databaseOwner !== '')
    await attempt(`alter database ${database} owner to ${quoteIdentifier(facts.databaseOwner)}`, 'owner', `database ${session.address.database}`);
  if (facts.databaseGrants !== undefined) {
    await attempt(`revoke all on database ${database} from public`, 'grant', `on the database from public`);
    for (const { grantee, privilege, grantable } of facts.databaseGrants) {
      const to = grantee === '' ? 'public' : quoteIdentifier(grantee);
      await attempt(
        `grant ${privilege} on database ${database} to ${to}${grantable ? ' with grant option' : ''}`,
        'grant',
        `${privilege} on the database to ${to}`,
      );
    }
  }
  if (facts.databaseComment !== undefined) {
    await attempt(`comment on database ${database} is ${quoteLiteral(facts.databaseComment)}`, 'comment', `database ${session.address.database}`);
  }
  for (const setting of facts.databaseSettings) {
    const object = { kind: 'database setting', name: setting.slice(0, setting.indexOf('=')) };
    const preload = await preloadLoss(session, setting, object);
    if (preload !== undefined) losses.push(preload);
    else await attempt(`alter database ${database} ${settingClause(setting)}`, object.kind, object.name);
  }
  return losses;
}
