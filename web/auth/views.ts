// Sign-in and password pages.
import type { Ctx, SignedInCtx } from '../http.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { layout, shell, token } from '../ui/layout.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

interface SignInForm {
  next: string;
  account?: string;
  fault?: string;
  captchaId: string | null;
}

export function signInPage(ctx: Ctx, form: SignInForm): Raw {
  const { text, language } = ctx;
  const words = text.signIn;
  return shell(
    text,
    language,
    words.title,
    html`<body class="plain"><main class="card narrow"><p class="brand big"><span>账</span>房</p><h1>${text.product}</h1>
${form.fault && notice('bad', form.fault)}
<form method="post" action="${paths.signIn()}" class="stack">${token(ctx)}<input type="hidden" name="next" value="${form.next}">
<label class="line-field"><span>${words.account}</span><input class="field" name="account" value="${form.account ?? ''}" autocomplete="username" required maxlength="40"${attribute('autofocus', !form.account)}></label>
<label class="line-field"><span>${words.password}</span><input class="field" type="password" name="password" autocomplete="current-password" required maxlength="200"${attribute('autofocus', Boolean(form.account))}></label>
${form.captchaId && html`<div class="line-field"><label for="captcha">${words.captcha}</label><span class="captcha"><input class="field" id="captcha" name="captcha" autocomplete="off" required maxlength="8"><img src="${paths.captcha(form.captchaId)}" alt="${words.captcha}" width="150" height="50"></span><input type="hidden" name="captchaId" value="${form.captchaId}"><a href="${paths.signIn(form.next)}">${words.another}</a></div>`}
<button class="btn primary">${words.enter}</button></form>
<form method="post" action="${paths.language()}" class="inline">${token(ctx)}<input type="hidden" name="language" value="${language === 'zh' ? 'en' : 'zh'}"><input type="hidden" name="back" value="${paths.signIn(form.next)}"><button class="link" lang="${language === 'zh' ? 'en' : 'zh-CN'}">${text.other}</button></form></main></body>`,
  );
}

/** The second step: a code of the authenticator app, or a recovery code. */
export function codePage(ctx: Ctx, form: { next: string; pass: string; fault: string | null }): Raw {
  const { text, language } = ctx;
  const words = text.totp;
  return shell(
    text,
    language,
    words.title,
    html`<body class="plain"><main class="card narrow"><p class="brand big"><span>账</span>房</p><h1>${words.title}</h1>${form.fault && notice('bad', form.fault)}
<form method="post" action="${paths.signInCode()}" class="stack">${token(ctx)}<input type="hidden" name="next" value="${form.next}"><input type="hidden" name="pass" value="${form.pass}">
<label class="line-field"><span>${words.code}</span><input class="field mono" name="code" autocomplete="one-time-code" inputmode="text" required maxlength="20" autofocus></label><p class="msg">${words.codeHint}</p><button class="btn primary">${text.signIn.enter}</button></form><p><a href="${paths.signIn(form.next)}">${text.common.back}</a></p></main></body>`,
  );
}

export function passwordPage(ctx: SignedInCtx, form: { faults?: Record<string, string>; done?: Hole }): Promise<Raw> {
  const words = ctx.text.password;
  const line = (name: 'old' | 'fresh' | 'again', autocomplete: string, hint?: string) => {
    const fault = form.faults?.[name];
    return html`<div class="f"><label for="f-${name}">${words[name]}</label><div><input class="field" id="f-${name}" type="password" name="${name}" autocomplete="${autocomplete}" required maxlength="200"${attribute('aria-invalid', fault && 'true')} aria-describedby="m-${name}">
<p class="msg${fault ? ' bad' : ''}" id="m-${name}">${fault ?? hint}</p></div></div>`;
  };
  return layout(ctx, {
    title: words.title,
    notice: form.done,
    body: html`<div class="head"><h1>${words.title}</h1></div><div class="page"><form method="post" action="${paths.password()}" class="card form narrow">${token(ctx)}
${line('old', 'current-password')}${line('fresh', 'new-password', words.rule)}${line('again', 'new-password')}<div class="buttons"><button class="btn primary">${ctx.text.common.confirm}</button></div></form></div>`,
  });
}
