// OpenAPI 3.1 of /terminal/v1, made from the schemas that read the messages.
import { z } from 'zod';
import { messageTypes, refusalAnswer } from './messages.ts';

const schemaOf = (schema: z.ZodType) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
};
const content = (schema: z.ZodType) => ({ content: { 'application/json': { schema: schemaOf(schema) } } });
const parameter = (name: string, description: string, pattern: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', pattern },
});
const signed = [
  parameter('X-Timestamp', 'epoch ms; not more than 300 s from ours', '^[0-9]{13}$'),
  parameter('X-Nonce', 'never used before by this terminal at this time', '^[A-Za-z0-9_-]{8,40}$'),
  parameter(
    'X-Mac',
    'HMAC-SHA-256 in hex, over method, path, timestamp, nonce and SHA-256 of the body, each but the last followed by a line feed',
    '^[0-9a-f]{64}$',
  ),
];

let text = '';
export function openapi(): string {
  const paths = Object.entries(messageTypes).map(([name, { zh, type, body, answer }]) => [
    `/terminal/v1/${name}`,
    {
      post: {
        operationId: type,
        summary: zh,
        parameters: signed,
        requestBody: { required: true, ...content(body) },
        responses: {
          200: { description: 'decided; the code tells how', ...content(z.union([answer, refusalAnswer])) },
          400: { description: '30 format', ...content(refusalAnswer) },
          401: { description: 'A0 signature, time or nonce', ...content(refusalAnswer) },
          413: { description: '30 too large', ...content(refusalAnswer) },
          429: { description: '96 too many messages of this address failed their signature', ...content(refusalAnswer) },
          503: { description: '96 nothing is known of the outcome', ...content(refusalAnswer) },
        },
      },
    },
  ]);
  text ||= JSON.stringify({
    openapi: '3.1.0',
    info: { title: '账房 联机业务', version: '1', description: 'Transactions of approved terminals. Amounts in fen.' },
    paths: Object.fromEntries(paths),
  });
  return text;
}
