import { test } from 'vitest';
import { proveNothingUnmasked } from '../support/prove-unmasked.ts';

test('no masked value gets to a copy, a dump or what is kept of them; joins hold (PostgreSQL 15)', () => proveNothingUnmasked(15));
