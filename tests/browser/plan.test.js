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

// What the plan shows beside reports: each is looked at in both languages and on both screens.
const more = ['/plan/gantt', '/plan/gantt?area=7', '/plan/for-me', '/plan/for-me/counter', '/plan/tracking', '/plan/tracking/indicators',
  '/plan/tracking/budgets', '/plan/tracking/milestones', '/plan/particulars/58-1', '/plan/particulars/89-2', '/plan/figures', '/plan/versions',
  '/plan/versions/compare?from=0&to=now', '/plan/deliberations', '/plan/panels', '/plan/white-paper', '/plan/ai-for-all',
  '/plan/ai-for-all/fields/safety', '/plan/ai-for-all/problems', '/plan/ai-for-all/help', '/plan/ai-for-all/report', '/plan/surveys',
  '/plan/briefings', '/plan/overlaps', '/plan/ai-for-all/audits', '/plan/quarters', '/plan/pictures'];

async function firstOf(page, list) {
  await page.goto(`${demonstration.base}/plan/${list}`);
  return page.locator(`main a[href^="/plan/${list}/"]`).first().evaluate((link) => link.href);
}

async function consultationOf(page) {
  return firstOf(page, 'consultations');
}

for (const { name, lang, ...options } of looks) {
  test(`the plan: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    const { base } = demonstration;
    await page.goto(`${base}/?lang=${lang}`);
    const consultation = await consultationOf(page);
    const paths = ['/plan', '/plan/list?area=7', '/plan/tasks/58', '/plan/bodies', '/plan/bodies/mois', '/plan/changes', '/plan/consultations', ...more];
    const found = [consultation, `${consultation}/report`];
    for (const list of ['deliberations', 'panels', 'surveys', 'briefings', 'ai-for-all/audits', 'quarters']) found.push(await firstOf(page, list));
    found.push(`${found[2]}/groups`, `${found[4]}/answer`);
    for (const address of [...paths.map((path) => base + path), ...found]) await look(page, address, complaints);
    await signIn(page, base, lang === 'ko' ? '차온유' : 'Cha Onyu');
    const desk = ['/plan/work', '/plan/work/58-1', '/plan/work/unchecked', '/plan/work/58-1/reading', '/plan/work/58-1/amendment', '/plan/consultations/new', '/plan/deliberations/new', '/plan/panels/new', '/plan/surveys/new', '/plan/briefings/new', '/plan/ai-for-all/audits/new',
      '/plan/particulars/58-1', '/plan/ai-for-all/fields/safety', '/plan/ai-for-all/problems'].map((path) => base + path);
    for (const address of [...desk, `${consultation}/moderation`, ...found]) await look(page, address, complaints);
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

test('white paper, annual report and consultation report print whole, each as one PDF', async () => {
  // The width of A4 between its margins.
  const context = await demonstration.browser.newContext({ viewport: { width: 658, height: 940 } });
  const page = await context.newPage();
  const { base } = demonstration;
  await page.goto(`${base}/?lang=ko`);
  const consultation = await consultationOf(page);
  for (const [address, least] of [[`${base}/plan/white-paper`, 10], [`${base}/plan/ai-for-all/report`, 1], [`${consultation}/report`, 1]]) {
    await page.goto(address);
    await page.emulateMedia({ media: 'print' });
    const cut = await page.evaluate(() => [...document.querySelectorAll('main, main *')]
      .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((one) => `${one.tagName} ${one.className.baseVal ?? one.className}`).slice(0, 5));
    assert.deepEqual(cut, [], `${address}: nothing is cut on paper`);
    assert.equal(await page.locator('.breadcrumbs').first().isVisible(), false, `${address}: the ways through the site stay on the screen`);
    const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    assert.ok(pages >= least, `${address}: ${pages} pages`);
    await page.emulateMedia({ media: 'screen' });
  }
  await context.close();
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

test('a ministry attaches files without JavaScript, a stranger opens them, what is withdrawn is gone', async () => {
  const { base } = demonstration;
  const phone = { viewport: { width: 375, height: 812 } };
  const context = await demonstration.browser.newContext({ javaScriptEnabled: false, ...phone });
  const page = await context.newPage();
  await page.goto(`${base}/?lang=en`);
  await signIn(page, base, 'Yoon Seulgi');
  await page.goto(`${base}/plan/work`);
  const ways = await page.locator('main a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  const form = ways.find((way) => /^\/plan\/work\/\d+-\d+$/.test(way) && way !== '/plan/work/1-1');
  const number = form.split('/').at(-1);
  await page.goto(base + form);
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const picture = { name: '현장 사진.png', mimeType: 'image/png', buffer: pixel };
  const table = { name: '실적.csv', mimeType: 'text/csv', buffer: Buffer.from('기관,건수\r\n과기정통부,3\r\n') };
  const drawing = { name: '그림.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>') };
  await page.getByLabel('What was done?').fill('Everything was done, and this shows it.');
  await page.getByLabel('Files of evidence').setInputFiles([picture, drawing]);
  await page.getByRole('button', { name: 'Send the report' }).click();
  // What is not taken leads back to the form with everything that was written.
  await page.getByRole('link', { name: /그림.svg.*not of a kind/ }).click();
  assert.equal(await page.getByLabel('What was done?').inputValue(), 'Everything was done, and this shows it.');
  assert.match(await page.locator('#file-hint').textContent(), /choose it again: 현장 사진.png, 그림.svg/);
  await page.getByLabel('Files of evidence').setInputFiles([picture, table]);
  await page.getByRole('button', { name: 'Send the report' }).click();
  assert.match(page.url(), new RegExp(`#r${number}$`));

  const other = await demonstration.browser.newContext(phone);
  const stranger = await other.newPage();
  await stranger.goto(`${base}/?lang=en`);
  await stranger.goto(`${base}/plan/tasks/${number.split('-')[0]}`);
  assert.deepEqual(await axeFindings(stranger), []);
  assert.equal(await scrollsSideways(stranger), false);
  const addressOf = (name) => stranger.locator(`#r${number} > dl`).getByRole('link', { name }).evaluate((link) => link.href);
  const [shown, saved] = [await addressOf('현장 사진.png'), await addressOf('실적.csv')];
  const opened = await stranger.goto(shown);
  assert.deepEqual(await opened.body(), pixel);
  assert.equal(await stranger.locator('img').evaluate((image) => image.naturalWidth), 1, 'the browser shows it');
  const headers = (await other.request.get(saved)).headers();
  assert.match(headers['content-disposition'], /^attachment; .*filename\*=UTF-8''%EC%8B%A4%EC%A0%81.csv$/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(headers['content-security-policy'], /default-src 'none'/);

  // The same person with JavaScript, for whoever cannot see the page.
  const seen = await demonstration.browser.newContext({ storageState: await context.storageState(), ...phone });
  const desk = await seen.newPage();
  await desk.goto(base + form);
  assert.deepEqual(await axeFindings(desk), []);
  assert.equal(await scrollsSideways(desk), false);
  await page.goto(base + form);
  await page.getByText('Withdraw “현장 사진.png”').click();
  await page.getByLabel('Why it is withdrawn').first().fill('A face can be seen.');
  await page.getByRole('button', { name: 'Withdraw the file' }).first().click();
  const gone = await stranger.goto(shown);
  assert.equal(gone.status(), 410);
  assert.match(await stranger.locator('main').textContent(), /A face can be seen/);
  for (const one of [context, other, seen]) await one.close();
});

test('without JavaScript somebody agrees and disagrees, and sees where groups part', async () => {
  const context = await demonstration.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${demonstration.base}/?lang=en`);
  await page.goto(await firstOf(page, 'deliberations'));
  const questions = page.locator('fieldset');
  const count = await questions.count();
  assert.ok(count >= 7, `${count} statements`);
  for (let at = 0; at < count; at += 1) await questions.nth(at).getByLabel(at % 2 ? 'Disagree' : 'Agree', { exact: true }).check();
  await page.getByRole('button', { name: 'Send what you think' }).click();
  await page.waitForURL(/\/groups\?me=/);
  assert.match(await page.locator('main').textContent(), /What all share/);
  assert.ok(await page.locator('.opinion-map circle').count() >= 2);
  // Who comes back with the address finds the own votes again.
  await page.getByRole('link', { name: 'Change what you think' }).click();
  assert.equal(await page.locator('input[type=radio]:checked').count(), count);
  await context.close();
});

test('without JavaScript a ministry enters an indicator and its value, the committee confirms it', async () => {
  const context = await demonstration.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const { base } = demonstration;
  await page.goto(`${base}/?lang=en`);
  await signIn(page, base, 'Yoon Seulgi');
  await page.goto(`${base}/plan/particulars/1-2/new?kind=indicator`);
  await page.getByLabel('What is measured?').fill('Accelerators in use');
  await page.getByLabel('Unit').fill('cards');
  await page.getByLabel('Quarter of the baseline').fill('26Q1');
  await page.getByLabel('Baseline', { exact: true }).fill('100');
  await page.getByLabel('Quarter of the target').fill('28Q4');
  await page.getByLabel('Target', { exact: true }).fill('many');
  await page.getByLabel('Source of the values').fill('Register');
  await page.getByRole('button', { name: 'Save' }).click();
  assert.match(await page.locator('main').textContent(), /Write a number alone/);
  await page.getByLabel('Target', { exact: true }).fill('50,000');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/particulars\/1-2$/);
  await page.getByText('Enter a value', { exact: true }).click();
  await page.getByLabel('Value', { exact: true }).fill('900');
  await page.getByRole('button', { name: 'Enter the value' }).click();
  assert.match(await page.locator('main').textContent(), /900 cards/);
  await context.clearCookies();

  await page.goto(`${base}/?lang=en`);
  await signIn(page, base, 'Cha Onyu');
  await page.goto(`${base}/plan/particulars/1-2`);
  await page.getByText('Confirm it', { exact: true }).click();
  await page.getByLabel('What did you look at?').fill('The register.');
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();
  assert.match(await page.locator('.card').first().textContent(), /Confirmed/);
  await context.close();
});
