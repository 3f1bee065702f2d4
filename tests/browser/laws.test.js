// Laws as code in a real browser: every page reads well light and dark, on a phone; a certificate is kept.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { axeFindings, scrollsSideways, signIn, startDemonstration } from './support.js';

let house;
before(async () => { house = await startDemonstration(); });
after(async () => { await house?.stop(); });

const PAGES = [
  '/laws',
  '/laws/korea',
  '/laws/korea/figures',
  '/laws/korea/results/basic_pension',
  '/laws/korea/calculation',
  '/laws/korea/examples/elderly_couple',
  '/laws/korea/examples/young_worker',
  '/laws/certificates',
];

for (const [name, options] of Object.entries({
  'on a desk': { viewport: { width: 1280, height: 900 } },
  'dark on a phone': { viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
  'in English': { viewport: { width: 1024, height: 800 }, locale: 'en-GB' },
})) {
  test(`every page of the laws can be read ${name}`, async () => {
    const context = await house.browser.newContext(options);
    // An unoptimised program explains slowly, more so while other pages are asked for.
    context.setDefaultNavigationTimeout(120_000);
    const page = await context.newPage();
    for (const path of PAGES) {
      const response = await page.goto(house.base + path);
      assert.equal(response.status(), 200, path);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      assert.deepEqual(await axeFindings(page), [], path);
      assert.equal(await scrollsSideways(page), false, path);
    }
    await context.close();
  });
}

test('what a result rests on unfolds by keyboard', async () => {
  const context = await house.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${house.base}/laws/korea/examples/elderly_couple`);
  const branch = page.locator('.law-branch').first();
  await branch.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  assert.equal(await branch.getAttribute('open'), '');
  assert.ok(await page.locator('.curve').isVisible(), 'the picture stands above');
  await context.close();
});

test('an official keeps the fingerprint of a calculation, and anyone finds it', async () => {
  const context = await house.browser.newContext({ locale: 'ko-KR' });
  const page = await context.newPage();
  await signIn(page, house.base, '문가온');
  await page.goto(`${house.base}/laws/korea/examples/elderly_couple`);
  await page.getByRole('button', { name: '증명의 지문을 기록에 남기기' }).click();
  await page.getByText('지문을 기록에 남겼습니다').waitFor();
  const certificate = await page.locator('#certificate-text').innerText();
  await context.close();

  const stranger = await (await house.browser.newContext({ locale: 'ko-KR' })).newPage();
  await stranger.goto(`${house.base}/laws/certificates`);
  await stranger.getByRole('textbox').fill(certificate);
  await stranger.getByRole('button', { name: '확인하기' }).click();
  await stranger.getByText('맞는 증명입니다').waitFor();
  assert.ok(await stranger.getByText('기록의 번호').isVisible());
});
