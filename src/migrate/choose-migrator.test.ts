import { expect, test } from 'vitest';
import type { RoleFacts } from '../core/source-facts.ts';
import { baselineMigrator } from './choose-migrator.ts';

test('a baseline is built by migrate.role, else by the owner of production’s database, where that is a role of production’s', () => {
  const roles = [{ name: 'shop' }] as RoleFacts[];
  expect(baselineMigrator('deployer', { databaseOwner: 'shop', roles })).toBe('deployer');
  expect(baselineMigrator(undefined, { databaseOwner: 'shop', roles })).toBe('shop');
  expect(baselineMigrator(undefined, { databaseOwner: 'azuresu', roles })).toBeUndefined();
  expect(baselineMigrator(undefined, { databaseOwner: '', roles: [] })).toBeUndefined();
});
