// The one place that knows how addresses are written.
import type { Kind } from '../../workflows/rules/kinds.ts';

/** Where the drafts of each kind live. */
const bases: Record<Kind, string> = {
  merchantOpening: 'merchant-openings', merchantChange: 'merchant-changes', merchantFreeze: 'merchant-freezes', merchantRestore: 'merchant-restores', merchantCancellation: 'merchant-cancellations',
  terminalRegistration: 'terminal-registrations', terminalChange: 'terminal-changes', terminalCancellation: 'terminal-cancellations', topUp: 'top-ups', topUpVoid: 'top-up-voids',
  quotaRefund: 'quota-refunds', lineReturn: 'line-returns', adjustment: 'adjustments', policyChange: 'policy-changes', accessChange: 'access-changes',
};

const query = (values: Record<string, string | number | undefined>) => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined && value !== '') search.set(key, String(value));
  return search.size > 0 ? `?${search}` : '';
};
type Query = Record<string, string | number | undefined>;

export const paths = {
  home: () => '/',
  signIn: (next?: string) => `/sign-in${query({ next })}`,
  signOut: () => '/sign-out',
  captcha: (id: string) => `/captcha/${id}.svg`,
  language: () => '/language',
  password: () => '/password',
  signInCode: () => '/sign-in/code',
  totp: (act?: 'beginning' | 'confirmation' | 'removal') => `/totp${act ? `/${act}` : ''}`,
  inbox: (values: Query = {}) => `/inbox${query(values)}`,
  inboxItem: (no: string, values: Query = {}) => `/inbox/${no}${query(values)}`,
  inboxRows: (values: Query = {}) => `/inbox/rows${query(values)}`,
  bulk: (act?: 'decision') => `/inbox/bulk${act ? `/${act}` : ''}`,
  bulkResult: (batch: string, values: Query = {}) => `/inbox/bulk/${batch}${query(values)}`,
  views: (id?: number, act?: 'removal' | 'default' | 'up') => `/inbox/views${id === undefined ? '' : `/${id}/${act}`}`,
  desk: (act?: 'keys' | 'phrases' | 'sessions') => `/desk${act ? `/${act}` : ''}`,
  notifications: (act?: 'read') => `/notifications${act ? `/${act}` : ''}`,
  /** `since`: when the page was made, epoch ms. */
  events: (since: number) => `/events?since=${since}`,
  print: (no: string) => `/requests/${no}/print`,
  drafts: (kind: Kind, values: Query = {}) => `/${bases[kind]}${query(values)}`,
  newDraft: (kind: Kind, values: Query = {}) => `/${bases[kind]}/new${query(values)}`,
  draft: (kind: Kind, no: string, act?: 'draft' | 'check' | 'submission' | 'number' | 'deletion' | 'attachments') => `/${bases[kind]}/${no}${act ? `/${act}` : ''}`,
  draftField: (kind: Kind, no: string, field: string) => `/${bases[kind]}/${no}/fields/${field}`,
  pendingTopUps: (merchantNo: string) => `/top-ups/pending${query({ merchant: merchantNo })}`,
  attachment: (id: string, act?: 'removal') => `/attachments/${id}${act ? `/${act}` : ''}`,
  request: (no: string, values: Query = {}) => `/requests/${no}${query(values)}`,
  act: (no: string, act: 'decision' | 'claim' | 'release' | 'hand-over' | 'comments' | 'withdrawal' | 'urging' | 'retrying' | 'abandonment' | 'reveal') => `/requests/${no}/${act}`,
  version: (no: string) => `/requests/${no}/version`,
  history: (no: string) => `/requests/${no}/history`,
  merchants: (values: Query = {}) => `/merchants${query(values)}`,
  merchant: (no: string) => `/merchants/${no}`,
  merchantReveal: (no: string) => `/merchants/${no}/reveal`,
  terminals: (values: Query = {}) => `/terminals${query(values)}`,
  terminal: (no: string, act?: 'key') => `/terminals/${no}${act ? `/${act}` : ''}`,
  transactions: (values: Query = {}) => `/transactions${query(values)}`,
  transaction: (id: number) => `/transactions/${id}`,
  merchantDay: (no: string, values: Query = {}) => `/merchants/${no}/day${query(values)}`,
  alerts: (values: Query = {}) => `/alerts${query(values)}`,
  alert: (no: string) => `/alerts/${no}`,
  alertActions: (no: string) => `/alerts/${no}/actions`,
  bankLines: (values: Query = {}) => `/bank-lines${query(values)}`,
  bankMatching: () => '/bank-lines/matching',
  bankUpload: () => '/bank-lines/upload',
  bankImport: (sha: string) => `/bank-lines/import/${sha}`,
  bankLayouts: () => '/bank-lines/layouts',
  ledger: (values: Query = {}) => `/ledger${query(values)}`,
  users: (values: Query = {}) => `/users${query(values)}`,
  user: (code: string, act?: 'unlocking' | 'sessions') => `/users/${code}${act ? `/${act}` : ''}`,
  groups: () => '/groups',
  group: (code: string) => `/groups/${code}`,
  modules: () => '/modules',
  module: (code: string) => `/modules/${code}`,
  holders: (functionCode: string) => `/functions/${functionCode}`,
  register: (name: string, values: Query = {}) => `/public-information/${name}${query(values)}`,
  announcements: (act?: 'removal') => `/announcements${act ? `/${act}` : ''}`,
  auditExport: (values: Query = {}) => `/audit/export${query(values)}`,
  report: (name: string, values: Query = {}) => `/reports/${name}${query(values)}`,
  reportAct: (name: string, act: 'print' | 'export', values: Query = {}) => `/reports/${name}/${act}${query(values)}`,
  reportMerchants: () => '/report-merchants',
  exports: (values: Query = {}) => `/exports${query(values)}`,
  exportAct: (no: string, act: 'file' | 'cancellation') => `/exports/${no}/${act}`,
  audit: (values: Query = {}) => `/audit${query(values)}`,
};
