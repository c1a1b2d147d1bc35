import type { RootCause } from './root-cause.ts';

/** SQLSTATEs that migrations of a known history never meet: what they make is there already, what they need isn't, or somebody is in the way. */
export const usuallyForbidden = ['42P07', '42703', '42710', '55P03', '40P01'] as const;

const causes: Readonly<Record<string, RootCause>> = {
  // What the migration makes is there already: production isn't what its history says.
  '42P06': 'structural-parity',
  '42P07': 'structural-parity',
  '42701': 'structural-parity',
  '42710': 'structural-parity',
  '42723': 'structural-parity',
  // What the migration needs isn't there (yet).
  '42P01': 'dependency-order',
  '42703': 'dependency-order',
  '42704': 'dependency-order',
  '42883': 'dependency-order',
  '3F000': 'dependency-order',
  '55P03': 'lock',
  '40P01': 'lock',
};

/**
 * What an error of a migration says of the deploy, where its SQLSTATE alone tells that.
 *
 * @example causeOfSqlstate('42P07') // 'structural-parity'
 */
export function causeOfSqlstate(sqlstate: string): RootCause | undefined {
  return causes[sqlstate];
}
