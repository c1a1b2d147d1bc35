import { entry, type FailureEntry } from './entry.ts';

/** The way to a server that isn’t reached directly. */
export const tunnelFailures = {
  'tunnel-failed': entry('inconclusive', 'connection', 'The tunnel didn’t come up', 'Do what the sentence names.'),
  'bastion-unusable': entry(
    'inconclusive',
    'connection',
    'The machine that the tunnel leads through can’t be used',
    'Start it, or name another one by its id or tag.',
  ),
  'bastion-missing': entry(
    'inconclusive',
    'connection',
    'There is no machine for the tunnel to lead through',
    'Check the bastion’s id or tag, region, profile and account.',
  ),
  'bastion-ambiguous': entry(
    'inconclusive',
    'connection',
    'Several machines could be the one that the tunnel leads through',
    'Name one of them by its id, or by a tag that only one has.',
  ),
  'bastion-not-connected': entry(
    'inconclusive',
    'connection',
    'Systems Manager can’t reach the machine that the tunnel leads through',
    'Check that its SSM agent runs, that its instance profile has AmazonSSMManagedInstanceCore, and that it can reach the ssm, ssmmessages and ec2messages endpoints.',
  ),
  'bastion-agent-old': entry(
    'inconclusive',
    'connection',
    'The SSM agent of the machine that the tunnel leads through is too old',
    'Update it: `aws ssm send-command --document-name AWS-UpdateSSMAgent --instance-ids …`.',
  ),
  'bastion-unreachable': entry(
    'inconclusive',
    'connection',
    'ssh can’t reach the machine that the tunnel leads through',
    'Check its name and port, network, firewall, security group and VPN; try `ssh` with the same host.',
  ),
  'ssh-host-key': entry(
    'inconclusive',
    'connection',
    'ssh doesn’t know the host key of the machine that the tunnel leads through, or knows another one',
    'Compare the key with its owner’s word, and put it into known_hosts: connect once with `ssh` by hand. A key that changed may be somebody in between.',
  ),
  'ssh-permission-denied': entry(
    'inconclusive',
    'authentication',
    'The machine that the tunnel leads through refused the log-in',
    'Check user and key; a key with a passphrase has to be in the agent (`ssh-add`), since nobody can be asked.',
  ),
  'ssh-forwarding-denied': entry(
    'inconclusive',
    'privileges',
    'The machine that the tunnel leads through doesn’t permit forwarding there',
    'Allow it in its sshd_config: AllowTcpForwarding and PermitOpen.',
  ),
  'tunnel-program-missing': entry('usage', 'environment', 'The program that a tunnel needs is not installed', 'Install it, as named.'),
  'tunnel-plugin-old': entry(
    'usage',
    'environment',
    'The Session Manager plugin is too old',
    'Install a newer one: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html',
  ),
  'tunnel-port-taken': entry('inconclusive', 'connection', 'The tunnel’s port on this machine was taken by another program', 'Run again.'),
  'tunnel-destination-refused': entry(
    'inconclusive',
    'connection',
    'The tunnel is open, and its far end can’t reach the database server',
    'Check host and port, and that the server’s security group or firewall lets the machine in between in.',
  ),
  'tunnel-timed-out': entry(
    'inconclusive',
    'connection',
    'Nothing came through the tunnel in time',
    'Check that the server’s security group or firewall lets the machine in between in: what is dropped silently looks like this.',
  ),
  'tunnel-lost': entry('inconclusive', 'connection', 'The tunnel broke', 'Run again; the machine in between or the network ended it.'),
} as const satisfies Record<string, FailureEntry>;
