// A posted form with one file, read while it arrives.
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Request } from 'express';
import { kept } from './http.ts';

interface Upload {
  /** What was typed beside the file. */
  field(name: string): string;
  /** Null where the form had no file. */
  fileName: string | null;
  tooLarge: boolean;
}

/** `take` gets the file as a stream, at most so many bytes of it. Rejects where the form is none or breaks off, once `take` has come to an end too. */
export async function readUpload(req: Request, fileSize: number, take: (stream: Readable) => Promise<void>): Promise<Upload> {
  const fields = new Map<string, string>();
  let fileName: string | null = null;
  let tooLarge = false;
  const taken: Promise<void>[] = [];
  const form = busboy({ headers: req.headers, defParamCharset: 'utf8', limits: { files: 1, fields: 5, fileSize, fieldSize: 100 } });
  // Of a charset that busboy does not know, there is no value.
  form.on('field', (name, value: string | undefined) => fields.set(name, kept(value ?? '')));
  form.on('file', (_name, stream, info) => {
    fileName = kept([...(info.filename ?? '')].slice(0, 100).join(''));
    stream.on('limit', () => {
      tooLarge = true;
    });
    const part = new PassThrough();
    stream.on('error', (error) => part.destroy(error)).pipe(part);
    // Whoever cannot take it leaves the rest to be read past, so that there is an answer.
    part.on('close', () => stream.resume());
    const taking = take(part);
    // Told below; until then nobody listens.
    taking.catch(() => undefined);
    taken.push(taking);
  });
  const [read] = await Promise.allSettled([pipeline(req, form)]);
  const results = await Promise.allSettled(taken);
  for (const result of [read, ...results]) if (result.status === 'rejected') throw result.reason;
  return { field: (name) => fields.get(name) ?? '', fileName, tooLarge };
}
