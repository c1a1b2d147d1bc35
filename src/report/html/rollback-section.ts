import { leadsBack, tellDataDifference, type WayBackReport, type WayBackStep, wayWords } from '../../core/rollback.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showCount, showCountOf, showDuration } from '../measures.ts';
import { placeText } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { folded, list, section, stateWord } from './pieces.ts';

/** The ways back from the deploy: what each takes back, how long that takes, and what it doesn’t bring back. */
export function rollbackSection({ waysBack }: RunSummary): Markup | undefined {
  if (waysBack.length === 0) return undefined;
  const good = waysBack.filter(({ steps }) => steps.every(leadsBack)).length;
  return section('rollback', 'The way back', `${showCount(good)} of ${showCountOf(waysBack.length, 'way leads', 'ways lead')} back`, waysBack.map(way));
}

function way({ way: name, required, steps }: WayBackReport): Markup {
  const compared = steps.findLast((step) => step.compared !== undefined)?.compared;
  const drops = [...new Set(steps.flatMap((step) => step.drops))];
  const heading = wayWords[name].slice(0, 1).toUpperCase() + wayWords[name].slice(1);
  return html`<h3>${heading}${required ? undefined : html` <span class="quiet">advisory</span>`}</h3><div class="wide"><table class="stack"><thead><tr><th scope="col">Taken back</th><th scope="col">Leads back</th><th scope="col" class="right">Deploy</th><th scope="col" class="right">Way back</th><th scope="col">Schema</th><th scope="col">Data</th></tr></thead><tbody>${steps.map(row)}</tbody></table></div>${
    compared === undefined
      ? undefined
      : html`<p class="quiet">Compared with what was before: ${showCountOf(compared.objects, 'object')}, and the hashes of ${showCountOf(compared.values, 'value')} in ${showCountOf(compared.tables, 'table')}.</p>`
  }${since(steps)}${
    name === 'restore'
      ? html`<p>What was written since the backup is lost${rowsSince(steps)}. ${backupTime(steps)}</p>`
      : drops.length === 0
        ? undefined
        : folded(
            `What is written into ${showCountOf(drops.length, 'table or column', 'tables and columns')} since the deploy goes with it`,
            html`${list(drops)}`,
          )
  }`;
}

/** What became of rows that were written after the deploy. */
function since(steps: readonly WayBackStep[]): Markup | undefined {
  const tried = steps.findLast((step) => step.since !== undefined)?.since;
  if (tried === undefined) return undefined;
  const { tables, gone, failure } = tried;
  if (failure !== undefined)
    return html`<p class="bad">With a row written into ${tables.join(', ')} since the deploy, going back fails: ${failure.message}</p>`;
  const kept = gone.length === 0 ? 'going back keeps them' : `going back loses what was written into ${gone.join(', ')}`;
  return html`<p>A row was written into each of ${showCountOf(tables.length, 'table')} after the deploy: ${kept}.</p>`;
}

function row(step: WayBackStep): Markup {
  const { migration, place, forwardMs, backMs } = step;
  return html`<tr><td><span class="mono">${migration ?? 'all together'}</span>${place === undefined ? undefined : html`<span class="quiet">${placeText(place)}</span>`}</td><td>${outcome(step)}</td><td class="right num" data-label="deploy">${time(forwardMs)}</td><td class="right num" data-label="way back">${time(backMs)}</td><td>${schema(step)}</td><td>${data(step)}</td></tr>`;
}

function outcome(step: WayBackStep): Markup {
  if (step.outcome === 'not-tried') return html`${stateWord('inconclusive', 'not tried')} <span class="quiet">${step.why}</span>`;
  if (step.outcome !== 'done') return html`${stateWord('failed', step.outcome)} <span class="quiet">${step.failure?.sql?.sqlstate}</span>`;
  if (leadsBack(step))
    return step.changed
      ? stateWord('passed', step.data.length + step.differences.length === 0 ? 'yes' : 'but for what may differ')
      : stateWord('inconclusive', 'it had changed nothing');
  return stateWord('failed', 'no');
}

function schema({ compared, differences, ledger, again }: WayBackStep): Markup {
  if (compared === undefined) return html`<span class="quiet">not compared</span>`;
  const told = [
    ...differences.map(({ title, policy }) => `${title}${policy === 'report' ? ' (only reported)' : ''}`),
    ...(ledger === undefined ? [] : [ledger]),
    ...(again?.ok === false ? [`it can’t be deployed again: ${again.failure.message}`] : []),
  ];
  if (told.length === 0) return html`equal`;
  return told.length === 1 ? html`${told}` : folded(showCountOf(told.length, 'difference'), html`${list(told)}`);
}

function data({ compared, data: found }: WayBackStep): Markup {
  if (compared === undefined) return html`<span class="quiet">not compared</span>`;
  if (found.length === 0) return html`equal`;
  const told = found.map((one) => `${tellDataDifference(one)}${one.declared === undefined ? '' : ` (may go: ${one.declared})`}`);
  return told.length === 1 ? html`${told}` : html`${list(told)}`;
}

function time(ms: number | undefined): Markup {
  return ms === undefined ? html`<span class="quiet">–</span>` : html`${showDuration(ms)}`;
}

function rowsSince(steps: readonly WayBackStep[]): string {
  const rows = steps.reduce((sum, step) => sum + (step.rowsSince ?? 0), 0);
  return rows === 0 ? '' : `, ${showCountOf(rows, 'row')} that the migrations themselves wrote among it`;
}

function backupTime(steps: readonly WayBackStep[]): string {
  const [ms] = steps.flatMap(({ backupMs }) => backupMs ?? []);
  return ms === undefined ? '' : `Making the backup took ${showDuration(ms)}; times are this machine’s, with this tool’s own dump.`;
}
