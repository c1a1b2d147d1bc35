import { expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import { failureText } from './failure-text.ts';
import { table } from './table.ts';

const hostile = 'ann\u001b[2J\u0007\u202e';

test('what others named can’t repaint a terminal, nor forge a row', () => {
  expect(table(['OWNER'], [[`${hostile}\nbob`]])).toEqual(['OWNER', 'ann\\x1b[2J\\x07\\u202e\\nbob']);
  const text = failureText(failure('bastion-ambiguous', `2 machines: ${hostile}`, { object: 'x', problems: [failure('cloud-refused', hostile)] }));
  expect(text).toContain('2 machines: ann\\x1b[2J\\x07\\u202e');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(text).not.toMatch(/[\u0007\u001b\u202e]/);
});
