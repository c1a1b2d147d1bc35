import type { Result } from './result.ts';

/** As whom we speak to Azure, and where. Credentials are what the SDK finds by itself; never from our configuration. */
export interface AzureAccess {
  readonly subscription: string;
  /** The directory that the credentials must belong to; not looked at where absent. */
  readonly tenant?: string;
  readonly resourceGroup: string;
  /** Resource Manager's address, where it isn't that of the public cloud or of the authority that AZURE_AUTHORITY_HOST names. */
  readonly endpoint?: string;
  /** `default`: what DefaultAzureCredential finds; `cli`: who is logged in with `az login`. */
  readonly credential: 'default' | 'cli';
}

export interface AzureNetwork {
  readonly publicNetworkAccess?: string;
  readonly delegatedSubnetResourceId?: string;
  readonly privateDnsZoneArmResourceId?: string;
}

/** A Flexible Server as Azure tells it; only what we read. */
export interface AzureServer {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly sku?: { readonly name?: string | undefined; readonly tier?: string | undefined } | undefined;
  readonly state?: string | undefined;
  readonly version?: string | undefined;
  readonly administratorLogin?: string | undefined;
  readonly fullyQualifiedDomainName?: string | undefined;
  readonly storage?: { readonly storageSizeGB?: number | undefined } | undefined;
  readonly backup?: { readonly earliestRestoreDate?: Date | undefined } | undefined;
  readonly network?: AzureNetwork | undefined;
  readonly authConfig?: { readonly passwordAuth?: string | undefined } | undefined;
}

export interface AzureFirewallRule {
  readonly name?: string | undefined;
  readonly startIpAddress?: string | undefined;
  readonly endIpAddress?: string | undefined;
}

/** A call that was accepted, and goes on by itself. */
export interface AzureOngoing {
  /** Waits for its end, with a look now and then. Throws CloudError where it ended badly: that is the only place in which Azure says why. */
  readonly ended: (everyMs: number, signal: AbortSignal) => Promise<void>;
}

/** The calls of Azure that we make, and no other, by the names of its REST API. Each is about the resource group of the access; of an output only what we read is named. */
export interface AzureOperations {
  Servers_Get: { readonly input: { readonly server: string }; readonly output: AzureServer };
  Servers_ListByResourceGroup: { readonly input: Record<string, never>; readonly output: readonly AzureServer[] };
  Servers_CreateOrUpdate: {
    readonly input: {
      readonly server: string;
      readonly location: string;
      readonly createMode: 'PointInTimeRestore';
      readonly sourceServerResourceId: string;
      readonly pointInTimeUTC: Date;
      readonly sku?: { readonly name: string; readonly tier: string };
      readonly network?: AzureNetwork;
      readonly tags: Readonly<Record<string, string>>;
    };
    readonly output: AzureOngoing;
  };
  Servers_Update: { readonly input: { readonly server: string; readonly administratorLoginPassword: string }; readonly output: AzureOngoing };
  Servers_Delete: { readonly input: { readonly server: string }; readonly output: AzureOngoing };
  FirewallRules_CreateOrUpdate: {
    readonly input: { readonly server: string; readonly rule: string; readonly startIpAddress: string; readonly endIpAddress: string };
    readonly output: AzureOngoing;
  };
  FirewallRules_Delete: { readonly input: { readonly server: string; readonly rule: string }; readonly output: AzureOngoing };
  FirewallRules_ListByServer: { readonly input: { readonly server: string }; readonly output: readonly AzureFirewallRule[] };
}

export type AzureOperation = keyof AzureOperations;

/** One resource group, as one identity. */
export interface AzureAccount {
  readonly access: AzureAccess;
  /** Whose credentials these are, as far as their token tells: it is Azure's to read, and need not be readable. Throws CloudError. */
  identify(): Promise<{ readonly tenant?: string; readonly who?: string }>;
  /**
   * Makes one call; throttling and faults of the service are tried again with growing pauses. Returns when Azure has accepted it. Throws CloudError, or FailureError where a package
   * is missing; `cloudFailure` makes a Failure of either.
   */
  call<O extends AzureOperation>(operation: O, input: AzureOperations[O]['input'], signal?: AbortSignal): Promise<AzureOperations[O]['output']>;
}

export interface AzurePort {
  /** Fails with `package-missing`. Says nothing to the network yet, so that wrong credentials show with the first call. */
  connect(access: AzureAccess): Promise<Result<AzureAccount>>;
}
