import { type QueryValue, XmlList, type XmlValue } from './query-protocol.ts';
import { AwsError, type Call } from './service.ts';

/** A machine that may serve as a bastion. */
export interface Machine {
  readonly id: string;
  readonly region: string;
  state: 'pending' | 'running' | 'stopping' | 'stopped' | 'terminated';
  readonly tags: Readonly<Record<string, string>>;
  /** Whether Systems Manager knows its agent, and which version that is. */
  agent?: { readonly version: string; status: 'Online' | 'ConnectionLost' };
}

const numbers = { pending: 0, running: 16, stopping: 64, stopped: 80, terminated: 48 };

/** What EC2 is asked for: which machines there are, by id, tag or state. EC2 answers with `item` for every list. */
export class FakeEc2 {
  readonly machines: Machine[] = [];
  readonly #hasGroup: (id: string) => boolean;

  /** @param hasGroup whether there is a security group of this id */
  constructor(hasGroup: (id: string) => boolean) {
    this.#hasGroup = hasGroup;
  }

  answer(call: Call, params: { readonly [name: string]: QueryValue | undefined }): { readonly [name: string]: XmlValue } {
    if (call.action === 'DescribeSecurityGroups') return this.#groups(params.GroupId);
    if (call.action !== 'DescribeInstances') throw new AwsError('InvalidAction', `The action ${call.action} is not valid for this web service.`);
    const ids = Array.isArray(params.InstanceId) ? params.InstanceId : [];
    const here = this.machines.filter(({ region }) => region === call.region);
    for (const id of ids) {
      if (!here.some((machine) => machine.id === id)) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${String(id)}' does not exist`);
    }
    const found = here.filter((machine) => (ids.length === 0 || ids.includes(machine.id)) && filtersOf(params.Filter).every((fits) => fits(machine)));
    return {
      reservationSet: new XmlList(
        'item',
        found.map((machine) => ({ instancesSet: new XmlList('item', [describe(machine)]) })),
      ),
    };
  }

  #groups(asked: QueryValue | undefined): { readonly [name: string]: XmlValue } {
    const ids = Array.isArray(asked) ? asked.map(String) : [];
    const strange = ids.find((id) => !this.#hasGroup(id));
    if (strange !== undefined) throw new AwsError('InvalidGroup.NotFound', `The security group '${strange}' does not exist`);
    return {
      securityGroupInfo: new XmlList(
        'item',
        ids.map((groupId) => ({ groupId })),
      ),
    };
  }
}

function describe({ id, state, tags }: Machine): { readonly [name: string]: XmlValue } {
  return {
    instanceId: id,
    instanceState: { code: numbers[state], name: state },
    tagSet: new XmlList(
      'item',
      Object.entries(tags).map(([key, value]) => ({ key, value })),
    ),
  };
}

function filtersOf(given: QueryValue | undefined): ((machine: Machine) => boolean)[] {
  return (Array.isArray(given) ? given : []).map((filter) => {
    if (typeof filter !== 'object' || Array.isArray(filter) || typeof filter.Name !== 'string' || !Array.isArray(filter.Value)) {
      throw new AwsError('InvalidParameterValue', 'A filter needs a name and values.');
    }
    const { Name: name, Value: values } = filter;
    return ({ state, tags }) => {
      if (name === 'instance-state-name') return values.includes(state);
      if (name.startsWith('tag:')) return values.some((value) => isLike(tags[name.slice('tag:'.length)] ?? '\0', String(value)));
      throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
    };
  });
}

/** `*` stands for any text and `?` for one letter; a backslash takes that from them. */
function isLike(text: string, pattern: string): boolean {
  const parts = pattern.match(/\\.|./gs) ?? [];
  const any: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };
  const escaped = parts.map((part) => any[part] ?? part.replace(/^\\/, '').replace(/[\\^$.*+?()[\]{}|]/, '\\$&'));
  return new RegExp(`^${escaped.join('')}$`, 's').test(text);
}
