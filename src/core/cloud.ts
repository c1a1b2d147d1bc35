import type { AwsAccess } from './aws.ts';
import type { AzureAccess } from './azure.ts';
import type { Failure } from './failure.ts';
import type { Secret } from './secret.ts';

export type CloudKind = 'rds' | 'aurora' | 'azure';

/** What servers cost their team, in US dollars an hour, by class. */
export type Prices = Readonly<Record<string, number>>;

/** What a server costs, and by whose word. */
export interface Price {
  /** US dollars. */
  readonly costPerHour: number;
  /** `settings`: the team's own. `list`: the cloud's public one. */
  readonly priceFrom: 'settings' | 'list';
  /** The region whose list that is, where it is another one than the server's. */
  readonly priceRegion?: string;
  readonly includesDisk: boolean;
}

/** A class of server with its price, where one is known: no guess. */
export interface ClassPrice extends Partial<Price> {
  readonly instanceClass: string;
}

/** What every server that is restored for us is asked for. */
export interface ThrowawayWish {
  /** Of classes that may be tried, and of any others. */
  readonly prices: Prices;
  /** Hours after which its tag says that it may be deleted by anybody. */
  readonly deleteAfterHours: number;
  /** Milliseconds between two looks at a state, and until a wait for one state is given up. */
  readonly pollMs: number;
  readonly waitMs: number;
}

/** Production on RDS, and what is to be restored from it. */
export interface RdsWish extends ThrowawayWish {
  readonly kind: 'rds';
  readonly access: AwsAccess;
  /** The account that the credentials must belong to. */
  readonly account: string;
  readonly instance: string;
  /** The database inside; the instance's own where absent. */
  readonly database?: string;
  readonly snapshot: {
    /** A snapshot that is younger is used as it is. */
    readonly freshnessHours: number;
    /** Take a new one in any case. */
    readonly fresh: boolean;
    /** False: none is taken; where none is young enough, that is an error. */
    readonly take: boolean;
    /** One that we take stays. */
    readonly keep: boolean;
    /** This one, by name, or by ARN where it is shared; its age doesn't matter. */
    readonly identifier?: string;
    /** Copy the snapshot with this key first, and restore the copy: a restore has no key of its own. */
    readonly kmsKey?: string;
  };
  /** Tried in this order; production's own where empty. */
  readonly classes: readonly string[];
  /** Production's own unless given. */
  readonly subnetGroup?: string;
  readonly securityGroups?: readonly string[];
  readonly parameterGroup?: string;
}

/** Production on an Azure Database for PostgreSQL flexible server, and which of its moments is to be restored. */
export interface AzureWish extends ThrowawayWish {
  readonly kind: 'azure';
  readonly access: AzureAccess;
  readonly server: string;
  /** Azure names none. */
  readonly database: string;
  /** ISO 8601; the latest that can be had where absent. */
  readonly pointInTime?: string;
  /** What a killed attempt restored is gone on with where it is younger. */
  readonly freshnessHours: number;
  readonly fresh: boolean;
  /** Names such as Standard_D2ds_v5, tried in this order; production's own where empty. */
  readonly skus: readonly string[];
  /** Production's own unless given; only where production is in a subnet. */
  readonly subnet?: string;
  readonly privateDnsZone?: string;
  /** IPv4 addresses that a public server lets in, and no other. */
  readonly allowFrom: readonly string[];
}

/** Production on Aurora, and how it is copied. */
export interface AuroraWish extends ThrowawayWish {
  readonly kind: 'aurora';
  readonly access: AwsAccess;
  /** The account that the credentials must belong to. */
  readonly account: string;
  readonly cluster: string;
  /** A cluster of ours, itself a copy of that one: it is cloned in place of production, as what it holds now. */
  readonly copyOf?: string;
  /** The database inside; the cluster's own where absent. */
  readonly database?: string;
  /** What a killed attempt left, and a snapshot, is used where it is younger. */
  readonly freshnessHours: number;
  /** Nothing that is there is used. */
  readonly fresh: boolean;
  /** Absent: a copy-on-write clone, which shows production as it is now. */
  readonly snapshot?: {
    /** False: none is taken; where none is young enough, that is an error. */
    readonly take: boolean;
    /** One that we take stays. */
    readonly keep: boolean;
    /** This one, by name, or by ARN where it is shared; its age doesn't matter. */
    readonly identifier?: string;
    /** Of the restored cluster; the snapshot's own where absent. */
    readonly kmsKey?: string;
  };
  /** Tried in this order; that of production's writer where empty. */
  readonly classes: readonly string[];
  /** Production's own unless given. */
  readonly subnetGroup?: string;
  readonly securityGroups?: readonly string[];
  readonly clusterParameterGroup?: string;
  readonly parameterGroup?: string;
}

/** What one command is told about a cloud source, besides the configuration. */
export interface CloudChoices {
  /** Somebody agreed that things are made, and deleted, in the cloud. */
  readonly permitted?: boolean;
  /** The account that is meant, told by whoever starts the command: CI has to. */
  readonly account?: string;
  /** Takes a new snapshot in any case. */
  readonly freshSnapshot?: boolean;
  readonly freshnessHours?: number;
  /** In place of the configuration's. */
  readonly classes?: readonly string[];
  readonly keepSnapshot?: boolean;
}

/** What a person is shown before anything, and what `--dry-run` prints. */
export interface ThrowawayPlan {
  readonly kind: CloudKind;
  /** One sentence a step, in order. */
  readonly steps: readonly string[];
  /** What nobody should be surprised by, such as a pause of a single-AZ instance's I/O. */
  readonly warnings: readonly string[];
  /** Where the server is: what it costs is a matter of that. */
  readonly region: string;
  /** Of each class that is tried, in that order. */
  readonly prices: readonly ClassPrice[];
  /** How long it takes, as a range. */
  readonly minutes: readonly [number, number];
}

/** A server that was restored for us, that only we know the password of, and that is up. Whoever made it deletes it. */
export interface Throwaway extends AsyncDisposable {
  readonly kind: CloudKind;
  /** Its name in the cloud: `pgrehearse-production-20260101030000`. */
  readonly identifier: string;
  readonly region: string;
  readonly account: string;
  readonly endpoint: { readonly host: string; readonly port: number };
  readonly user: string;
  readonly password: Secret;
  readonly database: string;
  /** ISO 8601: the instant of production that it shows. */
  readonly dataAsOf: string;
  /** What it was restored from, for people: `snapshot rds:production-2026-01-01-03-00`. */
  readonly restoredFrom: string;
}

/** How a server is reached that this machine can't reach by itself. */
export type TunnelWish =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'ssm';
      readonly access: AwsAccess;
      /** The machine in between, by its id or by a tag that exactly one running machine has. */
      readonly bastion: { readonly instanceId: string } | { readonly tag: { readonly name: string; readonly value: string } };
    }
  | {
      readonly kind: 'ssh';
      /** As ssh takes it: a host of its configuration, or `user@host`. */
      readonly host: string;
      readonly port?: number;
      readonly identityFile?: string;
      readonly configFile?: string;
    };

/** A way that is open; it is closed with its maker. */
export interface Tunnel extends AsyncDisposable {
  readonly kind: TunnelWish['kind'];
  /** Where to connect: `127.0.0.1` unless direct. */
  readonly host: string;
  readonly port: number;
  /** Why nothing goes through any more, once it was given up. */
  readonly failure?: Failure | undefined;
}
