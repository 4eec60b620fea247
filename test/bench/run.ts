// `npm run bench -- NAME`: us and a peer alternately in one run, their medians and the ratio. Fails when something is wrong, never when it is slow.
// Its flags (package.json): a process that made a hundred thousand requests and then waits would search its memory for what it can give back, with as many threads as there are processors, and
// those that are measured would stand still for 150 ms.
import { benchInbox } from './inbox.ts';
import { benchLedger } from './ledger.ts';
import { benchLive } from './live.ts';
import { benchPurchases } from './purchases.ts';
import { benchReports } from './reports.ts';
import { benchRequests } from './requests.ts';
import { benchSignIn } from './sign-in.ts';
import { benchStatements } from './statements.ts';

const benches: Record<string, () => Promise<void>> = {
  requests: benchRequests,
  inbox: benchInbox,
  live: benchLive,
  ledger: benchLedger,
  statements: benchStatements,
  purchases: benchPurchases,
  reports: benchReports,
  'sign-in': benchSignIn,
};
const name = process.argv[2] ?? '';
const bench = benches[name];
if (!bench) {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join(' | ')}`);
  process.exit(2);
}
await bench();
process.exit(0);
