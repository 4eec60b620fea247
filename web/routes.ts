// Every address of the web with the right it needs; the router is made from this table and a test walks it.
import { auditRoutes } from './audit/routes.ts';
import { authRoutes } from './auth/routes.ts';
import { codecRoutes } from './codec/routes.ts';
import { deskRoutes } from './desk/routes.ts';
import { homeRoutes } from './home/routes.ts';
import type { Route } from './http.ts';
import { bulkRoutes } from './inbox/bulk.ts';
import { inboxRoutes } from './inbox/routes.ts';
import { liveRoutes } from './live/routes.ts';
import { attachmentRoutes } from './merchant-openings/attachments.ts';
import { openingRoutes } from './merchant-openings/routes.ts';
import { merchantRoutes } from './merchants/routes.ts';
import { metricsRoutes } from './metrics/routes.ts';
import { requestRoutes } from './requests/routes.ts';

export const routes: readonly Route[] = [
  ...authRoutes,
  ...homeRoutes,
  ...bulkRoutes,
  ...inboxRoutes,
  ...deskRoutes,
  ...liveRoutes,
  ...requestRoutes,
  ...openingRoutes,
  ...attachmentRoutes,
  ...merchantRoutes,
  ...auditRoutes,
  ...codecRoutes,
  ...metricsRoutes,
];
