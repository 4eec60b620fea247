// Html escapes by default, and a template that could not be safe says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute, html } from '../../web/ui/html.ts';

test('text and attributes are escaped; html in html is not', () => {
  const evil = `<script>alert("1")</script>'&`;
  assert.equal(
    html`<p title="${evil}">${evil}</p>`.text,
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;</p>',
  );
  assert.equal(html`<ul>${[1, 'a<', html`<b>x</b>`, null, false, undefined]}</ul>`.text, '<ul>1a&lt;<b>x</b></ul>');
  assert.equal(html`<i${attribute('title', '"')}${attribute('hidden', true)}${attribute('id', null)}>`.text, '<i title="&quot;" hidden>');
});

test('an unquoted attribute and a hole in a script are refused', () => {
  assert.throws(() => html`<p title=${'x'}>`);
  assert.throws(() => html`<a class="b" href=${'x'}>`);
  assert.throws(() => html`<script>let a = "${'x'}"</script>`);
  assert.doesNotThrow(() => html`<a href="/x?a=${'1'}&b=${'2'}"${attribute('hidden', true)}>a=${'b'}</a>`);
});
