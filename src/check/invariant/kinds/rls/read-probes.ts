import { quoteIdentifier } from '../../../../sql/quote.ts';
import { counted, counting } from '../../counted.ts';
import { asExpected, type Check, type Probe } from '../../probe.ts';
import { type Isolated, policiesOff, type Tenancy } from './tenancy.ts';

/** What is seen of a table: nothing of others, everything of one's own, and nothing at all without a context. */
export function readProbes(isolated: Isolated, tenancy: Tenancy): readonly Probe[] {
  const { table, partition, own, others } = isolated;
  const { role, settings } = tenancy;
  const check = (rest: string): Check => ({ sql: counting(rest), role, settings, answer: 'value' });
  const cure = `Make the policies of ${table.name} anew, and see that row level security is on${partition ? ' for each partition that can be read by its own name' : ''}.`;
  const hidden: Probe = {
    key: `${table.name}:others`,
    subject: `${table.name}: other tenants’ rows as ${role}`,
    label: 'other tenants’ rows',
    check: check(`from ${table.name} where (${tenancy.own}) is not true`),
    ...counted(0),
    breakings: policiesOff(table),
    cure,
  };
  const shown: Probe = {
    key: `${table.name}:own`,
    subject: `${table.name}: its own rows as ${role}`,
    label: 'its own rows',
    check: check(`from ${table.name} where ${tenancy.own}`),
    ...counted(own),
    breakings: async () => [
      {
        what: `a policy that hides all rows of ${table.name} made`,
        statements: [
          `alter table ${table.name} enable row level security`,
          `create policy pgrehearse_nothing on ${table.name} as restrictive for select to ${quoteIdentifier(role)} using (false)`,
        ],
      },
    ],
    cure,
  };
  return [
    ...(others === 0 ? [] : [hidden]),
    // Rows of one tenant may all be in another partition.
    ...(own === 0 ? [] : [shown]),
    ...(own + others === 0 ? [] : withoutContext(isolated, tenancy, cure)),
  ];
}

/**
 * Nothing is seen where no tenant is set. A connection that was used before isn't as it was: a setting that was made for a transaction is an empty text
 * afterwards, and no longer missing. Both are tried.
 */
function withoutContext({ table }: Isolated, { role, settings, withoutContext: wanted }: Tenancy, cure: string): readonly Probe[] {
  const { name } = table;
  const breakings = policiesOff(table);
  const expected = 'error' in wanted ? asExpected(wanted) : counted(0);
  const fresh: Probe = {
    key: `${name}:no-context`,
    subject: `${name}: rows as ${role} without a context`,
    label: 'without a context',
    check: {
      sql: 'error' in wanted ? `select from ${name} limit 1` : counting(`from ${name}`),
      role,
      settings: {},
      answer: 'error' in wanted ? 'rows' : 'value',
    },
    ...expected,
    breakings,
    freshSession: true,
    cure: `Let the policies of ${name} let nothing through where no tenant is set, or correct withoutContext.`,
    proofCure: 'If it is meant to fail there, say so: "withoutContext": { "error": "P0001" }.',
  };
  const nothing = counted(0);
  const used: Probe = {
    key: `${name}:used-connection`,
    subject: `${name}: rows as ${role} on a used connection without a context`,
    label: 'on a used connection',
    check: { sql: counting(`from ${name}`), role, settings: Object.fromEntries(Object.keys(settings).map((setting) => [setting, ''])), answer: 'value' },
    ...nothing,
    // An error shows no row either: an empty text is no number.
    judge: (seen) => (seen.kind === 'error' && !/^(08|53|55|57|58|XX)/.test(seen.sql.sqlstate) ? 'holds' : nothing.judge(seen)),
    breakings,
    cure,
  };
  return Object.keys(settings).length === 0 ? [fresh] : [fresh, used];
}
