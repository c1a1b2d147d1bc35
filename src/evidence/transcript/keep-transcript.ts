import { createHash } from 'node:crypto';
import type { Event } from '../../core/event.ts';
import type { RecordedStatement } from '../../core/recording.ts';
import type { Resource } from '../../core/resource.ts';
import { type Address, showAddress } from '../../core/server.ts';
import type { Transcript, TranscriptCommand, TranscriptEntry, TranscriptStatement, TranscriptTarget } from '../../core/transcript.ts';

/** Longer statements are kept by their beginning and their hash, in characters. */
const longest = 10_000;
const beginning = 2_000;
/** Canaries and replays may send endlessly many different statements to a clone. */
const mostListed = 20_000;

export interface SentTo {
  readonly address: Address;
  readonly by: string;
  readonly text: string;
  readonly durationMs: number;
  readonly sqlstate?: string;
}

export type Started = Pick<TranscriptCommand, 'argv' | 'environment' | 'inherits' | 'outcome' | 'durationMs'> & { readonly cwd?: string };

/** Keeps what a run does to databases and machines, in order: the same thing done again is counted, not listed again. */
export interface TranscriptKeeper {
  statement(sent: SentTo): void;
  command(started: Started): void;
  /** Learns from the run's events which database is what, and what the team's own tool sent. */
  hear(event: Event): void;
  transcript(): Transcript;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface KeptStatement extends Omit<Mutable<TranscriptStatement>, 'target' | 'where'> {
  readonly address: Address | undefined;
}
type Kept = KeptStatement | Mutable<TranscriptCommand>;

/**
 * @param production where the source is a live server: what is sent there is listed without any limit
 * @param showText what is kept of the text of a statement on a database of our own, such as the text without its literals: on production only catalogs and
 *   whole tables are read, by texts that quote no row
 */
export function keepTranscript(options: {
  readonly now: () => Date;
  readonly production: Address | undefined;
  readonly showText?: (text: string) => string;
}): TranscriptKeeper {
  const { now, production, showText = (text) => text } = options;
  const kept = new Map<string, Kept>();
  const places = new Map<string, Resource>();
  let unlisted = 0;
  let ranStatements = false;

  const isProduction = ({ host, port }: Address) => production !== undefined && production.host === host && production.port === port;

  const keepStatement = (sent: Omit<SentTo, 'address'> & { readonly address: Address | undefined }) => {
    const { address, by, durationMs } = sent;
    const where = address === undefined ? '' : `${address.user}\n${address.host}\n${address.port}\n${address.database}`;
    const outcome = sent.sqlstate ?? 'ok';
    const cut = sent.text.length > longest ? { characters: sent.text.length, sha256: createHash('sha256').update(sent.text).digest('hex') } : undefined;
    const key = `s\n${where}\n${by}\n${outcome}\n${cut?.sha256 ?? sent.text}`;
    const known = kept.get(key);
    if (known !== undefined) {
      known.times += 1;
      known.durationMs += durationMs;
    } else if (kept.size >= mostListed && (address === undefined || !isProduction(address))) unlisted += 1;
    else {
      const whole = cut === undefined ? sent.text : sent.text.slice(0, beginning);
      const text = address !== undefined && isProduction(address) ? whole : showText(whole);
      const at = now().toISOString();
      kept.set(key, { kind: 'statement', at, times: 1, durationMs, address, by: nameOf(by), text, outcome, ...(cut === undefined ? {} : { cut }) });
    }
  };

  const targetOf = (address: Address | undefined): Pick<TranscriptStatement, 'target' | 'where'> => {
    if (address === undefined) return { target: 'clone', where: 'through the recorder' };
    const shown = showAddress(address);
    if (isProduction(address)) return { target: 'production', where: shown };
    const resource = places.get(`${address.port}/${address.database}`) ?? places.get(`${address.port}/`);
    if (resource === undefined) return { target: 'other', where: shown };
    return { target: kindOf(resource), where: `${resource.label}, ${shown}` };
  };

  return {
    statement: keepStatement,
    command(started) {
      const key = `c\n${JSON.stringify([started.argv, started.cwd, started.environment, started.outcome])}`;
      const known = kept.get(key);
      if (known === undefined) kept.set(key, { kind: 'command', at: now().toISOString(), times: 1, ...started });
      else {
        known.times += 1;
        known.durationMs += started.durationMs;
      }
    },
    hear(event) {
      if (event.type === 'resource' && event.what === 'made') {
        const { port, database } = event.resource.facts;
        // Of servers of our own a port is one thing; on a shared one only the database is.
        if (port !== undefined) places.set(`${port}/${event.resource.kind === 'database' ? database : ''}`, event.resource);
      }
      if (event.type === 'statement') ranStatements = true;
      if (event.type === 'recorded' && !ranStatements) {
        for (const statement of event.recording.statements) keepStatement({ address: undefined, by: 'migration tool', ...sentBy(statement) });
      }
    },
    transcript: () => ({
      entries: [...kept.values()].map((one): TranscriptEntry => (one.kind === 'command' ? one : withPlace(one, targetOf(one.address)))),
      unlisted,
    }),
  };
}

function withPlace({ address: _address, at, times, durationMs, by, text, cut, outcome }: KeptStatement, place: Pick<TranscriptStatement, 'target' | 'where'>) {
  return { kind: 'statement' as const, at, times, durationMs, ...place, by, text, ...(cut === undefined ? {} : { cut }), outcome };
}

function sentBy({ text, startedMs, endedMs, error }: RecordedStatement) {
  return { text, durationMs: endedMs - startedMs, ...(error === undefined ? {} : { sqlstate: error.sqlstate }) };
}

function kindOf({ kind, label }: Resource): TranscriptTarget {
  if (kind === 'image' || label.startsWith('image')) return 'image';
  return label.startsWith('baseline') ? 'baseline' : 'clone';
}

/** Names made for one session alone, by which it is looked for, say nothing to a reader. */
function nameOf(by: string): string {
  return by.replace(/^(pgrehearse-nonce)-[0-9a-f]+$/, '$1');
}
