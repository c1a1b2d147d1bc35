import type { Finding } from '../../core/finding.ts';
import { compareFindings } from '../../core/finding-order.ts';
import { showCount } from '../show-count.ts';

/** From so many on, findings of one check are told as one. */
const many = 4;
/** So many of them are told by their titles, and so many give their code. */
const [named, withCode] = [20, 10];

/**
 * Findings as a person wants to read them: many of one check and severity are one, with the others in its detail. Those that block are one only where the same
 * migration did them, since that is where they are cured. The first by id gives the group its id, so that it is the same in the next run.
 */
export function groupFindings(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ check, severity, migration }) => JSON.stringify([check, severity, severity === 'blocker' ? migration : undefined]));
  return [...groups.values()].flatMap((group) => (group.length < many ? group : merge(group.toSorted(compareFindings))));
}

function merge(group: readonly Finding[]): readonly Finding[] {
  const [first, ...others] = group;
  if (first === undefined) return [];
  const { migration, place, ...rest } = first;
  const statements = [...new Set(group.slice(0, withCode).flatMap(({ advice }) => advice?.statements ?? []))];
  const notes = [...new Set(group.flatMap(({ advice }) => advice?.notes ?? []))];
  const left = others.length - named;
  return [
    {
      ...rest,
      title: `${first.title}, and ${showCount(others.length, 'more finding')} of the kind`,
      detail: [
        ...(first.detail === undefined ? [] : [first.detail]),
        'The others:',
        ...others.slice(0, named).map((one) => `– ${one.title}${one.migration === undefined || one.migration === migration ? '' : ` (${one.migration})`}`),
        ...(left > 0 ? [`– and ${left} more`] : []),
      ].join('\n'),
      ...(migration !== undefined && others.every((one) => one.migration === migration) ? { migration, ...(place === undefined ? {} : { place }) } : {}),
      ...(statements.length === 0 ? {} : { advice: { statements, notes } }),
    },
  ];
}
