import { splitList } from '../../text/statement-reader.ts';
import type { AlignedPair } from './aligned-pair.ts';

/**
 * Subscriptions, whose options have become more. Servers before version 16 always work as the subscription's owner, newer ones only if told; and since
 * version 18 changes are streamed in parallel unless told otherwise, where before they weren't streamed. So what is each major's default is the same.
 */
export function alignSubscription({ older, newer, olderSide, newerSide }: AlignedPair): Readonly<Record<string, string | undefined>> {
  const [before, now] = [older.properties.get('definition'), newer.properties.get('definition')];
  if (older.kind !== 'subscription' || before === undefined || now === undefined) return {};
  const [had, has] = [readDefinition(before), readDefinition(now)];
  const sameOwner = had.asOwner === has.asOwner || (olderSide.major < 16 && newerSide.major >= 16);
  const bothDefault = had.streaming === defaultStreaming(olderSide.major) && has.streaming === defaultStreaming(newerSide.major);
  return sameOwner && (had.streaming === has.streaming || bothDefault) && had.rest === has.rest ? { definition: before } : {};
}

function defaultStreaming(major: number): string {
  return major >= 18 ? 'parallel' : 'off';
}

interface Definition {
  readonly streaming: string;
  readonly asOwner: boolean;
  /** All else, as it stands. */
  readonly rest: string;
}

/** Reads `…, streaming = on, run_as_owner` of the catalogs, or `CREATE SUBSCRIPTION … WITH (…, streaming = on, run_as_owner = true)` of pg_dump's text. */
function readDefinition(definition: string): Definition {
  const [, head = '', list = definition] = /^(CREATE SUBSCRIPTION .* WITH )\((.*)\)$/s.exec(definition) ?? [];
  const parts = splitList(list);
  // Before the slot stand the publications, one of which may be called like an option.
  const options = parts.slice(parts.findIndex((part) => part.startsWith('slot_name = ')));
  const optionOf = (name: string) => options.map((option) => new RegExp(`^${name}(?: = (.*))?$`).exec(option)).find((found) => found !== null) ?? undefined;
  const streaming = optionOf('streaming');
  const asOwner = optionOf('run_as_owner');
  // Facts leave out what is off, and so does the pg_dump of an older major; that of version 18 always says how changes are streamed.
  return {
    streaming: streaming === undefined ? 'off' : (streaming[1] ?? 'on'),
    asOwner: asOwner !== undefined && asOwner[1] !== 'false',
    rest: head + parts.filter((part) => !options.includes(part) || !/^(streaming|run_as_owner)\b/.test(part)).join(', '),
  };
}
