// The inbox by keyboard, ticks, and news. Everything here also works without it, by links and buttons.
const $ = (selector) => document.querySelector(selector);
const split = () => $('#split');
const rows = () => [...document.querySelectorAll('#rows .item')];

// ── keys: silent while somebody types or an input method composes; decisions act only on the opened request ──
const typing = (target) => target.closest?.('input:not([type=checkbox]),textarea,select,[contenteditable]') !== null;

function cursor() {
  const all = rows();
  const focused = document.activeElement?.closest?.('#rows .item');
  return { all, at: all.indexOf(focused ?? all.find((row) => row.hasAttribute('aria-current'))) };
}

function move(step) {
  const { all, at } = cursor();
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  next?.querySelector('a').focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}

// A key pressed twice must not decide the next item, which nobody can have read so soon.
const READ_MS = 400;
let arrived = { no: $('#sheet')?.dataset.no, at: -READ_MS };
const press = (selector) => {
  if (performance.now() - arrived.at < READ_MS) return;
  const button = $(selector);
  if (button && button.getAttribute('aria-disabled') !== 'true') button.click();
};

// Nor may the second of two quick clicks, which finds the next item's button under the pointer.
const DOUBLE_MS = 1000;
document.addEventListener(
  'click',
  (event) => {
    if (event.detail < 2 || !event.target.closest?.('#sheet button') || performance.now() - arrived.at > DOUBLE_MS) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

const keys = {
  j: () => move(1),
  k: () => move(-1),
  o: () => cursor().all[cursor().at]?.querySelector('a').click(),
  x: () => cursor().all[cursor().at]?.querySelector('input')?.click(),
  a: () => press('#sheet button[value=approve]'),
  r: () => ($('#reason')?.value.trim() ? press('#sheet button[value=return]') : $('#reason')?.focus()),
  t: () => $('#to')?.focus(),
  c: () => $('#comment')?.focus(),
  '/': () => $('#q')?.focus(),
  '?': () => $('#keys')?.showModal(),
};

document.addEventListener('keydown', (event) => {
  if (!split() || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && typing(event.target)) return event.target.blur();
  if (split().dataset.keys !== 'on' || typing(event.target) || $('#keys')?.open) return;
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
  if (!act || (event.repeat && !'jk'.includes(event.key))) return;
  event.preventDefault();
  act();
});

// ── ticks: shift takes the whole range ──
let lastTicked = null;
function showTicked() {
  const bar = $('#selected');
  if (!bar) return;
  const n = document.querySelectorAll('#rows input:checked').length;
  bar.classList.toggle('on', n > 0);
  const said = n > 0 ? $('#ticked').dataset.words.replace('{n}', n) : '';
  if ($('#ticked').textContent !== said) $('#ticked').textContent = said;
}
document.addEventListener('click', (event) => {
  const tick = event.target.closest?.('#rows input[type=checkbox]');
  if (!tick) return;
  const ticks = [...document.querySelectorAll('#rows input[type=checkbox]')];
  if (event.shiftKey && lastTicked) {
    const [from, to] = [ticks.indexOf(lastTicked), ticks.indexOf(tick)].sort((a, b) => a - b);
    for (const one of ticks.slice(Math.max(0, from), to + 1)) if (!one.disabled) one.checked = tick.checked;
  }
  lastTicked = tick;
  showTicked();
});

// ── the opened request: marked in the list, and from 1100 px down it is the page ──
document.addEventListener('htmx:after:swap', (event) => {
  if (!split()) return;
  const no = $('#sheet')?.dataset.no;
  // Morphing keeps what was typed; but that was meant for the request before, and a comment that was sent is done with.
  const { sourceElement, response } = event.detail?.ctx ?? {};
  if (no !== arrived.no) for (const form of document.querySelectorAll('#sheet form')) form.reset();
  else if (sourceElement?.matches?.('form.comment') && response?.status < 400) sourceElement.reset();
  if (no !== arrived.no) arrived = { no, at: performance.now() };
  split().classList.toggle('opened', no !== undefined);
  for (const row of rows()) {
    if (row.id === `i-${no}`) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }
  showTicked();
});

// ── 常用语 ──
document.addEventListener('change', (event) => {
  if (event.target.id !== 'phrase' || event.target.value === '') return;
  const reason = $('#reason');
  reason.value = [reason.value.trim(), event.target.value].filter(Boolean).join(';');
  event.target.value = '';
  reason.focus();
});

document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) print();
});

// ── news: the server says that something changed, and the list asks again with its own filters ──
let streaming = false;
let asking = false;
async function refresh() {
  const list = $('#rows');
  if (asking || document.hidden) return;
  if (!list) return lookAtSheet();
  asking = true;
  try {
    const url = new URL(list.dataset.refresh, location.href);
    url.searchParams.set(
      'shown',
      rows()
        .map((row) => row.id.slice(2))
        .join(','),
    );
    url.searchParams.set('current', $('#sheet')?.dataset.no ?? '');
    await htmx.ajax('GET', url.pathname + url.search, {
      source: list,
      target: '#rows',
      swap: 'outerMorph',
      request: { headers: { 'HX-Request': 'true', 'X-Background': '1' } },
    });
    markOpened();
  } finally {
    asking = false;
  }
}

/** A request on a page of its own asks whether it has changed since. */
async function lookAtSheet() {
  const sheet = $('#sheet[data-look]');
  if (!sheet || !$('#news')?.hidden) return;
  const answer = await fetch(sheet.dataset.look, { headers: { 'HX-Request': 'true', 'X-Background': '1' } }).catch(() => null);
  if (answer?.status === 200 && (await answer.text()) !== sheet.dataset.version) $('#news').hidden = false;
}

/** The opened request itself has changed: say so, and leave what is typed alone. */
function markOpened() {
  const sheet = $('#sheet');
  const row = sheet?.dataset.no && document.getElementById(`i-${sheet.dataset.no}`);
  const news = $('#news');
  if (news && row?.dataset.revision && row.dataset.revision !== sheet.dataset.revision) news.hidden = false;
}

document.addEventListener('htmx:config:request', (event) => {
  const ctx = event.detail?.ctx;
  if (ctx?.sourceElement?.id === 'live') ctx.request.headers['X-Background'] = '1';
});
document.addEventListener('htmx:sse:after:connection', () => (streaming = true));
document.addEventListener('htmx:sse:error', (event) => {
  streaming = false;
  if (event.detail?.status === 401) $('#live')?.remove();
});
document.addEventListener('htmx:sse:close', () => (streaming = false));
document.addEventListener('changed', refresh);
document.addEventListener('visibilitychange', refresh);
setInterval(() => streaming || refresh(), 30_000);
