// A .zip file as it is made, entry after entry. zlib tells checksum and length at the end of a gzip stream, on its own thread; here the deflated bytes between its head and that end
// are taken, because a checksum made in JavaScript costs more than a third of what deflating costs.
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface ZipEntry {
  /** ASCII. */
  path: string;
  /** Deflate level, 1 to 9. */
  level: number;
  body: Iterable<Buffer> | AsyncIterable<Buffer>;
}
interface Written {
  path: Buffer;
  at: number;
  crc: number;
  packed: number;
  size: number;
}

/** What is made next need not wait until what came before is deflated, on another thread, nor that until it is taken: 2 MiB may wait on both sides; a slice of 500 rows is deflated in one go. */
const ROOM = { chunkSize: 262_144, highWaterMark: 2_097_152 };
const GZIP_HEAD = 10;
const GZIP_END = 8;
const MOST = 0xffff_ffff;
/** Sizes follow the data; names are UTF-8. */
const FLAGS = 0x0808;
const NEEDS = 20;
const DEFLATED = 8;

/** Bytes of the file, up to 4 GiB; throws above that, and whatever an entry's body throws. */
export async function* zipped(entries: Iterable<ZipEntry>, madeAt: Date): AsyncGenerator<Buffer> {
  const when = dosTime(madeAt);
  const written: Written[] = [];
  let at = 0;
  for (const entry of entries) {
    const path = Buffer.from(entry.path);
    yield record(0x0403_4b50, [[NEEDS], [FLAGS], [DEFLATED], when, [0, 4], [0, 4], [0, 4], [path.length], [0]], path);
    const { crc, packed, size } = yield* deflate(entry);
    yield record(0x0807_4b50, [
      [crc, 4],
      [packed, 4],
      [size, 4],
    ]);
    written.push({ path, at, crc, packed, size });
    at += 30 + path.length + packed + 16;
    if (at > MOST) throw new Error('more than a .zip file of this kind holds');
  }
  const directory = written.map(({ path, crc, packed, size, at: from }) =>
    record(
      0x0201_4b50,
      [[NEEDS], [NEEDS], [FLAGS], [DEFLATED], when, [crc, 4], [packed, 4], [size, 4], [path.length], [0], [0], [0], [0], [0, 4], [from, 4]],
      path,
    ),
  );
  yield* directory;
  const length = directory.reduce((sum, one) => sum + one.length, 0);
  yield record(0x0605_4b50, [[0], [0], [written.length], [written.length], [length, 4], [at, 4], [0]]);
}

/** The deflated bytes; ends with how many, and with checksum and length of what they were. */
async function* deflate({ body, level }: ZipEntry): AsyncGenerator<Buffer, Pick<Written, 'crc' | 'packed' | 'size'>> {
  const gzip = createGzip({ level, ...ROOM });
  const fed = pipeline(body, gzip);
  // What goes wrong in the body is thrown by reading, too.
  fed.catch(() => undefined);
  let head = GZIP_HEAD;
  let held: Buffer = Buffer.alloc(0);
  let packed = -GZIP_HEAD - GZIP_END;
  for await (const chunk of gzip as AsyncIterable<Buffer>) {
    packed += chunk.length;
    const part = head > 0 ? chunk.subarray(head) : chunk;
    head = Math.max(0, head - chunk.length);
    if (part.length < GZIP_END) {
      held = Buffer.concat([held, part]);
      continue;
    }
    yield held;
    yield part.subarray(0, -GZIP_END);
    held = part.subarray(-GZIP_END);
  }
  await fed;
  if (held.length > GZIP_END) yield held.subarray(0, -GZIP_END);
  const end = held.subarray(-GZIP_END);
  return { crc: end.readUInt32LE(0), packed, size: end.readUInt32LE(4) };
}

/** A signature, fields of 2 or 4 bytes, and a name. */
function record(signature: number, fields: readonly (readonly [number, 4?])[], name: Buffer = Buffer.alloc(0)): Buffer {
  const length = 4 + fields.reduce((sum, [, bytes = 2]) => sum + bytes, 0);
  const made = Buffer.alloc(length + name.length);
  let at = made.writeUInt32LE(signature);
  for (const [value, bytes = 2] of fields) at = made.writeUIntLE(value, at, bytes);
  name.copy(made, length);
  return made;
}

/** Time and date of Shanghai in one field of 4 bytes, two seconds fine. */
function dosTime(at: Date): [number, 4] {
  const local = new Date(at.getTime() + 28_800_000);
  const date = ((local.getUTCFullYear() - 1980) << 9) | ((local.getUTCMonth() + 1) << 5) | local.getUTCDate();
  const time = (local.getUTCHours() << 11) | (local.getUTCMinutes() << 5) | (local.getUTCSeconds() >> 1);
  return [date * 65_536 + time, 4];
}
