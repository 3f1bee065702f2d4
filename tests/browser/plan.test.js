// The action plan, in both languages, on a phone and on a desk, light and dark: nothing for axe-core to find, nothing that
// scrolls sideways; a cell of the map opens; without JavaScript a ministry reports and the committee confirms.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axeFindings, scrollsSideways, signIn, startDemonstration } from './support.js';

let demonstration;
before(async () => { demonstration = await startDemonstration(); });
after(async () => { await demonstration?.stop(); });

const looks = [
  { name: 'phone, Korean, light', viewport: { width: 375, height: 812 }, colorScheme: 'light', lang: 'ko' },
  { name: 'desk, English, dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark', lang: 'en' },
];

async function look(page, address, complaints) {
  const response = await page.goto(address);
  if (response.status() !== 200) complaints.push(`${address}: ${response.status()}`);
  for (const finding of await axeFindings(page)) complaints.push(`${address}: ${finding}`);
  if (await scrollsSideways(page)) complaints.push(`${address}: scrolls sideways`);
}

async function consultationOf(page) {
  await page.goto(`${demonstration.base}/plan/consultations`);
  return page.locator('a[href^="/plan/consultations/"]').first().evaluate((link) => link.href);
}

for (const { name, lang, ...options } of looks) {
  test(`the plan: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    const { base } = demonstration;
    await page.goto(`${base}/?lang=${lang}`);
    const consultation = await consultationOf(page);
    const paths = ['/plan', '/plan/list?area=7', '/plan/tasks/58', '/plan/bodies', '/plan/bodies/mois', '/plan/changes', '/plan/consultations'];
    for (const address of [...paths.map((path) => base + path), consultation, `${consultation}/report`]) await look(page, address, complaints);
    await signIn(page, base, lang === 'ko' ? '차온유' : 'Cha Onyu');
    const desk = ['/plan/work', '/plan/work/58-1', '/plan/consultations/new'].map((path) => base + path);
    for (const address of [...desk, `${consultation}/report`]) await look(page, address, complaints);
    await context.close();
    assert.deepEqual(complaints, []);
  });
}

test('a cell of the map opens what it counts', async () => {
  const page = await demonstration.browser.newPage();
  await page.goto(`${demonstration.base}/plan?lang=en`);
  const cell = page.locator('.heat-map a').first();
  const due = Number(await cell.locator('.heat-figure').textContent());
  await cell.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/plan\/list\?area=/);
  const rows = await page.locator('.table tbody tr').count();
  assert.ok(rows >= 1 && rows <= due, `${rows} rows for ${due} deadlines`);
  await page.close();
});

test('without JavaScript a comment arrives, a ministry reports, the committee confirms', async () => {
  const context = await demonstration.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const { base } = demonstration;
  await page.goto(`${base}/?lang=en`);
  const consultation = await consultationOf(page);
  await page.goto(consultation);
  await page.getByLabel('Your comment').fill('전화 상담도 있으면 좋겠습니다.');
  await page.getByRole('button', { name: 'Send the comment' }).click();
  assert.match(await page.locator('h1').textContent(), /received/);

  await signIn(page, base, 'Yoon Seulgi');
  await page.goto(`${base}/plan/work/1-1`);
  await page.getByLabel('What was done?').fill('Everything was done.');
  await page.getByLabel('Everything recommended is done').check();
  await page.getByLabel('Name of the evidence').fill('');
  await page.getByLabel('Address of the evidence').fill('');
  await page.getByRole('button', { name: 'Send the report' }).click();
  assert.match(await page.locator('main').textContent(), /at least one piece of evidence/);
  await page.getByLabel('Name of the evidence').fill('Result');
  await page.getByLabel('Address of the evidence').fill('https://example.go.kr/result');
  await page.getByRole('button', { name: 'Send the report' }).click();
  assert.match(await page.locator('#r1-1').textContent(), /Reported done/);
  await context.clearCookies();

  await page.goto(`${base}/?lang=en`);
  await signIn(page, base, 'Cha Onyu');
  await page.goto(`${base}/plan/work/1-1`);
  await page.getByLabel('What did you look at?').fill('The result.');
  await page.getByRole('button', { name: 'Confirm that it is done' }).click();
  assert.match(await page.locator('#r1-1').textContent(), /Confirmed/);
  await context.close();
});
