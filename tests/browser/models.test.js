// The AI gateway for people, in both languages, on a phone and on a desk, light and dark: nothing for axe-core to find, nothing that scrolls
// sideways; without JavaScript one person proposes a model, another approves it, and a question is seen masked before it is sent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axeFindings, scrollsSideways, signIn, startDemonstration } from './support.js';

let demonstration;
before(async () => { demonstration = await startDemonstration(); });
after(async () => { await demonstration?.stop(); });

const looks = [
  { name: 'phone, Korean, light', viewport: { width: 375, height: 812 }, colorScheme: 'light', lang: 'ko' },
  { name: 'phone, Korean, dark', viewport: { width: 375, height: 812 }, colorScheme: 'dark', lang: 'ko' },
  { name: 'desk, English, light', viewport: { width: 1280, height: 900 }, colorScheme: 'light', lang: 'en' },
  { name: 'desk, English, dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark', lang: 'en' },
];

const paths = [
  '/models/traffic',
  '/models/traffic?period=month&model=exaone-4.0-32b',
  '/models/registry',
  '/models/registry/exaone-4.0-32b',
  '/models/registry/exaone-4.0-32b/change',
  '/models/registry/new',
  '/models/changes/demo-4',
  '/models/sandbox?first=maru-extractive',
  '/models/registry/exaone-4.0-32b/documents',
  '/models/prompts',
  '/models/prompts/new',
  '/models/prompts/minutes-summary',
  '/models/servers',
  '/models/servers/new',
  '/models/servers/npu-1/change',
  '/models/purposes',
  '/models/purposes/new',
  '/models/purposes/change?id=%EB%AF%BC%EC%9B%90+%EB%8B%B5%EB%B3%80+%EC%B4%88%EC%95%88&agency=',
  '/models/keys',
  '/models/keys/new',
  '/models/keys/portal-2026',
  '/models/tools',
  '/models/tools/new',
  '/models/rules',
  '/models/rules/change',
  '/models/rules/change?new=yes',
  '/models/calls',
  '/models/calls?only=refused',
  '/models/evaluations',
  '/models/evaluations/new',
];
// What an administrator may not see.
const forOfficials = ['/models/actions', '/models/actions/demo-action-1'];

for (const { name, lang, ...options } of looks) {
  test(`the AI gateway: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    const { base } = demonstration;
    await page.goto(`${base}/?lang=${lang}`);
    await signIn(page, base, lang === 'ko' ? '서지호' : 'Seo Jiho');
    for (const path of [...paths, ...forOfficials]) {
      if (path === forOfficials[0]) {
        await context.clearCookies();
        await page.goto(`${base}/?lang=${lang}`);
        await signIn(page, base, lang === 'ko' ? '한서윤' : 'Han Seoyun');
      }
      const response = await page.goto(base + path);
      if (response.status() !== 200) complaints.push(`${path}: ${response.status()}`);
      for (const finding of await axeFindings(page)) complaints.push(`${path}: ${finding}`);
      if (await scrollsSideways(page)) complaints.push(`${path}: scrolls sideways`);
      if (process.env.SCREENSHOTS) {
        const file = `${process.env.SCREENSHOTS}/${path.replace(/\W+/g, '-')}-${name.replace(/\W+/g, '-')}.png`;
        await page.screenshot({ path: file, fullPage: true });
      }
    }
    await context.close();
    assert.deepEqual(complaints, []);
  });
}

test('without JavaScript a key is given out, shown once, and works when another person approved it', async () => {
  const { base } = demonstration;
  const as = async (person) => {
    const context = await demonstration.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${base}/?lang=en`);
    await signIn(page, base, person);
    return { context, page };
  };
  const call = async (key) => (await fetch(`${base}/ai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'maru-extractive', messages: [{ role: 'user', content: '대형폐기물은 어떻게 버리나요?' }] }),
  })).status;
  const administrator = await as('Seo Jiho');
  await administrator.page.goto(`${base}/models/keys`);
  await administrator.page.getByRole('link', { name: 'Propose a key' }).click();
  await administrator.page.getByRole('textbox', { name: 'Name', exact: true }).fill('browser-2026');
  await administrator.page.getByLabel('Agency', { exact: true }).fill('마루시');
  await administrator.page.getByLabel('System').fill('browser');
  await administrator.page.getByLabel('Purpose').fill('민원 답변 초안');
  await administrator.page.getByLabel('Reason').fill('For a test.');
  await administrator.page.getByRole('button', { name: 'Propose' }).click();
  const key = await administrator.page.locator('#new-key').textContent();
  assert.match(key, /^maru_sk_/);
  assert.equal(await call(key), 401);
  await administrator.page.getByRole('link', { name: 'See what you proposed' }).click();
  const supervisor = await as('Han Seoyun');
  await supervisor.page.goto(administrator.page.url());
  await supervisor.page.getByRole('button', { name: 'Approve' }).click();
  assert.equal(await call(key), 200);
  // A call is answered before it is recorded.
  let recorded = '';
  for (let attempt = 0; attempt < 50 && !recorded.includes('browser-2026'); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await supervisor.page.goto(`${base}/models/calls?agency=${encodeURIComponent('마루시')}`);
    await supervisor.page.goto(new URL(await supervisor.page.locator('tbody a').first().getAttribute('href'), base).href);
    recorded = await supervisor.page.locator('main').textContent();
  }
  assert.match(recorded, /browser-2026/);
  await administrator.context.close();
  await supervisor.context.close();
});

test('without JavaScript one proposes, another approves, and a question is seen masked', async () => {
  const { base } = demonstration;
  const as = async (person) => {
    const context = await demonstration.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${base}/?lang=en`);
    await signIn(page, base, person);
    return { context, page };
  };
  const administrator = await as('Seo Jiho');
  await administrator.page.goto(`${base}/models/registry/kanana-2-30b-a3b/change`);
  await administrator.page.getByLabel('State').selectOption('approved');
  await administrator.page.getByLabel('Where it runs').fill('npu-1 - 100 trial');
  await administrator.page.getByLabel('Reason').fill('Licence read, suite passed.');
  await administrator.page.getByRole('button', { name: 'Propose' }).click();
  const change = administrator.page.url();
  assert.match(change, /\/models\/changes\//);
  assert.equal(await administrator.page.getByRole('button', { name: 'Approve' }).count(), 0, 'not by the same person');
  const supervisor = await as('Han Seoyun');
  await supervisor.page.goto(change);
  await supervisor.page.getByRole('button', { name: 'Approve' }).click();
  assert.match(await supervisor.page.locator('main').textContent(), /Approved/);
  await supervisor.page.goto(`${base}/models/sandbox`);
  await supervisor.page.getByLabel('Question').first().fill('대형폐기물은 어떻게 버리나요? 010-1234-5678');
  await supervisor.page.getByRole('button', { name: 'Ask' }).click();
  assert.match(await supervisor.page.locator('.masked-datum').textContent(), /#1/);
  await supervisor.page.goto(`${base}/models/actions`);
  await supervisor.page.getByRole('link', { name: /transfer_case/ }).click();
  assert.match(await supervisor.page.locator('main').textContent(), /20261124-0007/);
  await supervisor.page.getByRole('button', { name: 'Approve, for one time' }).click();
  assert.match(await supervisor.page.locator('main').textContent(), /Approved/);
  assert.equal(await supervisor.page.getByRole('button', { name: 'Approve, for one time' }).count(), 0);
  await administrator.context.close();
  await supervisor.context.close();
});
