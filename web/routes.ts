// Every address of the web with the right it needs; the router is made from this table and a test walks it.
import { alertRoutes } from './alerts/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { authRoutes } from './auth/routes.ts';
import { totpRoutes } from './auth/totp.ts';
import { matchingRoutes } from './bank/matching.ts';
import { bankRoutes } from './bank/routes.ts';
import { codecRoutes } from './codec/routes.ts';
import { deskRoutes } from './desk/routes.ts';
import { attachmentRoutes, uploadRoutes } from './drafts/attachments.ts';
import { forms } from './drafts/forms/index.ts';
import { openingRoutes } from './drafts/forms/opening.ts';
import { pendingRoutes } from './drafts/pending.ts';
import { draftRoutes } from './drafts/routes.ts';
import { homeRoutes } from './home/routes.ts';
import type { Route } from './http.ts';
import { bulkRoutes } from './inbox/bulk.ts';
import { inboxRoutes } from './inbox/routes.ts';
import { ledgerRoutes } from './ledger/routes.ts';
import { liveRoutes } from './live/routes.ts';
import { merchantRoutes } from './merchants/routes.ts';
import { metricsRoutes } from './metrics/routes.ts';
import { groupRoutes } from './people/groups.ts';
import { moduleRoutes } from './people/modules.ts';
import { userRoutes } from './people/users.ts';
import { announcementRoutes } from './reference/announcements.ts';
import { referenceRoutes } from './reference/routes.ts';
import { exportRoutes } from './reports/exports.ts';
import { reportRoutes } from './reports/routes.ts';
import { requestRoutes } from './requests/routes.ts';
import { terminalRoutes } from './terminals/routes.ts';
import { transactionRoutes } from './transactions/routes.ts';

export const routes: readonly Route[] = [
  ...authRoutes,
  ...totpRoutes,
  ...homeRoutes,
  ...bulkRoutes,
  ...inboxRoutes,
  ...deskRoutes,
  ...liveRoutes,
  ...requestRoutes,
  ...openingRoutes,
  ...pendingRoutes,
  ...Object.values(forms).flatMap((form) => [...draftRoutes(form), ...uploadRoutes(form)]),
  ...attachmentRoutes,
  ...merchantRoutes,
  ...terminalRoutes,
  ...transactionRoutes,
  ...alertRoutes,
  ...bankRoutes,
  ...matchingRoutes,
  ...ledgerRoutes,
  ...userRoutes,
  ...groupRoutes,
  ...moduleRoutes,
  ...referenceRoutes,
  ...announcementRoutes,
  ...reportRoutes,
  ...exportRoutes,
  ...auditRoutes,
  ...codecRoutes,
  ...metricsRoutes,
];
