// Makes an installation ready before its processes start: schema and seeds in PostgreSQL, namespace and search attributes in Temporal. Safe to repeat.
import { migrate } from '../db/migrate.ts';
import { log } from './log.ts';
import { loadSettings } from './settings.ts';
import { prepareNamespace } from './temporal.ts';

const settings = loadSettings();
await migrate(settings.DATABASE_OWNER_URL || settings.DATABASE_URL, settings.DATABASE_URL);
await prepareNamespace(settings.TEMPORAL_ADDRESS, settings.TEMPORAL_NAMESPACE);
log.info({ namespace: settings.TEMPORAL_NAMESPACE }, 'prepared');
process.exit(0);
