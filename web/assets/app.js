// What plain HTML cannot do: come back to the same field after a new sign-in with what was typed, and choose the bank's code with the bank.
document.documentElement.classList.add('js');

const kept = (form) => `zf-typed-${form.dataset.draft ?? form.dataset.keep}`;
const keeping = () => document.querySelectorAll('form[data-draft],form[data-keep]');

function keepTyped(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string' && !name.startsWith('_')) values[name] = value;
  sessionStorage.setItem(kept(form), JSON.stringify(values));
}

/** The session ended while somebody typed: keep it in this tab, sign in, come back to the field. */
function toSignIn(path) {
  for (const form of keeping()) keepTyped(form);
  const field = document.activeElement?.id ?? '';
  sessionStorage.setItem('zf-field', field);
  const url = new URL(path, location.href);
  url.searchParams.set('next', location.pathname + location.search);
  location.assign(url);
}

function restoreTyped() {
  if (keeping().length === 0) return;
  for (const form of keeping()) {
    const values = sessionStorage.getItem(kept(form));
    if (!values) continue;
    sessionStorage.removeItem(kept(form));
    for (const [name, value] of Object.entries(JSON.parse(values))) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLElement && 'value' in field && field.type !== 'hidden') field.value = value;
    }
    form.dispatchEvent(new Event('input', { bubbles: true }));
  }
  document.getElementById(sessionStorage.getItem('zf-field') ?? '')?.focus();
  sessionStorage.removeItem('zf-field');
}

document.addEventListener('htmx:after:request', (event) => {
  const response = event.detail?.ctx?.response;
  const path = response?.status === 401 ? response.headers.get('X-Sign-In') : null;
  if (path) toSignIn(path);
});

document.addEventListener('change', (event) => {
  if (event.target.name !== 'openingBankName') return;
  const code = event.target.selectedOptions[0]?.text.match(/\d{12}$/)?.[0];
  const field = document.getElementById('f-cnapsCode');
  if (code && field && field.value === '') field.value = code;
});

// What is being submitted is not saved as a draft any more.
document.addEventListener('htmx:before:request', (event) => {
  if (event.target.closest?.('form[data-draft]')?.dataset.sent) event.preventDefault();
});

// A form that the server put into the dialog opens it; closed, it is empty again.
document.addEventListener('htmx:after:swap', () => {
  const dialog = document.getElementById('dialog');
  if (!dialog || dialog.open || dialog.childElementCount === 0) return;
  dialog.showModal();
  dialog.querySelector('.fields input:not([readonly]), .fields select')?.focus();
});
document.addEventListener('click', (event) => event.target.closest?.('[data-close]')?.closest('dialog')?.close());
document.getElementById('dialog')?.addEventListener('close', (event) => event.target.replaceChildren());

// A message beside a field also marks the field.
document.addEventListener('htmx:after:swap', () => {
  for (const message of document.querySelectorAll('.msg[id^="m-"]')) {
    const field = document.getElementById(`f-${message.id.slice(2)}`);
    if (field?.matches('.field')) field.toggleAttribute('aria-invalid', false);
    if (field?.matches('.field') && message.hasAttribute('data-fault')) field.setAttribute('aria-invalid', 'true');
  }
});

// One click, one request: a form that is on its way is not sent again.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || form.dataset.sent) {
    if (form.dataset.sent) event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

// A form of a draft tells that there is a script: the answer is then the request's page itself, and only its address is put in place.
document.addEventListener('formdata', (event) => event.target.matches('form[data-draft]') && event.formData.set('_script', 'yes'));
const { address } = document.documentElement.dataset;
if (address) history.replaceState(history.state, '', address);

restoreTyped();
const fault = document.querySelector('.field[aria-invalid="true"]');
if (fault) fault.focus({ preventScroll: false });

// 不属于的组 / 属于的组: what is chosen moves at once; nothing holds before 应用.
const optionsOf = (list) => [...list.options];
function sumUp(dual) {
  for (const list of dual.querySelectorAll('select')) {
    const count = dual.querySelector(`label[for="${list.id}"] [data-count]`);
    if (count) count.textContent = count.textContent.replace(/\d+/, String(list.options.length));
  }
  const hidden = dual.querySelector('input[type=hidden]');
  hidden.value = optionsOf(dual.querySelector('[data-side=in]'))
    .map((one) => one.value)
    .sort()
    .join(' ');
  hidden.dispatchEvent(new Event('input', { bubbles: true }));
}
function moveChosen(dual, to) {
  const [from, into] = to === 'in' ? ['out', 'in'] : ['in', 'out'];
  const target = dual.querySelector(`[data-side=${into}]`);
  const chosen = [...dual.querySelector(`[data-side=${from}]`).selectedOptions];
  if (chosen.length === 0) return;
  for (const one of optionsOf(target)) one.selected = false;
  target.append(...chosen);
  target.append(...optionsOf(target).sort((a, b) => a.value.localeCompare(b.value)));
  target.focus();
  sumUp(dual);
}
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-move]');
  if (!button) return;
  event.preventDefault();
  moveChosen(button.closest('[data-dual]'), button.dataset.move);
});
const side = (event) => event.target.closest?.('[data-dual] select');
document.addEventListener(
  'dblclick',
  (event) => side(event) && moveChosen(side(event).closest('[data-dual]'), side(event).dataset.side === 'out' ? 'in' : 'out'),
);
document.addEventListener('keydown', (event) => {
  const list = side(event);
  if (!list || event.key !== 'Enter') return;
  event.preventDefault();
  moveChosen(list.closest('[data-dual]'), list.dataset.side === 'out' ? 'in' : 'out');
});
for (const filter of document.querySelectorAll('[data-filter]')) filter.hidden = false;
document.addEventListener(
  'input',
  (event) => {
    const list = document.getElementById(event.target.dataset?.filter ?? '');
    if (!list) return;
    event.stopPropagation();
    for (const one of optionsOf(list)) one.hidden = !one.text.toLowerCase().includes(event.target.value.toLowerCase());
  },
  true,
);

// A field with suggestions: the arrows go through them, Enter or a click takes one.
document.addEventListener('htmx:after:swap', () => {
  for (const field of document.querySelectorAll('[data-pick]')) {
    const list = document.getElementById(field.getAttribute('aria-controls'));
    field.setAttribute('aria-expanded', String(list.childElementCount > 0));
  }
});
const closePicks = (field) => {
  document.getElementById(field.getAttribute('aria-controls')).replaceChildren();
  field.setAttribute('aria-expanded', 'false');
};
document.addEventListener('click', (event) => {
  const picked = event.target.closest?.('[data-picked]');
  for (const field of document.querySelectorAll('[data-pick]')) {
    if (picked && document.getElementById(field.getAttribute('aria-controls')).contains(picked)) {
      field.value = picked.dataset.picked;
      field.focus();
    }
    closePicks(field);
  }
});
document.addEventListener('keydown', (event) => {
  const field = event.target.closest?.('.pick')?.querySelector('[data-pick]');
  if (!field || event.isComposing) return;
  const buttons = [...document.getElementById(field.getAttribute('aria-controls')).children];
  const at = buttons.indexOf(document.activeElement);
  if (event.key === 'Escape') closePicks(field);
  else if (event.key === 'ArrowDown' && buttons.length > 0) buttons[Math.min(at + 1, buttons.length - 1)].focus();
  else if (event.key === 'ArrowUp' && at >= 0) (buttons[at - 1] ?? field).focus();
  else return;
  event.preventDefault();
});
// A day typed into a period means these days.
document.addEventListener('change', (event) => {
  const period = event.target.matches?.('[type=date]') && event.target.form?.querySelector('[data-period]');
  if (period) period.value = 'range';
});
