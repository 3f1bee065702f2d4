// Starts a demonstration on a free port, and a browser. Every test file has its own of both.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const root = new URL('../../', import.meta.url).pathname;
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export async function startDemonstration() {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), 'maru-browser-'));
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  const program = process.env.MARU_BINARY ?? join(target, 'debug', 'maru');
  const server = spawn(program, ['demo', '--address', `127.0.0.1:${port}`, '--data', data, '--no-rate-limits'], {
    // The laws of the demonstration lie in the source.
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, RUST_LOG: 'warn' },
  });
  const base = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const ready = await fetch(`${base}/health/ready`).then((response) => response.ok, () => false);
    if (ready) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  }).catch((error) => {
    // A server that nobody stops would keep the test runner waiting for ever.
    server.kill('SIGKILL');
    throw error;
  });
  return {
    base,
    browser,
    async stop() {
      await browser.close();
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Everything that axe-core finds on a page: rule and place. */
export async function axeFindings(page) {
  // The page's policy forbids foreign scripts, so the checker is evaluated, not inserted.
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')} – ${node.failureSummary ?? ''}`),
  );
}

/** Whether the page is wider than the screen. */
export async function scrollsSideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
}

export async function signIn(page, base, name) {
  await page.goto(`${base}/sign-in`);
  await page.getByRole('button', { name }).click();
  await page.waitForLoadState();
}
