import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Address } from '../../../core/server.ts';
import type { Machine } from './machine.ts';
import { parseAddress } from './parse-address.ts';

let home: string;
let variables: Record<string, string>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pgr-home-'));
  variables = {};
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const machine = (): Machine => ({ environment: (name) => variables[name], user: 'anna', home, socketFolders: [join(home, 'sockets')] });

function read(text: string): Address & { secret: string | undefined } {
  const parsed = parseAddress(text, machine());
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return { ...parsed.value, secret: parsed.value.password?.reveal() };
}

function problem(text: string): string {
  const parsed = parseAddress(text, machine());
  if (parsed.ok) throw new Error('it was taken');
  expect(parsed.failure.code).toBe('usage');
  const told = JSON.stringify(parsed.failure);
  expect(told).not.toContain('s3cret');
  return told;
}

function writePasswords(text: string, mode = 0o600): void {
  const file = join(home, '.pgpass');
  writeFileSync(file, text);
  chmodSync(file, mode);
}

test('nothing written: libpq’s defaults', () => {
  expect(read('')).toMatchObject({ host: 'localhost', port: 5432, user: 'anna', database: 'anna', tls: 'prefer', secret: undefined });
  mkdirSync(join(home, 'sockets'));
  writeFileSync(join(home, 'sockets/.s.PGSQL.5432'), '');
  expect(read('postgres://').host).toBe(join(home, 'sockets'));
});

test.each([
  [
    'postgres://u:s%40%2F%3A%25%C3%A9@db.example.com:6432/shop?sslmode=verify-full',
    { host: 'db.example.com', port: 6432, user: 'u', database: 'shop', tls: 'verify-full', secret: 's@/:%é' },
  ],
  ['postgresql://u@[2001:db8::1]:1/x', { host: '2001:db8::1', port: 1 }],
  ['postgresql:///shop?host=/var/run/pg&port=5433&user=u', { host: '/var/run/pg', port: 5433, database: 'shop', user: 'u' }],
  ['postgres://%2Fvar%2Frun%2Fpg/shop', { host: '/var/run/pg', database: 'shop' }],
  ['postgres://h/d?options=-c%20geqo%3Doff&application_name=x&connect_timeout=3', { options: '-c geqo=off' }],
  ['postgres://h/d?ssl=true', { tls: 'require' }],
  ['postgres://h/d?schema=public&connection_limit=5', { host: 'h' }],
  ['postgres://u@h', { database: 'u' }],
  ["host=h port=1 dbname='a b' user=u password='it\\'s \\\\ = s3cret'", { host: 'h', port: 1, database: 'a b', user: 'u', secret: "it's \\ = s3cret" }],
  ['host = h  dbname=d password=a\\ b', { host: 'h', database: 'd', secret: 'a b' }],
  ['host=h sslmode=require channel_binding=require sslrootcert=system', { channelBinding: 'require', tlsRootCertificate: 'system' }],
  ['hostaddr=127.0.0.1', { host: '127.0.0.1' }],
  [
    'host=db.example.com hostaddr=127.0.0.1 port=6000 sslmode=verify-full',
    { host: 'db.example.com', hostAddress: '127.0.0.1', port: 6000, tls: 'verify-full' },
  ],
])('%s', (text, expected) => {
  expect(read(text)).toMatchObject(expected);
});

test('the environment fills in, and what is written wins', () => {
  variables = { PGHOST: 'env', PGPORT: '1', PGUSER: 'eve', PGDATABASE: 'e', PGPASSWORD: 's3cret', PGSSLMODE: 'disable', PGOPTIONS: '-c jit=off' };
  expect(read('')).toMatchObject({ host: 'env', port: 1, user: 'eve', database: 'e', secret: 's3cret', tls: 'disable', options: '-c jit=off' });
  expect(read('postgres://u:p@h:2/d?sslmode=require')).toMatchObject({ host: 'h', port: 2, user: 'u', database: 'd', secret: 'p', tls: 'require' });
});

test('PGHOSTADDR says where a named host is; the password is the name’s', () => {
  variables = { PGHOSTADDR: '127.0.0.1' };
  writePasswords('127.0.0.1:*:*:*:by address\ndb.example.com:*:*:*:by name');
  expect(read('postgres://u@db.example.com/d')).toMatchObject({ host: 'db.example.com', hostAddress: '127.0.0.1', secret: 'by name' });
  expect(read('postgres://u@/d')).toMatchObject({ host: '127.0.0.1', secret: 'by address' });
  expect(read('postgres://u@/d')).not.toHaveProperty('hostAddress');
});

test('the password file: first line that fits, stars, escapes', () => {
  writePasswords(
    ['# comment', 'h:5432:other:u:no', 'h:5432:shop:u:first:with\\:colons\\\\', 'h:*:*:*:second', 'localhost:*:*:*:by socket', '*:1:d\\:b:*:third'].join('\n'),
  );
  expect(read('postgres://u@h/shop').secret).toBe('first:with:colons\\');
  expect(read('postgres://u@h/else').secret).toBe('second');
  expect(read('postgres://u:mine@h/else').secret).toBe('mine');
  expect(read('postgres://u@x:1/d%3Ab').secret).toBe('third');
  expect(read('postgres://u@x/y').secret).toBeUndefined();
  expect(read(`host=${join(home, 'sockets')}`).secret).toBe('by socket');
});

test('a password file that others may read doesn’t count', () => {
  writePasswords('*:*:*:*:s3cret', 0o644);
  expect(read('postgres://u@h/d').secret).toBeUndefined();
  const elsewhere = join(home, 'mine');
  writeFileSync(elsewhere, '*:*:*:*:from elsewhere');
  chmodSync(elsewhere, 0o600);
  variables = { PGPASSFILE: elsewhere };
  expect(read('postgres://u@h/d').secret).toBe('from elsewhere');
});

test('certificates in the home folder are used, as libpq does', () => {
  mkdirSync(join(home, '.postgresql'));
  for (const name of ['root.crt', 'postgresql.crt', 'postgresql.key']) writeFileSync(join(home, '.postgresql', name), '');
  expect(read('postgres://h/d?sslmode=verify-full')).toMatchObject({
    tlsRootCertificate: join(home, '.postgresql/root.crt'),
    tlsCertificate: join(home, '.postgresql/postgresql.crt'),
    tlsKey: join(home, '.postgresql/postgresql.key'),
  });
  expect(read('postgres://h/d').tlsRootCertificate).toBeUndefined();
});

test('a service', () => {
  writeFileSync(join(home, '.pg_service.conf'), '# services\n[other]\nhost=no\n[shop]\nhost=replica\nport=6543\n# x\nuser=reader\n\n[last]\nhost=no\n');
  expect(read('service=shop dbname=d')).toMatchObject({ host: 'replica', port: 6543, user: 'reader', database: 'd' });
  variables = { PGSERVICE: 'shop' };
  expect(read('host=mine')).toMatchObject({ host: 'mine', port: 6543 });
  expect(problem('service=missing')).toContain('missing');
});

test('what can’t be read is refused without a word of the password', () => {
  expect(problem('postgres://u:s3cret@s3cret@h/d')).toContain('%40');
  expect(problem('postgres://u:s3cret/s3cret@h/d')).toContain('%2F');
  expect(problem('postgres://u:100%s3cret@h/d')).toContain('%25');
  expect(problem('postgres://u:s3cret/h')).toContain('port');
  expect(problem('postgres://u:s3cret?s3cret@h/d')).toContain('%3F');
  expect(problem('postgres://h/d?user=u&password=x&s3cret=y')).toContain('not known');
  expect(problem('host=h password=x s3cret')).toContain('Quote');
  expect(problem('host=h password=x s3cret=y')).toContain('not known');
  expect(problem("host=h password='s3cret")).toContain('Quote');
  expect(problem('postgres://h/d?sslmod=require')).toContain('sslmod');
  expect(problem('postgres://a,b/d')).toContain('several hosts');
  expect(problem('host=a,b')).toContain('several hosts');
  expect(problem('postgres://h:1,2/d')).toContain('several hosts');
  expect(problem('postgres://h:99999/d')).toContain('65535');
  expect(problem('postgres://h/d?sslmode=no-verify')).toContain('sslmode=require');
  expect(problem('postgres://h/d?sslcrl=x')).toContain('sslcrl');
  expect(problem('mysql://u:s3cret@h/d')).toContain('not of Postgres');
  expect(problem('shop')).toContain('neither');
});
