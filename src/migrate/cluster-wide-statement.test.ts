import { expect, test } from 'vitest';
import { clusterWideStatement } from './cluster-wide-statement.ts';

test.each([
  ['create role app login', { what: 'create role', roles: ['app'], makes: 'app' }],
  ['CREATE /* x */ USER "App User" with password \'x\'', { what: 'create user', roles: ['App User'], makes: 'App User' }],
  ['alter group g add user a', { what: 'alter group', roles: ['g'] }],
  ['alter role a rename to b', { what: 'alter role', roles: ['a', 'b'] }],
  ['alter role all set work_mem = 1', { what: 'alter role …' }],
  ['alter role a in database shop set work_mem = 1', { what: 'alter role …' }],
  ['drop role if exists a, "B"', { what: 'drop role', roles: ['a', 'B'] }],
  ['drop owned by a', { what: 'drop owned', roles: ['a'] }],
  ['reassign owned by a, b to c', { what: 'reassign owned', roles: ['a', 'b'] }],
  ['grant a, b to c with admin option', { what: 'grant of a role', roles: ['a', 'b', 'c'] }],
  ['revoke admin option for a from b cascade', { what: 'revoke of a role', roles: ['a', 'b'] }],
  ['grant connect on database shop to a', { what: 'grant on database' }],
  ['grant set on parameter work_mem to a', { what: 'grant on parameter' }],
  ['create database x', { what: 'create database' }],
  ['alter database x set work_mem = 1', { what: 'alter database' }],
  ['alter system set work_mem = 1', { what: 'alter system' }],
  ["create tablespace t location '/x'", { what: 'create tablespace' }],
  ["create subscription s connection '' publication p", { what: 'create subscription' }],
  ["comment on role a is 'x'", { what: 'comment on role', roles: ['a'] }],
  ["comment on database d is 'x'", { what: 'comment on database' }],
  ['select pg_reload_conf()', { what: 'pg_reload_conf()' }],
  ["select pg_catalog.pg_create_logical_replication_slot('x', 'y')", { what: 'pg_create_logical_replication_slot()' }],
])('%s', (statement, expected) => {
  expect(clusterWideStatement(statement)).toEqual(expected);
});

test.each([
  'create user mapping for app server s',
  'create table role (system int)',
  'grant select on table t to a',
  'grant usage on schema s to a',
  "comment on table t is 'create role'",
  'create policy p on t to a',
  'alter default privileges for role a grant select on tables to b',
  "insert into t values ('drop role a')",
  'do $$ begin create role a; end $$',
  'alter table database add column tablespace text',
  'select "pg_reload_conf"',
  'set role a',
])('only of the database: %s', (statement) => {
  expect(clusterWideStatement(statement)).toBeUndefined();
});
