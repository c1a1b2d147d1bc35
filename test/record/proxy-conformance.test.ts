import { test } from 'vitest';
import { conforms } from './proxy-conforms.ts';

test('60 random sequences of statements give the same bytes through the proxy, with a question of ours at every ReadyForQuery', () => conforms(18, 60, 5));
