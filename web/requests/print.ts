// 审批单: a request on A4, with who printed it and when as a watermark.

import { shownFields } from '../../workflows/rules/forms.ts';
import { merchantFields } from '../../workflows/rules/merchant-form.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { amountInWords } from '../../workflows/rules/words.ts';
import type { SignedInCtx } from '../http.ts';
import { accessChanges } from '../people/changes.ts';
import { fill, word } from '../text/index.ts';
import { html, type Raw } from '../ui/html.ts';
import { shell } from '../ui/layout.ts';
import { wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { fieldShown } from './content.ts';
import { line } from './timeline.ts';
import type { Known } from './views.ts';

export function printPage(ctx: SignedInCtx, { request, events, names, codes, now }: Known): Raw {
  const { text } = ctx;
  const words = text.print;
  const stamp = `${ctx.user.name} ${ctx.user.code} ${wholeMoment(now)}`;
  const keys: readonly string[] = shownFields[request.kind] ?? merchantFields.map((one) => one.key);
  const fields = keys.map((key) => [key, request.data[key] ?? ''] as const).filter(([, value]) => value !== '');
  const levels = (request.plan?.levels ?? []).map((level, i) => ({ level, approval: request.approvals.find((one) => one.level === i + 1) }));
  return shell(
    text,
    ctx.language,
    `${words.title} ${request.requestNo}`,
    html`<body class="paper"><div class="watermark" aria-hidden="true">${Array.from({ length: 24 }, () => html`<span>${stamp}</span>`)}</div><main class="form-a4"><p class="no-print"><a class="btn" href="${paths.request(request.requestNo)}">${text.common.back}</a> <button class="btn primary" data-print>${words.print}</button></p>
<h1>${text.kinds[request.kind]} ${words.title}</h1><table class="a4"><tbody><tr><th scope="row">${text.request.no}</th><td>${request.requestNo}</td><th scope="row">${text.request.state}</th><td>${text.states[request.state]}</td></tr><tr><th scope="row">${text.request.merchant}</th><td>${request.title}</td><th scope="row">${text.fields.merchantNo}</th><td>${request.merchantNo}</td></tr>${request.amountFen !== null && html`<tr><th scope="row">${text.bulk.amount}</th><td>${showFen(request.amountFen)}</td><th scope="row">${text.fields.amountInWords}</th><td>人民币${amountInWords(request.amountFen)}</td></tr>`}<tr><th scope="row">${text.request.maker}</th><td>${request.maker.name} ${request.maker.code}</td><th scope="row">${text.request.submittedAt}</th><td>${wholeMoment(request.submittedAt)}${request.submissions > 1 && ` · ${fill(text.inbox.resubmitted, { n: request.submissions })}`}</td></tr></tbody></table>
<h2>${text.request.content}</h2><table class="a4"><tbody>${fields.map(([key, value]) => html`<tr><th scope="row">${word(text.fields, key)}</th><td colspan="3">${fieldShown(text, key, value, names)}</td></tr>`)}</tbody></table>
${accessChanges(text, request, codes)}<h2>${text.request.decide}</h2><table class="a4"><thead><tr><th>${words.level}</th><th>${words.group}</th><th>${words.person}</th><th>${words.at}</th><th>${words.signature}</th></tr></thead><tbody>${levels.map(({ level, approval }, i) => html`<tr><td>${i + 1}</td><td>${word(codes, level.group)}</td><td>${approval ? `${approval.by.name} ${approval.by.code}` : ''}</td><td>${approval ? wholeMoment(approval.at) : ''}</td><td></td></tr>`)}</tbody></table>
<h2>${text.request.timeline}</h2><ol class="happened">${events.map((event) => line(text, event))}</ol><p class="muted">${words.printed} ${stamp}</p></main></body>`,
  );
}
