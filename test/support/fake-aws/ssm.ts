import { randomUUID } from 'node:crypto';
import type { Machine } from './ec2.ts';
import { AwsError, type Call } from './service.ts';

/** A forwarding that was begun and not yet ended. */
export interface Session {
  readonly id: string;
  readonly target: string;
  readonly document: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly reason?: string;
}

const documents: Readonly<Record<string, readonly string[]>> = {
  'AWS-StartPortForwardingSession': ['portNumber', 'localPortNumber'],
  'AWS-StartPortForwardingSessionToRemoteHost': ['host', 'portNumber', 'localPortNumber'],
};

/** Systems Manager: sessions through a machine's agent, and parameters. */
export class FakeSsm {
  readonly sessions = new Map<string, Session>();
  readonly parameters = new Map<string, string>();
  /** With which the far ends of sessions let somebody in. */
  readonly tokens: string[] = [];
  readonly machines: readonly Machine[];

  constructor(machines: readonly Machine[]) {
    this.machines = machines;
  }

  answer(call: Call, url: string): object {
    const { params } = call;
    switch (call.action) {
      case 'StartSession':
        return this.#start(call, url);
      case 'TerminateSession': {
        const id = String(params.SessionId);
        this.sessions.delete(id);
        return { SessionId: id };
      }
      case 'DescribeInstanceInformation':
        return {
          InstanceInformationList: this.machines
            .filter(({ agent, region }) => agent !== undefined && region === call.region)
            .map(({ id, agent }) => ({ InstanceId: id, PingStatus: agent?.status, AgentVersion: agent?.version })),
        };
      case 'DescribeSessions':
        return {
          Sessions: [...this.sessions.values()]
            .filter(
              ({ target }) =>
                (params.Filters as { key: string; value: string }[] | undefined)?.every(({ key, value }) => key !== 'Target' || value === target) ?? true,
            )
            .map(({ id, target, document, reason }) => ({ SessionId: id, Target: target, DocumentName: document, Status: 'Connected', Reason: reason })),
        };
      case 'DescribeParameters':
        return { Parameters: [...this.parameters.keys()].map((Name) => ({ Name, Type: 'SecureString' })) };
      case 'GetParameter': {
        const value = this.parameters.get(String(params.Name));
        if (value === undefined) throw new AwsError('ParameterNotFound', '');
        // Without the key's help it is told as it is kept.
        return { Parameter: { Name: params.Name, Type: 'SecureString', Value: params.WithDecryption === true ? value : `encrypted:${value.length}` } };
      }
      default:
        throw new AwsError('UnknownOperationException', call.action);
    }
  }

  #start(call: Call, url: string): object {
    const target = String(call.params.Target);
    const document = String(call.params.DocumentName);
    const parameters = (call.params.Parameters ?? {}) as Record<string, string[]>;
    const allowed = documents[document];
    if (allowed === undefined) throw new AwsError('InvalidDocument', `Document with name ${document} does not exist.`);
    const strange = Object.keys(parameters).find((name) => !allowed.includes(name));
    if (strange !== undefined) throw new AwsError('InvalidParameters', `Parameter "${strange}" is not defined in the document.`);
    const machine = this.machines.find(({ id, region }) => id === target && region === call.region);
    if (machine?.state !== 'running' || machine.agent?.status !== 'Online') {
      throw new AwsError('TargetNotConnected', `${target} is not connected.`);
    }
    const id = `someone-${randomUUID().replaceAll('-', '').slice(0, 17)}`;
    const { Reason } = call.params;
    this.sessions.set(id, { id, target, document, parameters, ...(typeof Reason === 'string' ? { reason: Reason } : {}) });
    const token = randomUUID();
    this.tokens.push(token);
    return { SessionId: id, StreamUrl: `${url.replace('http', 'ws')}/v1/data-channel/${id}?role=publish_subscribe`, TokenValue: token };
  }
}
