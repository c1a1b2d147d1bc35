import { AwsError, type Call } from './service.ts';

/** A key, as DescribeKey tells it. */
export interface Key {
  readonly region: string;
  readonly account: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' | 'Unavailable';
  readonly spec: 'SYMMETRIC_DEFAULT' | 'RSA_2048' | 'HMAC_256';
  readonly usage: 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC';
  readonly alias?: string;
}

/** Key Management Service: which keys there are, by id, ARN or alias. */
export class FakeKms {
  /** By id. */
  readonly keys = new Map<string, Key>();

  constructor() {
    this.add('ours', { alias: 'backups' });
  }

  add(id: string, given: Partial<Key> = {}): string {
    const key: Key = { region: 'eu-central-1', account: '111122223333', state: 'Enabled', spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', ...given };
    this.keys.set(id, key);
    return arnOf(id, key);
  }

  /** The ARN of what a name leads to; of the name itself where it leads to nothing. */
  resolve(name: string, { region, identity }: Call): { readonly arn: string; readonly key?: Key; readonly id?: string } {
    const own = `arn:aws:kms:${region}:${identity.account}:`;
    const arn = name.startsWith('arn:') ? name : `${own}${name.startsWith('alias/') ? name : `key/${name}`}`;
    for (const [id, key] of this.keys) {
      const aliases = key.alias === undefined ? [] : [`arn:aws:kms:${key.region}:${key.account}:alias/${key.alias}`];
      if (key.region === region && [arnOf(id, key), ...aliases].includes(arn)) return { arn: arnOf(id, key), key, id };
    }
    return { arn };
  }

  answer(call: Call): object {
    if (call.action !== 'DescribeKey') throw new AwsError('UnknownOperationException', call.action);
    const name = String(call.params.KeyId);
    const of = name.startsWith('arn:') ? name.split(':')[3] : call.region;
    if (of !== call.region) throw new AwsError('NotFoundException', `Invalid arn ${of}`);
    const { arn, key, id } = this.resolve(name, call);
    if (key === undefined) throw new AwsError('NotFoundException', `${name.includes('alias/') ? 'Alias' : 'Key'} '${arn}' does not exist`);
    return {
      KeyMetadata: {
        AWSAccountId: key.account,
        KeyId: id,
        Arn: arn,
        Enabled: key.state === 'Enabled',
        KeyState: key.state,
        KeyUsage: key.usage,
        KeySpec: key.spec,
        KeyManager: 'CUSTOMER',
        Origin: 'AWS_KMS',
        MultiRegion: false,
      },
    };
  }
}

function arnOf(id: string, { region, account }: Pick<Key, 'region' | 'account'>): string {
  return `arn:aws:kms:${region}:${account}:key/${id}`;
}
