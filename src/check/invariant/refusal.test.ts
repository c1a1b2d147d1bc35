import { expect, test } from 'vitest';
import type { SqlErrorFields } from '../../core/failure.ts';
import { refusal } from './refusal.ts';

test.each<[Partial<SqlErrorFields>, string]>([
  [{ sqlstate: '42501' }, 'guard'],
  [{ sqlstate: 'P0001' }, 'guard'],
  [{ sqlstate: '23001' }, 'guard'],
  [{ sqlstate: '0A000', where: 'PL/pgSQL function f() line 3 at RAISE' }, 'guard'],
  // From PostgreSQL 18 on, ON DELETE RESTRICT says what triggers like to say.
  [{ sqlstate: '23001', constraint: 'line_invoice_fkey' }, 'constraint'],
  [{ sqlstate: '23505', constraint: 'invoice_number' }, 'constraint'],
  [{ sqlstate: '57014', where: 'PL/pgSQL function f() line 3' }, 'else'],
  [{ sqlstate: '2D000', where: 'PL/pgSQL function f() line 3' }, 'else'],
  [{ sqlstate: '42703' }, 'else'],
])('%j: %s', (fields, who) => {
  expect(refusal({ sqlstate: '', message: 'x', ...fields })).toBe(who);
});
