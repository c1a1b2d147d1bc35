import { lockName, whatItBlocks } from '../../locks.ts';
import { showCountOf, showDuration } from '../../measures.ts';
import { html, Markup } from '../markup.ts';
import type { Bar, Lanes, TableLane } from './lanes.ts';
import { type TimeAxis, timeAxis } from './time-axis.ts';

/** More lanes than this are in the table below only. */
const maxTables = 12;
/** More stops than this would keep people pressing the Tab key: the longest bars of a lane have one. */
const maxStops = 24;

/**
 * The chart: statements above, below them a lane for each table with its locks and the stalls of those who wanted it. Every lane is a drawing of its own
 * whose places are percentages, so that it fits any width. Kinds differ in height and hatching too, so that grey print tells them apart.
 */
export function drawLanes(lanes: Lanes): Markup {
  const axis = timeAxis(lanes.toMs - lanes.fromMs);
  const shown = lanes.tables.slice(0, maxTables);
  return html`<figure class="lanes" aria-label="Locks over time: statements above, tables below"><svg class="defs" aria-hidden="true" width="0" height="0"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="2.4" height="6"/></pattern></defs></svg>
${axisRow(axis)}
${lanes.statements.map((bars, index) => row(axis, lanes, lanes.statements.length === 1 ? 'statements' : `connection ${index + 1}`, undefined, [bars]))}
${shown.map((lane) => row(axis, lanes, lane.name, harm(lane), [lane.locks, lane.stalls]))}
${lanes.tables.length > shown.length ? html`<p class="quiet">${showCountOf(lanes.tables.length - shown.length, 'more table')} below.</p>` : undefined}
<figcaption><span class="key all">shuts out reading and writing</span><span class="key writing">shuts out writing</span><span class="key waiting">waits for its lock</span><span class="key stall">application stalls</span></figcaption></figure>`;
}

function axisRow(axis: TimeAxis): Markup {
  const marks = axis.ticks.map((ms) => {
    const anchor = ms === 0 ? 'start' : axis.at(ms) > 94 ? 'end' : 'middle';
    return html`<text x="${percent(axis.at(ms))}" y="12" text-anchor="${anchor}">${ms === 0 ? '0' : showDuration(ms)}</text>`;
  });
  return html`<div class="lane axis"><span></span><svg height="16" aria-hidden="true">${marks}</svg></div>`;
}

/** One lane: its name, and one line of bars for each list. */
function row(axis: TimeAxis, lanes: Lanes, name: string, remark: Markup | undefined, lines: readonly (readonly Bar[])[]): Markup {
  const used = lines.filter((bars, index) => index === 0 || bars.length > 0);
  const lineHeight = 18;
  const grid = axis.ticks.map((ms) => html`<line class="grid" x1="${percent(axis.at(ms))}" x2="${percent(axis.at(ms))}" y1="0" y2="100%"/>`);
  const drawn = used.flatMap((bars, line) => {
    const stops = new Set([...bars].sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs)).slice(0, maxStops));
    return bars.map((bar) => draw(axis, lanes.fromMs, bar, line * lineHeight, stops.has(bar)));
  });
  return html`<div class="lane"><span class="name">${name}${remark}</span><svg height="${used.length * lineHeight}" role="group" aria-label="${name}">${grid}${drawn}</svg></div>`;
}

function draw(axis: TimeAxis, fromMs: number, bar: Bar, top: number, stop: boolean): Markup {
  const left = axis.at(bar.fromMs - fromMs);
  const width = Math.max(0, axis.at(bar.toMs - fromMs) - left);
  const { y, height } = shape[bar.kind];
  const said = describe(bar);
  const rectangle = html`<rect class="${bar.kind}" x="${percent(left)}" width="${percent(width)}" y="${top + y}" height="${height}"${bar.kind === 'blocks-writing' ? hatched : undefined}><title>${said}</title></rect>`;
  const target = bar.statement === undefined ? undefined : `#recorded-${bar.statement.id}`;
  if (!stop) return rectangle;
  return target === undefined
    ? html`<g tabindex="0" role="img" aria-label="${said}">${rectangle}</g>`
    : html`<a href="${target}" aria-label="${said}">${rectangle}</a>`;
}

const hatched = Markup.trusted(' fill="url(#hatch)"');

const shape: Readonly<Record<Bar['kind'], { readonly y: number; readonly height: number }>> = {
  statement: { y: 4, height: 9 },
  'failed-statement': { y: 4, height: 9 },
  waiting: { y: 7, height: 3 },
  'blocks-all': { y: 3, height: 11 },
  'blocks-writing': { y: 3, height: 11 },
  stall: { y: 5, height: 7 },
};

function describe({ kind, fromMs, toMs, statement, lock, stall }: Bar): string {
  const lasted = showDuration(toMs - fromMs);
  if (statement !== undefined) return `${statement.text.slice(0, 120)} (${lasted})`;
  if (stall !== undefined) return `${stall.session} stalled for ${lasted}`;
  if (lock === undefined) return lasted;
  if (kind === 'waiting') return `waits ${lasted} for ${lockName(lock.mode)}`;
  return `${lockName(lock.mode)} for ${lasted}: ${whatItBlocks(lock.mode) ?? 'nothing'} is shut out`;
}

function harm({ worst, stalls }: TableLane): Markup | undefined {
  const longest = stalls.reduce((most, { fromMs, toMs }) => Math.max(most, toMs - fromMs), 0);
  const said = [
    ...(worst === undefined ? [] : [`no ${worst.blocks === 'writing' ? 'writing' : 'reading or writing'} for ${showDuration(worst.ms)}`]),
    ...(longest === 0 ? [] : [`worst stall ${showDuration(longest)}`]),
  ];
  return said.length === 0 ? undefined : html`<small>${said.join(', ')}</small>`;
}

function percent(value: number): string {
  return `${value.toFixed(3)}%`;
}
