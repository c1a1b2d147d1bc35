import type { ComparisonSummary, RunSummary } from '../../core/run-summary.ts';
import type { TrafficReport } from '../../core/traffic.ts';
import { visible } from '../../core/visible-text.ts';
import { waiverStates } from '../comparison/comparison-words.ts';
import { showCount, showCountOf } from '../measures.ts';
import { phaseWords } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { facts, list, section } from './pieces.ts';

/** What "the same" meant: how the schemas were compared, what was left out, and what isn't compared at all. */
export function scopeSection({ comparisons, traffic }: RunSummary): Markup | undefined {
  if (comparisons.length === 0) return undefined;
  return section('scope', 'What was compared', undefined, [...comparisons.map(comparison), ...(traffic === undefined ? [] : [trafficScope(traffic)])]);
}

/** Whose traffic it was: what wasn't replayed was not seen waiting. */
function trafficScope({ sessions, replay, without }: TrafficReport): Markup {
  const kinds = [...Map.groupBy(sessions, ({ kind }) => kind)].map(([kind, of]) => `${kind} ${showCount(of.length)}`);
  return html`<div class="scope"><h3>Traffic: ${showCountOf(sessions.length, 'session')}</h3>${facts([
    ['Sessions', kinds.join(', ')],
    [
      'Replayed',
      replay === undefined
        ? 'no statement of the application: traffic.replay was not asked for'
        : `${showCountOf(replay.statements, 'statement')}, from ${replay.from.join(' and ')}`,
    ],
    ['Not replayed', list(replay?.leftOut ?? [])],
    ['Without traffic', list(without.map(({ table, why }) => `${table}: ${why}`))],
  ])}</div>`;
}

function comparison({ phase, scope, differences, waivers = [] }: ComparisonSummary): Markup {
  const kinds = Object.entries(scope.kinds).sort(([, a], [, b]) => b - a);
  return html`<div class="scope"><h3>${capital(phaseWords[phase])}: ${showCountOf(differences, 'difference')} in ${showCountOf(scope.objectsCompared, 'object')}</h3>${facts(
    [
      ['Sides', `${scope.leftServer} against ${scope.rightServer}`],
      ['Engines', scope.engines.join(', ')],
      ['Objects', kinds.map(([kind, count]) => `${kind} ${showCount(count)}`).join(', ')],
      ['Properties', scope.factsCompared === undefined ? undefined : `${showCount(scope.factsCompared)} read from the catalogs`],
      ['Only schemas', scope.included?.join(', ')],
      ['Left out', list(scope.excluded) ?? 'nothing'],
      [
        'Waived',
        list(
          waivers.map(
            (use) =>
              `${visible(use.object)}: ${use.property}, until ${use.expires}: ${waiverStates[use.state]}, ${showCountOf(use.matched, 'difference')} matched. ${use.reason}`,
          ),
        ),
      ],
      ['Incomplete', list(scope.incomplete ?? [])],
      ['Not compared', list(scope.notCompared)],
      ['Unmodelled', list(scope.unmodelled ?? [])],
      ['Stable after', scope.cycles === 0 ? 'the texts were compared as they came' : showCountOf(scope.cycles, 'dump and restore', 'dumps and restores')],
      ['Fingerprints', html`<span class="hash">${scope.leftFingerprint}<br>${scope.rightFingerprint}</span>`],
    ],
  )}</div>`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
