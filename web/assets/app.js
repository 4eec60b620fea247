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

restoreTyped();
const fault = document.querySelector('.field[aria-invalid="true"]');
if (fault) fault.focus({ preventScroll: false });
