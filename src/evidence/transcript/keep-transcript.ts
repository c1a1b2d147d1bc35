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

export type Started = Pick<TranscriptCommand, 'argv' | 'environment' | 'inherits' | 'outcome' | 'durationMs'> & Partial<Pick<TranscriptCommand, 'cwd' | 'on'>>;

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
  /** What the address led to then: a port may be another server's later. Undefined until that is known. */
  resource: Resource | undefined;
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

  // Behind a tunnel the port is that of the tunnel's near end.
  const isProduction = ({ host, port, hostAddress }: Address) =>
    production !== undefined && production.host === host && (production.port === port || (hostAddress !== undefined && production.hostAddress === undefined));

  const keepStatement = (sent: Omit<SentTo, 'address'> & { readonly address: Address | undefined }) => {
    const { address, by, durationMs } = sent;
    const where = address === undefined ? '' : `${address.user}\n${address.host}\n${address.port}\n${address.database}`;
    const resource = address === undefined ? undefined : (places.get(`${address.port}/${address.database}`) ?? places.get(`${address.port}/`));
    const outcome = sent.sqlstate ?? 'ok';
    const cut = sent.text.length > longest ? { characters: sent.text.length, sha256: createHash('sha256').update(sent.text).digest('hex') } : undefined;
    const key = `s\n${resource?.id}\n${where}\n${by}\n${outcome}\n${cut?.sha256 ?? sent.text}`;
    const known = kept.get(key);
    if (known !== undefined) {
      known.times += 1;
      known.durationMs += durationMs;
    } else if (kept.size >= mostListed && (address === undefined || !isProduction(address))) unlisted += 1;
    else {
      const whole = cut === undefined ? sent.text : sent.text.slice(0, beginning);
      const text = address !== undefined && isProduction(address) ? whole : showText(whole);
      const at = now().toISOString();
      kept.set(key, { kind: 'statement', at, times: 1, durationMs, address, resource, by: nameOf(by), text, outcome, ...(cut === undefined ? {} : { cut }) });
    }
  };

  const targetOf = ({ address, resource }: KeptStatement): Pick<TranscriptStatement, 'target' | 'where'> => {
    if (address === undefined) return { target: 'clone', where: 'through the recorder' };
    const shown = showAddress(address);
    if (isProduction(address)) return { target: 'production', where: shown };
    if (resource === undefined) return { target: 'other', where: shown };
    return { target: kindOf(resource), where: `${resource.label}, ${shown}` };
  };

  const hearOf = (what: Extract<Event, { type: 'resource' }>['what'], resource: Resource) => {
    const { port, database } = resource.facts;
    if (port === undefined) return;
    // Of servers of our own a port is one thing; on a shared one only the database is.
    const shared = resource.kind === 'database';
    const place = `${port}/${shared ? database : ''}`;
    if (what === 'removed' && places.get(place)?.id === resource.id) places.delete(place);
    if (what !== 'made') return;
    places.set(place, resource);
    // A server is told of when it is ready: what made it ready was sent before.
    for (const one of kept.values()) {
      if (one.kind === 'statement' && one.resource === undefined && one.address?.port === port && (!shared || one.address.database === database))
        one.resource = resource;
    }
  };

  return {
    statement: keepStatement,
    command(started) {
      const key = `c\n${JSON.stringify([started.argv, started.cwd, started.on, started.environment, started.outcome])}`;
      const known = kept.get(key);
      if (known === undefined) kept.set(key, { kind: 'command', at: now().toISOString(), times: 1, ...started });
      else {
        known.times += 1;
        known.durationMs += started.durationMs;
      }
    },
    hear(event) {
      if (event.type === 'resource') hearOf(event.what, event.resource);
      if (event.type === 'statement') ranStatements = true;
      if (event.type === 'recorded' && !ranStatements) {
        for (const statement of event.recording.statements) keepStatement({ address: undefined, by: 'migration tool', ...sentBy(statement) });
      }
    },
    transcript: () => ({
      entries: [...kept.values()].map((one): TranscriptEntry => (one.kind === 'command' ? one : withPlace(one, targetOf(one)))),
      unlisted,
    }),
  };
}

function withPlace({ at, times, durationMs, by, text, cut, outcome }: KeptStatement, place: Pick<TranscriptStatement, 'target' | 'where'>) {
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
