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
  '/', '/search', '/search?q=%EA%B0%80%EB%A1%9C%EB%93%B1', '/search?q=%EB%8F%84%EB%A1%9C&kind=statute&ministry=%EA%B5%AD%ED%86%A0%EA%B5%90%ED%86%B5%EB%B6%80&on=2026-01-02', '/search?q=zzzzqqq', '/sources?id=answer:bulky-waste',
  '/sources?id=statute:%EB%8F%84%EB%A1%9C%EB%B2%95/%EC%A0%9C61%EC%A1%B0', '/inquiries/find', '/inquiries', '/sign-in', '/log', '/api', '/design', '/accessibility', '/no-such-page',
];

test('an administrator looks after accounts and jobs, an auditor at the records', async () => {
  const { base, browser } = demonstration;
  const complaints = [];
  const administrator = await browser.newPage({ locale: 'ko-KR', viewport: { width: 375, height: 812 } });
  await signIn(administrator, base, '서지호');
  for (const path of ['/system/accounts', '/system/accounts?role=official', '/system/accounts/seo-jiho', '/system/jobs', '/work/learning', '/account']) {
    await look(administrator, base + path, complaints);
  }
  await look(administrator, `${base}/system/accounts/moon-gaon`, complaints);
  await administrator.getByText('계정 정지').click();
  await administrator.getByRole('button', { name: '정지하기' }).click();
  await administrator.locator('.error-summary').waitFor();
  complaints.push(...(await axeFindings(administrator)));
  await administrator.getByLabel('정지 사유').fill('전출');
  await administrator.getByRole('button', { name: '정지하기' }).click();
  await administrator.getByRole('button', { name: '정지 풀기' }).waitFor();
  complaints.push(...(await axeFindings(administrator)));
  await administrator.getByRole('button', { name: '정지 풀기' }).click();
  await administrator.getByText('계정 정지').waitFor();

  // Somebody of another department is refused, and it stands in the record.
  const official = await browser.newPage({ locale: 'ko-KR' });
  await signIn(official, base, '문가온');
  await official.goto(`${base}/system/accounts`);
  const auditor = await browser.newPage({ locale: 'en-GB', colorScheme: 'dark' });
  await auditor.goto(`${base}/?lang=en`);
  await signIn(auditor, base, 'Bae Taemin');
  for (const path of ['/system/access', '/system/access?kind=signed-in', '/system/access?kind=signed-in&account=nobody', '/account']) {
    await look(auditor, base + path, complaints);
  }
  await auditor.goto(`${base}/system/access?kind=signed-in`);
  await auditor.getByRole('cell', { name: 'Signed in' }).first().waitFor();
  await Promise.all([administrator.close(), official.close(), auditor.close()]);
  assert.deepEqual(complaints, []);
});

test('an official takes a case, gives it away, and registers what was said', async () => {
  const { base, browser } = demonstration;
  const complaints = [];
  const desk = await browser.newPage({ locale: 'ko-KR', viewport: { width: 1400, height: 1000 } });
  await signIn(desk, base, '문가온');
  await desk.goto(`${base}/work`);
  await desk.locator('a[href^="/work/2"]').first().click();
  await desk.getByRole('button', { name: '내가 맡기' }).click();
  await desk.getByRole('button', { name: '내가 맡기' }).waitFor({ state: 'detached' });
  await desk.goto(`${base}/work?view=mine`);
  await desk.locator('a[href^="/work/2"]').first().waitFor();
  await desk.locator('a[href^="/work/2"]').first().click();

  // What was refused stands there again, open, with its error.
  await desk.getByText('기한 연장 (시행령 제21조)').click();
  await desk.getByLabel('업무가 많음').check();
  await desk.locator('textarea[name=extension_reason]').fill('일이 많아서');
  await desk.getByRole('button', { name: '연장하기' }).click();
  await desk.locator('.error-summary').waitFor();
  assert.equal(await desk.locator('textarea[name=extension_reason]').inputValue(), '일이 많아서');
  assert.ok(await desk.locator('textarea[name=extension_reason]').isVisible());
  complaints.push(...(await axeFindings(desk)));

  await look(desk, `${base}/work/new`, complaints);
  await desk.locator('textarea[name=text]').fill('가로등이 꺼졌다고 전화로 말씀하셨습니다.');
  await desk.getByRole('button', { name: '접수하기' }).click();
  await desk.getByRole('heading', { level: 1, name: '접수증' }).waitFor();
  complaints.push(...(await axeFindings(desk)));
  await desk.close();
  assert.deepEqual(complaints, []);
});

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
