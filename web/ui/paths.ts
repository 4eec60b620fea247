// The one place that knows how addresses are written.
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
  inbox: (values: Query = {}) => `/inbox${query(values)}`,
  inboxItem: (no: string, values: Query = {}) => `/inbox/${no}${query(values)}`,
  inboxRows: (values: Query = {}) => `/inbox/rows${query(values)}`,
  bulk: (act?: 'decision') => `/inbox/bulk${act ? `/${act}` : ''}`,
  bulkResult: (batch: string, values: Query = {}) => `/inbox/bulk/${batch}${query(values)}`,
  views: (id?: number, act?: 'removal' | 'default' | 'up') => `/inbox/views${id === undefined ? '' : `/${id}/${act}`}`,
  desk: (act?: 'keys' | 'phrases') => `/desk${act ? `/${act}` : ''}`,
  notifications: (act?: 'read') => `/notifications${act ? `/${act}` : ''}`,
  events: () => '/events',
  print: (no: string) => `/requests/${no}/print`,
  openings: (values: Query = {}) => `/merchant-openings${query(values)}`,
  opening: (no: string, act?: 'draft' | 'check' | 'submission' | 'number' | 'deletion' | 'attachments') => `/merchant-openings/${no}${act ? `/${act}` : ''}`,
  openingField: (no: string, field: string) => `/merchant-openings/${no}/fields/${field}`,
  attachment: (id: string, act?: 'removal') => `/attachments/${id}${act ? `/${act}` : ''}`,
  request: (no: string, values: Query = {}) => `/requests/${no}${query(values)}`,
  act: (no: string, act: 'decision' | 'claim' | 'release' | 'hand-over' | 'comments' | 'withdrawal' | 'urging' | 'retrying' | 'abandonment' | 'reveal') => `/requests/${no}/${act}`,
  history: (no: string) => `/requests/${no}/history`,
  merchants: (values: Query = {}) => `/merchants${query(values)}`,
  merchant: (no: string) => `/merchants/${no}`,
  audit: (values: Query = {}) => `/audit${query(values)}`,
};
