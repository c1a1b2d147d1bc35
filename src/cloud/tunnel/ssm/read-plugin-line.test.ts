import { expect, test } from 'vitest';
import { readPluginLine } from './read-plugin-line.ts';

/** Lines of the plugin, word for word. */
test.each([
  ['', undefined],
  ['Starting session with SessionId: someone-0123', undefined],
  ['Port 40000 opened for sessionId someone-0123.', 'listening'],
  ['Waiting for connections...', undefined],
  ['Connection accepted for session [someone-0123]', undefined],
  ['Exiting session with sessionId: someone-0123.', undefined],
  ['Connection to destination port failed, check SSM Agent logs.', 'tunnel-destination-refused'],
  ['Cannot perform start session: listen tcp 127.0.0.1:40000: bind: address already in use', 'tunnel-port-taken'],
  ['Cannot perform start session: EOF', 'tunnel-failed'],
  ['SessionId: someone-0123 : Your session timed out due to inactivity and has been terminated.', 'tunnel-lost'],
  ['Session: someone-0123 timed out.', 'tunnel-lost'],
  ['Terminate signal received, exiting.', 'tunnel-lost'],
  ['Invalid Operation', 'tunnel-failed'],
])('%s', (line, meaning) => {
  const read = readPluginLine(line, 'db.internal:5432');
  expect(typeof read === 'object' ? read.code : read).toBe(meaning);
});

test('the service’s own reason is handed on', () => {
  expect(readPluginLine('SessionId: x : Your session timed out due to inactivity and has been terminated.', 'db:1')).toMatchObject({
    message: 'the session was ended: Your session timed out due to inactivity and has been terminated.',
  });
});
