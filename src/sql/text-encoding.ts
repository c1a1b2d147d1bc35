/**
 * How TextDecoder calls the encodings in which scripts are written, by Postgres's names. Left out: encodings in which half of a character
 * can look like a quote or backslash (SJIS, BIG5, GBK, …), and those that no decoder knows.
 */
const decoders = new Map([
  ['UTF8', 'utf-8'],
  // No encoding at all, so anything may stand there; statements can be read only if they are UTF-8, as they nearly always are.
  ['SQL_ASCII', 'utf-8'],
  ['LATIN1', 'latin1'],
  ['LATIN2', 'iso-8859-2'],
  ['LATIN3', 'iso-8859-3'],
  ['LATIN4', 'iso-8859-4'],
  ['LATIN6', 'iso-8859-10'],
  ['LATIN7', 'iso-8859-13'],
  ['LATIN8', 'iso-8859-14'],
  ['LATIN9', 'iso-8859-15'],
  ['LATIN10', 'iso-8859-16'],
  ['ISO_8859_5', 'iso-8859-5'],
  ['ISO_8859_6', 'iso-8859-6'],
  ['ISO_8859_7', 'iso-8859-7'],
  ['ISO_8859_8', 'iso-8859-8'],
  ['KOI8R', 'koi8-r'],
  ['KOI8U', 'koi8-u'],
  ['WIN866', 'ibm866'],
  ['WIN874', 'windows-874'],
  ['WIN1250', 'windows-1250'],
  ['WIN1251', 'windows-1251'],
  ['WIN1252', 'windows-1252'],
  ['WIN1253', 'windows-1253'],
  ['WIN1254', 'windows-1254'],
  ['WIN1256', 'windows-1256'],
  ['WIN1257', 'windows-1257'],
  ['WIN1258', 'windows-1258'],
  ['EUC_JP', 'euc-jp'],
  ['EUC_KR', 'euc-kr'],
  ['EUC_CN', 'gb2312'],
]);

/** The TextDecoder label of a Postgres encoding; undefined when scripts in it can't be read. */
export function textDecoderName(postgresEncoding: string): string | undefined {
  return decoders.get(postgresEncoding.toUpperCase().replaceAll(/^UTF-8$|^UNICODE$/g, 'UTF8'));
}
