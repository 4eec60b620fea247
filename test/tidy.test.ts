// The style itself, as a test: arrows between folders, one writer per table, sizes, raw html, and a README that tells the truth.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { settingsSchema } from '../stack/settings.ts';

const folders = ['workflows', 'activities', 'db', 'web', 'stack', 'test'];
const files = folders
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter((file) => /\.ts$/.test(file));
const source = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const sqlFiles = new Map(
  readdirSync('db')
    .filter((file) => file.endsWith('.sql'))
    .map((file) => [`db/${file}`, readFileSync(`db/${file}`, 'utf8')]),
);
const readme = readFileSync('README.md', 'utf8');

const shared = [
  'stack/settings.ts',
  'stack/log.ts',
  'stack/codec.ts',
  'stack/crash.ts',
  'stack/sealing.ts',
  'stack/terminal-keys.ts',
  'stack/workbook.ts',
  'stack/sheet-rows.ts',
  'stack/sheet-skeleton.ts',
];
/** From a place, by its longest matching prefix, to what it may import; `types` only as `import type`. */
const arrows: [string, { to: string[]; types?: string[] }][] = [
  ['workflows/rules/', { to: ['workflows/rules/'] }],
  ['workflows/', { to: ['workflows/'], types: ['activities/'] }],
  ['db/', { to: ['db/', 'workflows/rules/'] }],
  ['activities/', { to: ['activities/', 'db/', 'workflows/rules/', ...shared] }],
  ['web/', { to: ['web/', 'db/', 'workflows/', ...shared] }],
  ...shared.map((file): [string, { to: string[] }] => [
    file,
    {
      to:
        file === 'stack/terminal-keys.ts'
          ? ['stack/sealing.ts']
          : file === 'stack/workbook.ts' || file === 'stack/sheet-skeleton.ts'
            ? ['stack/sheet-', 'stack/zip.ts']
            : [],
    },
  ]),
  ['stack/', { to: ['stack/', 'db/', 'workflows/', 'activities/', 'web/'] }],
  ['test/', { to: folders.map((folder) => `${folder}/`) }],
];
const ruleOf = (file: string) => arrows.filter(([place]) => file.startsWith(place)).toSorted(([a], [b]) => b.length - a.length)[0]?.[1];

test('arrows: nobody imports what their folder may not know', () => {
  for (const [file, text] of source) {
    for (const [, typed, specifier] of text.matchAll(/^(?:import|export)( type)? [^;]*?from '(\.[^']+)'/gm)) {
      const target = normalize(join(dirname(file), specifier ?? ''));
      const rule = ruleOf(file);
      const allowed = [...(rule?.to ?? []), ...(typed ? (rule?.types ?? []) : [])];
      assert.ok(
        allowed.some((place) => target.startsWith(place)),
        `${file} imports ${target}`,
      );
    }
  }
});

test('rules know no clock, no chance, no input and no Node', () => {
  for (const [file, text] of source) {
    if (!file.startsWith('workflows/rules/')) continue;
    assert.doesNotMatch(text, /from '(?!\.)/, `${file} imports a package`);
    assert.doesNotMatch(text, /Date\.now|new Date\(\)|Math\.random|process\.|fetch\(/, file);
  }
});

test('workflow code keeps nothing between workflows: it is read once and shared by all of them', () => {
  for (const [file, text] of source)
    if (file.startsWith('workflows/'))
      assert.doesNotMatch(text, /^(export )?(let|var) |^(export )?const \w+[^=\n]*= new (Map|Set|WeakMap|Array)\b|^(export )?const \w+[^=\n]*= \[\];/m, file);
});

test('each table is written by exactly one file under db/', () => {
  const schema = [...source].map(([file, text]) => (file.startsWith('db/schema') ? text : '')).join('');
  const tables = [...schema.matchAll(/^export const (\w+) = pgTable\(\s*'(\w+)'/gm)].map(([, name = '', inSql = '']) => [name, inSql] as const);
  assert.ok(tables.length > 20);
  const outside = [...source].filter(([file]) => !file.startsWith('db/') && !file.startsWith('test/'));
  for (const [file, text] of outside) assert.doesNotMatch(text, /\b(tx|db)\s*\.(insert|update|delete)\(|insert into|delete from/, `${file} writes a table`);
  for (const [table, inSql] of tables) {
    const writers = [...source, ...sqlFiles]
      .filter(
        ([file, text]) =>
          file.startsWith('db/') && new RegExp(`\\.(insert|update|delete)\\(${table}\\)|(insert into|update|delete from) ${inSql}\\b(?! differs)`).test(text),
      )
      .map(([file]) => file);
    assert.equal(writers.length, 1, `${table} is written by ${writers.join(', ') || 'nobody'}`);
  }
});

test('sizes: no file above 300 lines, no function above 70', () => {
  const lengths: number[] = [];
  for (const [file, text] of source) {
    const lines = text.split('\n');
    assert.ok(lines.length <= 301, `${file} has ${lines.length} lines`);
    if (!file.startsWith('test/')) lengths.push(lines.length);
    for (const [start, line] of lines.entries()) {
      const indent = /^(\s*)(?:export )?(?:async )?(?:function\b|(?:#|readonly )?\w+\(.*\).*\{$|const \w+ = .*=> \{$)/.exec(line)?.[1];
      if (indent === undefined || !line.endsWith('{')) continue;
      const end = lines.findIndex((other, i) => i > start && other.startsWith(`${indent}}`));
      assert.ok(end - start <= 70, `${file}:${start + 1} is a function of ${end - start} lines`);
    }
  }
  const median = lengths.toSorted((a, b) => a - b)[lengths.length >> 1];
  console.log(`${lengths.length} files, median ${median} lines`);
});

test('raw html is made only in web/ui, and nobody silences the type checker', () => {
  for (const [file, text] of source) {
    if (!file.startsWith('web/ui/') && file !== 'test/tidy.test.ts') assert.doesNotMatch(text, /new Raw\(/, file);
    if (file !== 'test/tidy.test.ts') assert.doesNotMatch(text, /@ts-(ignore|expect-error|nocheck)|\bas any\b|: any\b|\.only\(|\.skip\(/, file);
  }
});

test('the README lists every setting with its default, and every folder it names exists', () => {
  for (const [name, schema] of Object.entries(settingsSchema.shape))
    assert.match(readme, new RegExp(`\\| \`${name}\` \\|.*${escapeRegex(schema.description ?? '???')}`), `setting ${name}`);
  const told = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name ?? '');
  assert.deepEqual(
    told.filter((name) => !(name in settingsSchema.shape)),
    [],
  );
  const map = /## Map[\s\S]*?```([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const named = [...map.matchAll(/^([\w./-]+)\s/gm)].map(([, place]) => place ?? '');
  assert.ok(named.length >= 8);
  for (const place of named) assert.ok(existsSync(place), `${place} is on the map but not there`);
  for (const [, target] of readme.matchAll(/\]\((?!http)([^)#]+)\)/g)) assert.ok(existsSync(target ?? ''), `README links to ${target}`);
  for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g)) assert.match(readFileSync('package.json', 'utf8'), new RegExp(`"${script}":`));
  assert.ok(readme.split('\n').length <= 150, 'README has at most 150 lines');
});

const escapeRegex = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('versions are pinned, and the lock file names no server', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
  assert.doesNotMatch(readFileSync('package-lock.json', 'utf8'), /"resolved":|https?:\/\/[^"]*\.tgz/);
});
