import type { CloudTags } from './cloud-tags.ts';
import type { StateTable } from './state-table.ts';

/** A thing in a cloud at one moment. */
export interface Seen {
  readonly status: string;
  readonly tags: CloudTags;
  /** Somebody asked the cloud to refuse its deletion. */
  readonly isProtected: boolean;
  /** False while a change that was asked for is still to come, although the state doesn't tell. */
  readonly isSettled: boolean;
  /** 0 to 1, where the cloud tells how far it is. */
  readonly share?: number;
}

/** Something that a cloud keeps for us: how to look at it and how to delete it. Each call throws CloudError. */
export interface CloudThing {
  /** For sentences: `instance pgrehearse-production-20260101030000`. */
  readonly label: string;
  readonly states: StateTable;
  /** Undefined: there is none of this name. */
  look(signal?: AbortSignal): Promise<Seen | undefined>;
  /** Asks for its deletion; what stays of it stays with it. */
  delete(): Promise<void>;
  /** Takes the protection against deletion away. Absent where there is none. */
  readonly unprotect?: () => Promise<void>;
}

/** How often a state is looked at, and until when; milliseconds. */
export interface Patience {
  readonly pollMs: number;
  readonly waitMs: number;
}

/** RDS allows few descriptions a second for a whole account, and restoring takes a quarter of an hour at least: https://docs.aws.amazon.com/general/latest/gr/rds-service.html. */
export const usualPatience: Patience = { pollMs: 15_000, waitMs: 2 * 3_600_000 };
