import type { ForeignSession, IsolationReport } from '../../core/isolation.ts';
import type { RequiredObjectState } from '../../core/required-object.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showCountOf, showInstant } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { facts, list, section, stateWord } from './pieces.ts';

/** What the verdict rests on besides what was measured: whose the clone was, what somebody attests, which gates the configuration rules, which objects it requires. */
export function groundSection(summary: RunSummary): Markup | undefined {
  const { gates, attestations, requiredObjects, isolation, cloneComplete } = summary;
  const ruled = gates.flatMap(({ gate, outcome, ruled: ruling }) => (ruling === undefined ? [] : [{ gate, outcome, ruling }]));
  const rows: readonly (readonly [string, Markup | string | undefined])[] = [
    ['Clone complete', cloneComplete === undefined ? undefined : html`${showInstant(cloneComplete.at)}, log at <code>${cloneComplete.lsn}</code>`],
    ['Others on the clone', isolation === undefined ? undefined : othersOn(isolation)],
    ...attestations.map(
      ({ what, by, at, text }) =>
        [
          { backup: 'Backup, by word', source: 'Clone, by word', isolation: 'Isolation, by word' }[what],
          html`${text} <span class="quiet">${by}, ${showInstant(at)}</span>`,
        ] as const,
    ),
    [
      'Ruled by configuration',
      list(
        ruled.map(
          ({ gate, outcome, ruling: { as, reason, doubtBlocks } }) =>
            `${gate}: ${as}${doubtBlocks ? ', and what it can’t tell blocks' : ''}${outcome === 'passed' || as === 'off' ? '' : `, ${outcome}`}${reason === undefined ? '' : `. ${reason}`}`,
        ),
      ),
    ],
  ];
  const shown = rows.some(([, content]) => content !== undefined);
  if (!shown && requiredObjects === undefined) return undefined;
  return section('ground', 'What it rests on', undefined, [
    ...(shown ? [facts(rows)] : []),
    ...(requiredObjects === undefined ? [] : [objectTable(requiredObjects.objects)]),
  ]);
}

function othersOn({ foreign, earlier, excess, ours, ofPrograms = 0, counted, looks, proven, gaps, untilTime }: IsolationReport): Markup {
  const strangers = [...earlier, ...foreign];
  const nobody = strangers.length === 0 && excess === 0;
  const unnamed = excess > foreign.length ? html` ${showCountOf(excess, 'session')} more than the run opened.` : undefined;
  return html`${nobody ? html`nobody, until ${showInstant(untilTime)}` : html`<b class="doubt">somebody</b>`}.${list(strangers.map(sessionWords))}${unnamed} <span class="soft">${
    counted === undefined
      ? `${showCountOf(looks, 'look')} at the server’s sessions.`
      : `The server counted ${showCountOf(counted, 'session')}, the run opened ${ours}${ofPrograms === 0 ? '' : `, ${ofPrograms} of them for the team’s programs`}.`
  } ${proven ? 'A session opened as a stranger’s was found.' : 'That a stranger’s session would be found was not shown.'}</span>${list(gaps)}`;
}

function sessionWords({ user, applicationName, client, since }: ForeignSession): string {
  return `${applicationName === '' ? 'without a name' : applicationName}, as ${user}${client === undefined ? '' : ` from ${client}`}, since ${showInstant(since)}`;
}

function objectTable(objects: readonly RequiredObjectState[]): Markup {
  const rows = objects.map(
    ({ kind, name, before, after, madeByThisDeploy, problems }) =>
      html`<tr><td>${after && problems.length === 0 ? stateWord('passed', 'there') : stateWord('failed', after ? 'not valid' : 'missing')}</td><td>${kind} <code>${name}</code></td><td>${
        before ? (madeByThisDeploy ? html`<b class="doubt">there already</b>` : 'there') : 'not there'
      }</td><td>${problems.join('; ')}</td></tr>`,
  );
  return html`<table class="stack"><thead><tr><th scope="col">After</th><th scope="col">Required object</th><th scope="col">Before migrating</th><th scope="col">What is wrong</th></tr></thead><tbody>${rows}</tbody></table>`;
}
