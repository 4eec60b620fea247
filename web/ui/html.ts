// Html as a tagged template that escapes by default. What it may hold is typed: objects, promises and functions do not compile.
// Only files of this folder may make Raw by hand (tested).

export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Hole = string | number | Raw | null | undefined | false | readonly Hole[];

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => (/[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (c) => escapes[c] ?? c) : text);
const checked = new WeakSet<TemplateStringsArray>();

export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Raw {
  if (!checked.has(strings)) refuseUnsafe(strings);
  let text = strings[0] ?? '';
  for (let i = 0; i < holes.length; i++) text += show(holes[i]) + (strings[i + 1] ?? '');
  return new Raw(text);
}

function show(hole: Hole): string {
  if (hole === null || hole === undefined || hole === false) return '';
  if (typeof hole === 'string') return escaped(hole);
  if (hole instanceof Raw) return hole.text;
  return typeof hole === 'number' ? String(hole) : hole.map(show).join('');
}

/** A hole in an unquoted attribute or inside a script could break out of its place; such a template is a bug and says so. */
function refuseUnsafe(strings: TemplateStringsArray): void {
  let before = '';
  for (const part of strings.slice(0, -1)) {
    before += part;
    if (/<[^>"]*=\s*$/.test(before.replaceAll(/"[^"]*"/g, 'q'))) throw new Error(`unquoted attribute before a hole: …${part.slice(-30)}`);
    if (/<(script|style)\b[^>]*>(?![\s\S]*<\/\1>)[\s\S]*$/i.test(before)) throw new Error('hole inside a script or style');
  }
  checked.add(strings);
}

/** ` name="value"`, ` name` for true, nothing for false or null. */
export function attribute(name: string, value: string | number | boolean | null | undefined): Raw {
  if (value === false || value === null || value === undefined) return new Raw('');
  return new Raw(value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`);
}
