#!/usr/bin/env node
// Stands in for AWS's session-manager-plugin: the same arguments, the same lines on standard output, and real TCP behind them. Where a private endpoint leads,
// and in which mood the network is, it asks the stand-in for AWS that began the session.
import { connect, createServer } from 'node:net';

const [response = '', region = '', operation = '', , request = '{}', endpoint = ''] = process.argv.slice(2);
if (response === '--version') {
  console.log('1.2.707.0');
  process.exit(0);
}
if (operation !== 'StartSession') {
  console.log('Operation is invalid.');
  process.exit(1);
}
// It dies of a request without a target.
if (typeof JSON.parse(request).Target !== 'string') throw new Error('interface conversion: interface {} is nil, not string');
// Newer clients hand the answer of StartSession over by a variable, so that its token stands in nobody's list of processes.
const { SessionId: session, StreamUrl: stream } = JSON.parse(response.startsWith('{') ? response : (process.env[response] ?? ''));
const parameters = JSON.parse(request).Parameters ?? {};
const port = Number(parameters.localPortNumber?.[0] ?? 0);
const network = await fetch(new URL(`/network?session=${session}&region=${region}`, stream.replace('ws', 'http')), { headers: { 'x-endpoint': endpoint } });
/** @type {{ port?: number, mood: 'good' | 'refused' | 'idle' | 'drops' | 'silent', dropAfterBytes?: number }} */
const { port: remote, mood, dropAfterBytes = Number.POSITIVE_INFINITY } = await network.json();

console.log(`\nStarting session with SessionId: ${session}`);
let accepted = false;
let passed = 0;
const server = createServer((local) => {
  if (!accepted) console.log(`\nConnection accepted for session [${session}]`);
  accepted = true;
  local.on('error', () => {});
  // A firewall on the way drops what comes.
  if (mood === 'silent') return;
  if (mood === 'refused' || remote === undefined) {
    console.log('Connection to destination port failed, check SSM Agent logs.');
    local.destroy();
    return;
  }
  const far = connect(remote, '127.0.0.1');
  far.on('error', () => local.destroy());
  local.on('close', () => far.destroy());
  far.on('close', () => local.destroy());
  local.pipe(far);
  far.on('data', (chunk) => {
    passed += chunk.length;
    if (passed > dropAfterBytes) {
      // The service closes the channel and the plugin doesn't resume: every connection is gone with it.
      console.log(`\n\nSessionId: ${session} : Your session timed out due to inactivity and has been terminated.`);
      process.exit(0);
    }
    if (!local.write(chunk)) far.pause();
  });
  local.on('drain', () => far.resume());
});
// The real one says nothing more in this case, and stays.
server.on('error', () => setInterval(() => {}, 60_000));
server.listen(port, process.env.SSM_PLUGIN_LOCAL_HOST || 'localhost', () => {
  console.log(`Port ${server.address().port} opened for sessionId ${session}.`);
  console.log('Waiting for connections...');
  if (mood === 'idle') {
    console.log(`\n\nSessionId: ${session} : Your session timed out due to inactivity and has been terminated.`);
    process.exit(0);
  }
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    console.log('Terminate signal received, exiting.');
    // The real one tells the service that the session is over.
    await fetch(new URL(`/network?session=${session}&over=yes`, stream.replace('ws', 'http'))).catch(() => {});
    process.exit(0);
  });
}
