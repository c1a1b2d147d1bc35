import type { RlsIsolation } from '../../../config/schema.ts';
import type { Session } from '../../../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../../../sql/quote.ts';
import { bypassOf } from '../bypasses-rls.ts';
import { counting } from '../counted.ts';
import { type Doubt, doubtful, type Plan, type Probe, reading } from '../probe.ts';
import { missingTable, readColumns, readTable, readTablesBelow, type TableFacts } from '../table-facts.ts';
import { tryCheck } from '../try-check.ts';
import { chooseTenant } from './rls/choose-tenant.ts';
import { leakyViews } from './rls/leaky-views.ts';
import { readProbes } from './rls/read-probes.ts';
import type { Isolated, Tenancy } from './rls/tenancy.ts';
import { writeProbes } from './rls/write-probes.ts';

/**
 * A role in the context of one tenant sees all of that tenant's rows and none of the others', can write none of the others', and sees nothing without a
 * context. Each partition that the role may read is tried too, since policies of the table above don't count there. Broken by switching row level
 * security off. Throws SqlError.
 */
export async function planRlsIsolation(session: Session, invariant: RlsIsolation): Promise<Plan> {
  const { role } = invariant;
  const doubts: Doubt[] = [];
  const tables: TableFacts[] = [];
  for (const name of invariant.tables) {
    const table = await readTable(session, name);
    if (table === undefined) doubts.push(missingTable(name));
    else tables.push(table);
  }
  const tenancy = await tenancyOf(session, invariant, tables);
  if ('reason' in tenancy) return doubtful(tenancy.reason, tenancy.cure);
  const probes: Probe[] = [];
  const remarks: string[] = [];
  const warnings: Plan['warnings'][number][] = [];
  for (const table of tables) {
    const bypass = await bypassOf(session, role, [table.name]);
    if (bypass !== undefined) {
      doubts.push({ key: table.name, reason: bypass, cure: 'Name the role that the application uses in production.' });
      continue;
    }
    const readable = (await readColumns(session, table, role)).some(({ selects }) => selects);
    if (!readable) {
      doubts.push({ key: table.name, reason: `${role} may not read ${table.name}`, cure: 'Name the role that the application uses, or take the table out.' });
      continue;
    }
    const isolated = await look(session, table, tenancy, false);
    if ('reason' in isolated) {
      doubts.push(isolated);
      continue;
    }
    doubts.push(...nothingToSee(isolated, tenancy));
    const writing = await writeProbes(session, isolated, tenancy);
    probes.push(...readProbes(isolated, tenancy), ...writing.probes);
    remarks.push(...writing.remarks);
    doubts.push(...writing.doubts);
    for (const part of await readTablesBelow(session, table)) {
      const columns = await readColumns(session, part, role);
      if (!columns.some(({ selects }) => selects)) continue;
      const ownerPasses = await bypassOf(session, role, [part.name]);
      if (ownerPasses !== undefined) doubts.push({ key: part.name, reason: ownerPasses, cure: 'Name the role that the application uses in production.' });
      else {
        const partition = await look(session, part, tenancy, true);
        if ('reason' in partition) doubts.push(partition);
        else if (partition.own + partition.others === 0) remarks.push(`${part.name} has no rows`);
        else {
          const below = await writeProbes(session, partition, tenancy);
          probes.push(...readProbes(partition, tenancy), ...below.probes);
          doubts.push(...below.doubts);
        }
      }
    }
    warnings.push(...(await leakyViews(session, table, role)));
  }
  const reads = tables.map(({ name }) => reading(`select 1 from ${name} where ${tenancy.own}`, { settings: tenancy.settings }));
  return { probes, doubts, remarks, warnings, reads };
}

async function tenancyOf(session: Session, invariant: RlsIsolation, tables: readonly TableFacts[]): Promise<Tenancy | Doubt> {
  const { role, withoutContext, commands, visibleWhere, tenantColumn } = invariant;
  const common = { role, withoutContext, commands };
  // On lines of its own, so that a comment at its end ends with it.
  if (tenantColumn === undefined) return { ...common, settings: invariant.settings, own: `(${visibleWhere}\n)`, column: undefined, tenant: undefined };
  const column = quoteIdentifier(tenantColumn);
  const asked = Object.values(invariant.settings).some((value) => value.includes('{tenant}'));
  const given = invariant.tenant ?? (asked ? undefined : Object.values(invariant.settings)[0]);
  const tenant = given === undefined ? await chooseTenant(session, tables, column) : String(given);
  if (tenant === undefined) {
    return {
      reason: 'there is no tenant that has rows in all the tables, beside another one',
      cure: 'Rehearse on data of several tenants, or split the invariant.',
    };
  }
  const settings = Object.fromEntries(Object.entries(invariant.settings).map(([name, value]) => [name, value.replaceAll('{tenant}', tenant)]));
  return { ...common, settings, own: `${column} = ${quoteLiteral(tenant)}`, column, tenant };
}

async function look(session: Session, table: TableFacts, { own, settings, role }: Tenancy, partition: boolean): Promise<Isolated | Doubt> {
  const counts: number[] = [];
  for (const condition of [own, `(${own}) is not true`]) {
    const tried = await tryCheck(session, reading(counting(`from ${table.name} where ${condition}`), { settings }));
    if (tried.kind === 'seen' && tried.seen.kind === 'value') counts.push(Number(tried.seen.value));
    else {
      const failed = tried.kind === 'not-run' ? tried.sql : tried.seen.kind === 'error' ? tried.seen.sql : undefined;
      const reason = `which rows of ${table.name} are whose could not be told: ${failed?.message}`;
      return { key: table.name, reason, cure: 'Correct tenantColumn, tenant or visibleWhere of the invariant.' };
    }
  }
  const [owned = 0, others = 0] = counts;
  return { table, columns: await readColumns(session, table, role), partition, own: owned, others };
}

function nothingToSee({ table: { name }, own, others }: Isolated, { tenant }: Tenancy): readonly Doubt[] {
  const cure = 'Rehearse on data of several tenants, and name one that has rows.';
  return [
    ...(others === 0 ? [{ key: `${name}:others`, reason: `${name} has no other tenant’s rows to hide`, cure }] : []),
    ...(own === 0 ? [{ key: `${name}:own`, reason: `${name} has no rows of ${tenant === undefined ? 'its own' : `tenant ${tenant}`} to show`, cure }] : []),
  ];
}
