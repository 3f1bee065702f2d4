// Every page, in both languages, on a phone and on a desk, light and dark: nothing for axe-core to find, nothing that
// scrolls sideways, no error in the console.

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
  const errors = [];
  const listener = (message) => { if (message.type() === 'error') errors.push(message.text()); };
  page.on('console', listener);
  const response = await page.goto(address);
  page.off('console', listener);
  for (const finding of await axeFindings(page)) complaints.push(`${address}: ${finding}`);
  if (await scrollsSideways(page)) complaints.push(`${address}: scrolls sideways`);
  const lost = await page.locator('a[href^="#"]').evaluateAll((links) =>
    links.map((link) => link.getAttribute('href')).filter((href) => !document.getElementById(href.slice(1))));
  for (const href of lost) complaints.push(`${address}: ${href} leads nowhere`);
  if (response.status() === 200) for (const error of errors) complaints.push(`${address}: console: ${error}`);
}

const publicPages = [
  '/', '/search', '/search?q=%EA%B0%80%EB%A1%9C%EB%93%B1', '/search?q=zzzzqqq', '/sources?id=answer:bulky-waste',
  '/sources?id=statute:%EB%8F%84%EB%A1%9C%EB%B2%95/%EC%A0%9C61%EC%A1%B0', '/inquiries/find', '/inquiries', '/sign-in', '/log', '/api', '/design', '/accessibility', '/no-such-page',
];

test('an administrator enters an announced holiday', async () => {
  const page = await demonstration.browser.newPage({ locale: 'ko-KR' });
  await signIn(page, demonstration.base, '서지호');
  const complaints = [];
  await look(page, `${demonstration.base}/work/holidays`, complaints);
  await page.getByRole('button', { name: '공휴일 넣기' }).click();
  await page.locator('.error-summary').waitFor();
  complaints.push(...(await axeFindings(page)));
  const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  await page.locator('input[name=date]').fill(day);
  await page.locator('input[name=name_ko]').fill('임시공휴일');
  await page.locator('input[name=name_en]').fill('Special holiday');
  await page.locator('input[name=reference]').fill('국무회의 의결');
  await page.getByRole('button', { name: '공휴일 넣기' }).click();
  await page.getByRole('cell', { name: '임시공휴일' }).waitFor();
  complaints.push(...(await axeFindings(page)));
  await page.close();
  assert.deepEqual(complaints, []);
});

for (const { name, lang, ...options } of looks) {
  test(`public pages: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    await page.goto(`${demonstration.base}/?lang=${lang}`);
    for (const path of publicPages) await look(page, demonstration.base + path, complaints);
    await context.close();
    assert.deepEqual(complaints, []);
  });

  test(`pages of citizens: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    await page.goto(`${demonstration.base}/?lang=${lang}`);
    await signIn(page, demonstration.base, lang === 'ko' ? '이보람' : 'Lee Boram');
    await look(page, `${demonstration.base}/inquiries`, complaints);
    const cases = await page.locator('a[href^="/inquiries/2"]').evaluateAll((links) => links.map((link) => link.href));
    assert.ok(cases.length > 0, 'she has inquiries of her own');
    for (const address of cases) await look(page, address, complaints);
    await context.close();
    assert.deepEqual(complaints, []);
  });

  test(`pages of officials: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    await page.goto(`${demonstration.base}/?lang=${lang}`);
    await signIn(page, demonstration.base, lang === 'ko' ? '문가온' : 'Moon Gaon');
    for (const path of ['/work', '/work?view=finished', '/work?view=overdue', '/work?search=zzzz', '/work/statistics']) {
      await look(page, demonstration.base + path, complaints);
    }
    const cases = new Set();
    for (const view of ['', '?view=finished']) {
      await page.goto(`${demonstration.base}/work${view}`);
      const links = await page.locator('a[href^="/work/2"]').evaluateAll((all) => all.map((link) => link.href));
      links.slice(0, 4).forEach((address) => cases.add(address));
    }
    assert.ok(cases.size > 0, 'there is work');
    for (const address of cases) await look(page, address, complaints);
    await context.close();
    assert.deepEqual(complaints, []);
  });
}
