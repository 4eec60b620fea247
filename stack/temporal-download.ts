// Run alone: lets the SDK's test package download the Temporal CLI into the folder named, and prints its path.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const folder = process.argv[2] ?? '.';
const server = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir: folder } } });
await server.teardown();
const program = readdirSync(folder).find((file) => file.startsWith('temporal'));
console.log(program ? join(folder, program) : '');
process.exit(0);
