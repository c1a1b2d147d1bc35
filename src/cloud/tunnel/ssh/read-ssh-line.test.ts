import { expect, test } from 'vitest';
import { readSshLine } from './read-ssh-line.ts';

/** Lines of OpenSSH's client that a test can't bring about at will; the others come from a real one, in ssh.test.ts. */
test.each([
  ['debug1: Local forwarding listening on 127.0.0.1 port 40000.', undefined],
  ['debug1: Entering interactive session.', 'listening'],
  ['debug1: channel 2: open failed: administratively prohibited', undefined],
  ['Authenticated to bastion ([10.0.0.1]:22) using "publickey".', undefined],
  ['channel 2: open failed: administratively prohibited: open failed', 'ssh-forwarding-denied'],
  ['channel 12: open failed: connect failed: Connection refused', 'tunnel-destination-refused'],
  ['channel 2: open failed: connect failed: Name or service not known', 'tunnel-destination-refused'],
  ['channel 2: open failed: connect failed: Connection timed out', 'tunnel-destination-refused'],
  ['@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @', 'ssh-host-key'],
  ['Host key verification failed.', 'ssh-host-key'],
  ['No ED25519 host key is known for bastion and you have requested strict checking.', 'ssh-host-key'],
  ['someone@bastion: Permission denied (publickey,gssapi-keyex).', 'ssh-permission-denied'],
  ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures', 'ssh-permission-denied'],
  ['ssh: Could not resolve hostname bastion: Name or service not known', 'bastion-unreachable'],
  ['ssh: connect to host bastion port 22: Connection timed out', 'bastion-unreachable'],
  ['kex_exchange_identification: Connection closed by remote host', 'bastion-unreachable'],
  ['Connection timed out during banner exchange', 'bastion-unreachable'],
  ['bind [127.0.0.1]:40000: Address already in use', 'tunnel-port-taken'],
  ['channel_setup_fwd_listener_tcpip: cannot listen to port: 40000', 'tunnel-port-taken'],
  ['Timeout, server bastion not responding.', 'tunnel-lost'],
  ['Connection to bastion closed by remote host.', 'tunnel-lost'],
  ['client_loop: send disconnect: Broken pipe', 'tunnel-lost'],
  ['/home/me/.ssh/config: line 3: Bad configuration option: proxyjmup', 'tunnel-failed'],
])('%s', (line, meaning) => {
  const read = readSshLine(line, 'bastion', 'db.internal:5432');
  expect(typeof read === 'object' ? read.code : read).toBe(meaning);
});
