import { expect, test } from 'vitest';
import type { MaskableColumn } from '../read-columns.ts';
import { typeKind } from '../type-kind.ts';
import { looksPersonal, wordsOf } from './looks-personal.ts';

const categories: Readonly<Record<string, string>> = { _text: 'A', inet: 'I', int4: 'N', bool: 'B', timestamptz: 'D', date: 'D' };

function column(path: string, type = 'text', change: Partial<MaskableColumn> = {}): MaskableColumn {
  const [table = '', name = ''] = path.split('.');
  return {
    ...{ schema: 'public', table, column: name, type, isDomain: false, comment: null, notNull: false, generated: false, identity: false },
    kind: typeKind({ typeName: type, typeSchema: 'pg_catalog', typeCategory: categories[type] ?? 'S', typeKind: 'b', typeModifier: -1 }),
    ...{ partitionKey: false, primaryKey: false, unique: 'no' as const, nullsEqual: false, references: [], referencedBy: [], holders: [] },
    ...change,
  };
}

test('names in many languages and spellings', () => {
  const said: Readonly<Record<string, string>> = {
    'users.email': 'an e-mail address',
    'a.E-Mail': 'an e-mail address',
    'a.billingEmail2': 'an e-mail address',
    'a.mobile_number': 'a phone number',
    'a.Telefonnummer': 'a phone number',
    'a.Vorname': 'a first name',
    'a.prénom': 'a first name',
    'a.apellidos': 'a last name',
    'customers.name': 'a person’s name',
    'kunden.Name': 'a person’s name',
    'a.shipping_address': 'an address',
    'a.Straße': 'an address',
    'a.PLZ': 'a postcode',
    'a.dob': 'a date of birth',
    'a.codice_fiscale': 'an identity number',
    'a.ssn': 'an identity number',
    'a.IBAN': 'a bank account',
    'a.cardNumber': 'a payment card',
    'a.last_login_ip': 'an internet address',
    'a.user_agent': 'a browser',
    'a.password_hash': 'a secret',
    'a.apiKey': 'a secret',
    'a.mot_de_passe': 'a secret',
    'a.refresh_token': 'a secret',
    'a.notes': 'free text, in which people write anything',
    'a.payload': 'whole records of something else',
    'a.religion': 'data of a special category',
  };
  for (const [path, what] of Object.entries(said)) expect(looksPersonal(column(path))?.why, path).toBe(`its name says ${what}`);
  expect(looksPersonal(column('a.customeremail'))?.why).toMatch(/holds “email”/);
});

test('what only sounds like it', () => {
  const harmless: readonly (readonly [string, string?, Partial<MaskableColumn>?])[] = [
    ['products.name'],
    ['a.hostname'],
    ['a.file_name'],
    ['a.status'],
    ['a.email_verified', 'bool'],
    ['a.email_sent_at', 'timestamptz'],
    ['a.password_changed_at', 'timestamptz'],
    ['a.address_id', 'int4'],
    ['a.token_count', 'int4'],
    ['a.email_template'],
    ['a.phone_type'],
    ['a.email_lower', 'text', { generated: true }],
    ['a.sharpness'],
    ['a.shipping_method'],
    ['a.zipped', 'bool'],
  ];
  for (const [path, type, change] of harmless) expect(looksPersonal(column(path, type, change)), path).toBeUndefined();
});

test('types and comments say it too', () => {
  expect(looksPersonal(column('a.source', 'inet'))?.why).toBe('its type is inet');
  expect(looksPersonal(column('a.search', 'tsvector', { kind: { kind: 'other', name: 'tsvector' } }))?.why).toMatch(/tsvector/);
  expect(looksPersonal(column('a.x', 'int4', { comment: 'GDPR: delete after a year' }))?.why).toBe('its comment says so');
  expect(looksPersonal(column('a.x', 'int4', { comment: 'unpersonally counted' }))).toBeUndefined();
  expect(looksPersonal(column('a.phone', 'int4'))?.why).toMatch(/phone/);
  expect(looksPersonal(column('a.ssn', 'int4', { references: ['public.b.ssn'] }))).toBeUndefined();
  expect(looksPersonal(column('a.birthday', 'date'))?.why).toMatch(/birth/);
  expect(looksPersonal(column('a.emails', '_text'))?.why).toMatch(/e-mail/);
});

test('words of a name', () => {
  expect(wordsOf('billingAddress2')).toEqual(['billing', 'address']);
  expect(wordsOf('HTTPUserAgent')).toEqual(['http', 'user', 'agent']);
  expect(wordsOf('Größe (cm)')).toEqual(['grosse', 'cm']);
});
