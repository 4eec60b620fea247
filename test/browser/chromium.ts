// Finds Chromium, or installs it (Debian's package as root, else Playwright's download), and says so.
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const runs = (program: string) => {
  try {
    accessSync(program, constants.X_OK);
    return program !== '';
  } catch {
    return false;
  }
};

/** Path of a Chromium that can be started. */
export function findChromium(say: (line: string) => void): string {
  const found = [...places, chromium.executablePath()].find(runs);
  if (found) return found;
  if (process.getuid?.() === 0 && runs('/usr/bin/apt-get')) {
    say('Chromium is missing: installing the Debian packages chromium and fonts-noto-cjk …');
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } else {
    say('Chromium is missing: Playwright downloads it …');
    execFileSync(process.execPath, ['node_modules/playwright-core/cli.js', 'install', 'chromium'], { stdio: 'inherit' });
  }
  const installed = [...places, chromium.executablePath()].find(runs);
  if (!installed) throw new Error('Chromium could not be installed; set CHROMIUM to its path');
  return installed;
}

export function openBrowser(): Promise<Browser> {
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--disable-gpu'];
  return chromium.launch({ executablePath: findChromium(console.log), args: [...quiet, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });
}
