import { nameSome } from '../../../core/name-some.ts';
import type { Recording, Wait } from '../../../core/recording.ts';
import type { RunSummary } from '../../../core/run-summary.ts';
import type { Stall, TrafficReport } from '../../../core/traffic.ts';
import { retrySentence } from '../../cost-words.ts';
import { lockName } from '../../locks.ts';
import { showCount, showCountOf, showDuration } from '../../measures.ts';
import { html, type Markup } from '../markup.ts';
import { folded } from '../pieces.ts';

/** Chains that are drawn; all stalls are in the table. */
const maxChains = 3;
/** Sessions that are named for an error; the table of sessions has all. */
const maxNames = 4;

/** Who waited for whom in the worst stalls, and what the application would have seen. */
export function stallsPart(recording: Recording, traffic: TrafficReport): Markup {
  return html`${worstByTable(traffic.stalls).map((stall) => chain(recording, stall))}${errorsPart(traffic)}${folded(
    `Traffic: ${showCountOf(traffic.sessions.length, 'session')}`,
    sessions(traffic),
  )}`;
}

/** The worst stall of each table: what stalls its reader stalls its writer too. */
function worstByTable(stalls: readonly Stall[]): readonly Stall[] {
  const tables = new Map<string, Stall>();
  for (const stall of stalls) if (!tables.has(stall.table ?? stall.session)) tables.set(stall.table ?? stall.session, stall);
  return [...tables.values()].slice(0, maxChains);
}

/** Each error once, with all who met it. */
function errorsPart({ sessions }: TrafficReport): Markup | undefined {
  const met = new Map<string, { readonly sqlstate: string; readonly message: string; count: number; readonly names: string[] }>();
  for (const { name, errors } of sessions) {
    for (const { sqlstate, message, count } of errors) {
      const error = met.get(`${sqlstate} ${message}`) ?? { sqlstate, message, count: 0, names: [] };
      error.count += count;
      error.names.push(name);
      met.set(`${sqlstate} ${message}`, error);
    }
  }
  if (met.size === 0) return undefined;
  return html`<h3>What the application would have seen</h3><ul class="errors">${[...met.values()].map(
    ({ sqlstate, message, count, names }) =>
      html`<li><code>${sqlstate}</code> ${message} <span class="quiet">${showCountOf(count, 'time')}: ${nameSome(names, maxNames)}</span></li>`,
  )}</ul>`;
}

function chain(recording: Recording, stall: Stall): Markup {
  const heading = `${stall.session} stalled for ${showDuration(stall.toMs - stall.fromMs)}`;
  const names = new Map(recording.relations.map(({ oid, name }) => [oid, name]));
  const links = stall.chain.map((wait, index) => html`<li>${link(recording, names, wait, index === 0 ? stall.statement : wait.query)}</li>`);
  const blockers = stall.chain.at(-1)?.blockedBy ?? [];
  const holders = stall.heldBy === undefined ? blockers.map((pid) => who(recording, pid)) : [stall.heldBy.session ?? who(recording, stall.heldBy.pid)];
  return html`<h3>${heading}</h3><ol class="chain">${links.length === 0 ? html`<li><code>${stall.statement.slice(0, 160)}</code></li><li class="quiet">what it waited for was not seen</li>` : links}${
    holders.length === 0 ? undefined : html`<li>held by ${holders.join(', ')}</li>`
  }</ol>`;
}

function link(recording: Recording, names: ReadonlyMap<number, string>, wait: Wait, query: string | undefined): Markup {
  const name = wait.relation === undefined ? undefined : (names.get(wait.relation) ?? `relation ${wait.relation}`);
  const wanted = `${lockName(wait.mode)}${name === undefined ? '' : ` on ${name}`}`;
  return html`${who(recording, wait.pid, wait)} waits for ${wanted}${query === undefined ? undefined : html` <code>${query.slice(0, 160)}</code>`}`;
}

/** A session by what it is, where that is known. */
function who({ connections, waits }: Recording, pid: number, wait?: Wait): string {
  if (wait?.session !== undefined) return wait.session;
  const connection = connections.find((one) => one.pid === pid);
  if (connection !== undefined) return connections.length === 1 ? 'the migration' : `the migration’s connection ${connection.id}`;
  return waits.find((one) => one.pid === pid && one.session !== undefined)?.session ?? `session ${pid}`;
}

/** What of the application's own statements could be replayed. */
function replayed(replay: TrafficReport['replay']): Markup | undefined {
  if (replay === undefined) return undefined;
  const left = replay.leftOut.length === 0 ? '' : ` Not among them: ${replay.leftOut.join('; ')}.`;
  return html`<p>${showCountOf(replay.statements, 'statement')} of the application were replayed, from ${replay.from.join(' and ')}.${left}</p>`;
}

function sessions({ sessions, without, replay }: TrafficReport): Markup {
  const rows = sessions.map(
    ({ name, statement, runs, durations, errors, callsPerHour }) =>
      html`<tr><td>${name}${callsPerHour === undefined ? undefined : html` <span class="quiet">${showCount(callsPerHour)} calls an hour in production</span>`}<code class="mono">${statement.slice(0, 120)}</code></td><td class="num right" data-label="runs">${runs}</td><td class="num right" data-label="median">${showDuration(durations.p50Ms)}</td><td class="num right" data-label="longest">${showDuration(durations.maxMs)}</td><td class="right" data-label="errors">${errors.reduce((sum, { count }) => sum + count, 0)}</td></tr>`,
  );
  return html`${replayed(replay)}<table class="stack"><thead><tr><th>Session</th><th class="right">Runs</th><th class="right">Median</th><th class="right">Longest</th><th class="right">Errors</th></tr></thead><tbody>${rows}</tbody></table>${
    without.length === 0 ? undefined : html`<p>Without traffic: ${without.map(({ table, why }) => `${table} (${why})`).join('; ')}.</p>`
  }`;
}

/** What a lock timeout with retries would have done, where that was rehearsed. */
export function retriesPart({ retries }: RunSummary): Markup | undefined {
  if (retries.length === 0) return undefined;
  return html`<h3>With a lock timeout</h3><ul>${retries.map(
    (rehearsal) =>
      html`<li>${retrySentence(rehearsal)}${rehearsal.worstSession === undefined ? undefined : ` (${rehearsal.worstSession})`}. <span class="quiet">Rehearsed on a clone of its own under the same traffic${
        rehearsal.pauseMs === undefined ? '' : `, ${showDuration(rehearsal.pauseMs)} between two tries`
      }.</span></li>`,
  )}</ul>`;
}
