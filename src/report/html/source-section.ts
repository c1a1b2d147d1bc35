import { countOf } from '../../core/count-of.ts';
import { countMasked, type MaskingFacts } from '../../core/masking.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import type { CopyReport, SourceFacts, StatisticsFacts } from '../../core/source-facts.ts';
import { showBytes, showCountOf, showDuration, showInstant } from '../measures.ts';
import { sourceWords } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { facts, folded, list, section } from './pieces.ts';

/** Where the data came from, how old it was, and what the copy could not bring over. */
export function sourceSection({ source, copy, startedAt, parity }: RunSummary): Markup | undefined {
  if (source === undefined && copy === undefined) return undefined;
  return section('source', 'Source and copy', undefined, [
    ...(source === undefined ? [] : [facts(sourceRows(source, startedAt))]),
    ...(copy === undefined ? [] : [facts(copyRows(copy)), ...harmless(copy)]),
    ...(parity.length === 0 ? [] : [parityLine(parity)]),
    ...(source === undefined ? [] : [folded(showCountOf(source.roles.length, 'role'), roles(source))]),
  ]);
}

function sourceRows(source: SourceFacts, startedAt: string | undefined): readonly (readonly [string, string | Markup | undefined])[] {
  const { locale } = source;
  return [
    ['Source', html`<code>${source.label}</code>`],
    ['Kind', `${sourceWords[source.kind]}${source.kind === 'url' ? (source.isStandby ? ', a standby' : ', the primary') : ''}`],
    ['Data as of', `${showInstant(source.dataAsOf)}${age(source.dataAsOf, startedAt)}`],
    ['Database', `${source.database}, ${showBytes(source.sizeBytes)}, PostgreSQL ${source.serverVersion}`],
    ['Locale', [locale.encoding, locale.provider, locale.providerLocale ?? locale.collate].join(', ')],
    ['Extensions', source.extensions.map((extension) => `${extension.name} ${extension.version}`).join(', ')],
    ['Settings', source.databaseSettings.join(', ')],
    ['Server’s settings', source.serverSettings?.join(', ')],
    ['Unknown', list(source.unknown)],
  ];
}

function copyRows(copy: CopyReport): readonly (readonly [string, string | Markup | undefined])[] {
  return [
    ['Copied', `${countOf(copy.rows, 'row')}, ${showBytes(copy.bytes)}, in ${showDuration(copy.durationMs)}`],
    ['Image', copy.fromImage === undefined ? undefined : `nothing was copied for this run: ${copy.fromImage.id}, made ${showInstant(copy.fromImage.madeAt)}`],
    ['Schema read by', copy.ddlBy],
    ['Snapshot held', copy.snapshotHeldMs === 0 ? undefined : showDuration(copy.snapshotHeldMs)],
    ['Masked', copy.masking === undefined ? undefined : masked(copy.masking)],
    ['Planner statistics', copy.statistics === undefined ? undefined : statistics(copy.statistics)],
    ['Not brought over', copy.losses.length === 0 ? 'nothing was lost' : losses(copy)],
  ];
}

/** Columns and how they were masked; values and the salt are known to nobody here. */
function masked(masking: MaskingFacts): Markup {
  const objects = { empty: '; large objects without their content', keep: '; large objects as they are', none: '' }[masking.largeObjects];
  const salt = masking.salt === 'variable' ? 'the team’s own salt' : 'a random salt';
  const columns = masking.columns.map(({ schema, table, column, strategy }) => html`<li><code>${schema}.${table}.${column}</code> ${strategy}</li>`);
  return html`${countMasked(masking)}, with ${salt}${objects}${columns.length === 0 ? undefined : folded('Which', html`<ul>${columns}</ul>`)}`;
}

/** Which tables are planned as in production, and which by what was gathered on the copy. */
function statistics({ carried, analysed }: StatisticsFacts): Markup {
  const named = (tables: readonly string[]) => html`<p>${tables.map((table) => html`<code>${table}</code> `)}</p>`;
  const lines = analysed.map(
    ({ why, tables }) => html`<li>${folded(`${showCountOf(tables.length, 'table')} analysed on the copy: ${why}`, named(tables))}</li>`,
  );
  const own = `production’s own for ${showCountOf(carried.length, 'table')}`;
  return html`${carried.length === 0 ? own : folded(own, named(carried))}${lines.length === 0 ? undefined : html`<ul>${lines}</ul>`}`;
}

function losses(copy: CopyReport): Markup {
  return html`<ul>${copy.losses.map(
    (loss) => html`<li><b>${loss.object.kind} ${loss.object.name}</b>: ${loss.message} <span class="soft">${loss.cure}</span></li>`,
  )}</ul>`;
}

function harmless(copy: CopyReport): readonly Markup[] {
  return copy.harmless.length === 0
    ? []
    : [
        folded(
          `${showCountOf(copy.harmless.length, 'note')} on the copy: what was switched off on purpose, and harmless messages`,
          html`${list(copy.harmless)}`,
        ),
      ];
}

function parityLine(parity: RunSummary['parity']): Markup {
  const off = parity.filter((change) => change.before !== change.after);
  if (off.length === 0) return html`<p class="soft">Source and clone have the same number of rows in each of ${showCountOf(parity.length, 'table')}.</p>`;
  return html`<p class="bad">Source and clone differ in ${showCountOf(off.length, 'table')}: ${off
    .map((change) => `${change.table} ${change.before ?? '–'} against ${change.after ?? '–'}`)
    .join(', ')}.</p>`;
}

function roles(source: SourceFacts): Markup {
  return html`<ul>${source.roles.map((role) => {
    const attributes = [
      ...(role.superuser ? ['superuser'] : []),
      ...(role.bypassRls ? ['BYPASSRLS'] : []),
      ...(role.canLogin ? ['LOGIN'] : []),
      ...(role.createRole ? ['CREATEROLE'] : []),
      ...(role.createDb ? ['CREATEDB'] : []),
      ...(role.replication ? ['REPLICATION'] : []),
      ...(role.inherit ? [] : ['NOINHERIT']),
    ];
    const groups = source.memberships.filter((membership) => membership.member === role.name).map((membership) => membership.role);
    return html`<li><code>${role.name}</code> <span class="soft">${[...attributes, ...(groups.length === 0 ? [] : [`member of ${groups.join(', ')}`])].join(', ')}</span></li>`;
  })}</ul>`;
}

function age(dataAsOf: string, startedAt: string | undefined): string {
  if (startedAt === undefined) return '';
  const ageMs = Date.parse(startedAt) - Date.parse(dataAsOf);
  // A live copy is taken after the run starts.
  return Number.isNaN(ageMs) ? '' : ageMs < 60_000 ? ', as the run started' : `, ${showDuration(ageMs)} before the run`;
}
