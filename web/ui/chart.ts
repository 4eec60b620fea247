// Charts made here, as SVG that a screen reader is told about; each stands beside the table that says the same.
import { html, type Raw } from './html.ts';

export interface Bar {
  label: string;
  value: number;
  /** What the bar says when pointed at. */
  title: string;
}

const [WIDTH, HEIGHT] = [720, 160];

/** Upright bars above a foot with their names, so high; values below zero hang from the line. `label` tells what is shown. */
export function bars(list: readonly Bar[], label: string, foot = 18): Raw {
  const top = Math.max(1, ...list.map(({ value }) => value));
  const low = Math.min(0, ...list.map(({ value }) => value));
  const scale = (HEIGHT - foot) / (top - low);
  const step = WIDTH / Math.max(1, list.length);
  const zero = top * scale;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${list.map(
    ({ value, title, label: name }, i) =>
      html`<g><title>${title}</title><rect class="${value < 0 ? 'below' : 'above'}" x="${round(i * step + step * 0.15)}" y="${round(value < 0 ? zero : zero - value * scale)}" width="${round(step * 0.7)}" height="${round(Math.max(value === 0 ? 0 : 1, Math.abs(value) * scale))}"></rect><text x="${round(i * step + step / 2)}" y="${HEIGHT - 4}" text-anchor="middle">${name}</text></g>`,
  )}<line x1="0" x2="${WIDTH}" y1="${round(zero)}" y2="${round(zero)}"></line></svg>`;
}

const round = (n: number) => Math.round(n * 10) / 10;
