import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CopyMessages } from './copy-messages.ts';

function message(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([header, body]);
}

const anyMessage = fc.record({
  type: fc.constantFrom('d', 'd', 'd', 'c', 'H', 'C', 'N', 'S'),
  body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});

test('rows go on and the rest to the driver, wherever the chunks are cut', () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 30 }), fc.infiniteStream(fc.integer({ min: 1, max: 60 })), (messages, lengths) => {
      const all = Buffer.concat(messages.map(({ type, body }) => message(type, body)));
      const forwarded: Buffer[] = [];
      const parsed: Buffer[] = [];
      const reader = new CopyMessages((part) => forwarded.push(Buffer.from(part)));
      for (let at = 0; at < all.length; ) {
        const end = at + (lengths.next().value as number);
        reader.read(all.subarray(at, end), (data) => parsed.push(Buffer.from(data)));
        at = end;
      }
      const isRow = ({ type }: { type: string }) => type === 'd' || type === 'c';
      const whole = (wanted: typeof messages) => Buffer.concat(wanted.map(({ type, body }) => message(type, body)));
      expect(Buffer.concat(forwarded)).toEqual(whole(messages.filter(isRow)));
      expect(Buffer.concat(parsed)).toEqual(whole(messages.filter((one) => !isRow(one))));
      expect(reader.rows).toBe(messages.filter(({ type }) => type === 'd').length);
      expect(reader.missingBytes).toBe(0);
    }),
  );
});

test('a row that is cut lacks its rest', () => {
  const reader = new CopyMessages(() => {});
  const row = message('d', Buffer.from('one row'));
  reader.read(row.subarray(0, 7), () => {});
  expect(reader.missingBytes).toBe(5);
  reader.read(row.subarray(7), () => {});
  expect(reader.missingBytes).toBe(0);
  // Of a cut header nothing was handed on yet.
  reader.read(row.subarray(0, 3), () => {});
  expect(reader.missingBytes).toBe(0);
});
