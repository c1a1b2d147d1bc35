export const typeChange = {
  check: 'type-change',
  phase: 'migrate',
  question: 'Did the type of a column or the labels of an enum change that production uses?',
  effect:
    'Sessions that prepared a statement on the column get “cached plan must not change result type”; an application that is still the old one reads or writes values that it doesn’t know.',
  cure: 'Let the old and the new application work on both forms: add the new form, deploy, move the data, deploy, drop the old form.',
  way: 'instead',
  sources: [{ says: 'A label of an enum can be added and renamed, and never taken away.', url: 'https://www.postgresql.org/docs/current/datatype-enum.html' }],
} as const;
