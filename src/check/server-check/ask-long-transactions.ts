import type { ServerCheck } from '../../config/schema.ts';
import type { Session } from '../../core/ports.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import type { ServerAnswer } from './server-answer.ts';
import { unseen } from './unseen.ts';

type LongTransactionsCheck = Extract<ServerCheck, { kind: 'long-transactions' }>;

/** Every open transaction of the server, the oldest first: those of sessions, whatever they do, and prepared ones, which belong to none. */
const transactionsQuery = `
select 'session' as kind, a.pid::text as id, a.usename::text as owner, a.datname::text as database, a.application_name as application, a.state,
       extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 as seconds, a.pid = pg_catalog.pg_backend_pid() as self
from pg_catalog.pg_stat_activity a
where a.xact_start is not null and a.backend_type in ('client backend', 'walsender', 'logical replication worker', 'parallel worker', 'background worker')
union all
select 'prepared', x.gid, x.owner::text, x.database::text, '', 'prepared', extract(epoch from pg_catalog.clock_timestamp() - x.prepared)::float8, false
from pg_catalog.pg_prepared_xacts x
order by seconds desc, kind, id`;

interface TransactionRow {
  readonly kind: 'session' | 'prepared';
  readonly id: string;
  readonly owner: string | null;
  readonly database: string | null;
  readonly application: string;
  readonly state: string | null;
  readonly seconds: number;
  readonly self: boolean;
}

/** Whether no transaction has been open for long. Throws SqlError. @param ownPids sessions of this very run */
export async function askLongTransactions(session: Session, { minutes }: LongTransactionsCheck, ownPids: readonly number[]): Promise<ServerAnswer> {
  const hidden = await unseen(session);
  if (hidden !== undefined) return hidden;
  const rows = await session.query<TransactionRow>(transactionsQuery);
  if (!rows.some(({ self }) => self))
    return { kind: 'doubt', reason: 'its own transaction isn’t among those that it sees', cure: 'Ask the server itself, and not something before it.' };
  const others = rows.filter(({ self, kind, id }) => !self && !(kind === 'session' && ownPids.includes(Number(id))));
  const long = others.filter(({ seconds }) => seconds > minutes * 60);
  const expected = `none open for more than ${minutes} min`;
  const [oldest] = others;
  if (long.length > 0) {
    const found = `${showCount(long.length, 'transaction')} open for more than ${minutes} min, the oldest for ${showDuration((long[0]?.seconds ?? 0) * 1000)}`;
    const cure =
      'Ask whoever they belong to to end them, or wait: a migration that needs a strong lock waits behind them, and everybody else behind it. ' +
      'A prepared one stays until it is committed or rolled back by its name.';
    return { kind: 'broken', found, expected, rootCause: 'lock', cure, lines: long.slice(0, 10).map(tell), showSql: `${whoQuery};` };
  }
  const found = `${showCount(others.length, 'transaction')} open${oldest === undefined ? '' : `, the oldest for ${showDuration(oldest.seconds * 1000)}`}`;
  return { kind: 'holds', found, proof: `${found}, against ${expected}; it saw its own transaction among them` };
}

function tell({ kind, id, owner, database, application, state, seconds }: TransactionRow): string {
  const who = kind === 'prepared' ? `prepared transaction ${id}` : `session ${id}${application === '' ? '' : ` (${application})`}, ${state ?? 'unknown state'}`;
  return `${who}, of ${owner ?? 'nobody'} in ${database ?? 'no database'}: ${showDuration(seconds * 1000)}`;
}

const whoQuery = `select pid, usename, datname, application_name, state, xact_start, left(query, 80) as query
from pg_catalog.pg_stat_activity
where xact_start is not null
order by xact_start, pid;
select gid, owner, database, prepared from pg_catalog.pg_prepared_xacts order by prepared, gid`;
