// Benefits, in both languages, on a phone and on a desk, light and dark: nothing for axe-core to find, nothing that scrolls
// sideways. Without JavaScript: somebody calculates; an official confirms, the citizen agrees.

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

for (const { name, lang, ...options } of looks) {
  test(`benefits: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    const { base } = demonstration;
    for (const path of [`/welfare?lang=${lang}`, '/welfare/about']) await look(page, base + path, complaints);
    await signIn(page, base, lang === 'ko' ? '박순자' : 'Park Sunja');
    const own = ['/welfare/mine', '/welfare/mine/data', '/welfare/mine/account', '/welfare/mine/why/basic_pension/p1', '/welfare/mine/why/child_allowance/p1'];
    for (const path of own) await look(page, base + path, complaints);
    await page.goto(`${base}/welfare/mine`);
    await look(page, await page.locator('a[href^="/welfare/proposals/"]').first().evaluate((link) => link.href), complaints);
    await context.clearCookies();
    await page.goto(`${base}/?lang=${lang}`);
    await signIn(page, base, lang === 'ko' ? '소예린' : 'So Yerin');
    const places = ['', '?view=reviews', '/payments', '/recoveries', '/disputes', '/screenings', '/watch', '/statutes'];
    const work = places.map((place) => `/welfare/work${place}`);
    work.push('/welfare/work/households/home-0001', '/welfare/work/households/home-0001?whose=p1&fact=national_pension_old_age');
    for (const path of [...work, '/welfare/lab', '/welfare/lab/new?search=%EA%B8%B0%EC%B4%88%EC%97%B0%EA%B8%88', '/welfare/lab/compare']) {
      await look(page, base + path, complaints);
    }
    await page.goto(`${base}/welfare/work`);
    await look(page, await page.locator('.work-item a').first().evaluate((link) => link.href), complaints);
    await context.close();
    assert.deepEqual(complaints, []);
  });
}

test('without JavaScript somebody calculates, an official confirms, the citizen agrees', async () => {
  const { base, browser } = demonstration;
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en' });
  const page = await context.newPage();
  await page.goto(`${base}/welfare?lang=en`);
  await page.locator('#birth, [name=birth]').first().fill('1948-03-11');
  await page.locator('[name=monthly_rent]').fill('260,000');
  await page.getByRole('button', { name: 'Calculate' }).click();
  assert.match(await page.locator('h1').textContent(), /won a month/);

  await signIn(page, base, 'So Yerin');
  await page.goto(`${base}/welfare/work?status=found&benefit=rent_support`);
  await page.locator('.work-item a').first().click();
  await page.locator('[name=note]').fill('The lease and the incomes were looked at.');
  await page.getByRole('button', { name: /Confirm and tell/ }).click();
  await page.waitForURL(/\/welfare\/work\?status=found&benefit=rent_support&done=/);
  assert.match(await page.locator('main').textContent(), /Done\./);

  const citizen = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await citizen.goto(`${base}/?lang=en`);
  await signIn(citizen, base, 'Park Sunja');
  await citizen.goto(`${base}/welfare/mine`);
  await citizen.getByRole('link', { name: 'Read and decide' }).first().click();
  await citizen.getByRole('button', { name: 'Agree and receive' }).click();
  assert.match(await citizen.locator('main').textContent(), /Awarded/);
  await context.close();
});

test('without JavaScript an official asks, the citizen tells, and a life event is written down', async () => {
  const { base, browser } = demonstration;
  const proposal = 'home-0001.livelihood_benefit.all';
  const official = await (await browser.newContext({ javaScriptEnabled: false, locale: 'en' })).newPage();
  await official.goto(`${base}/?lang=en`);
  await signIn(official, base, 'So Yerin');
  await official.goto(`${base}/welfare/work/${proposal}`);
  await official.getByText('Facts that no register holds and that could change it').click();
  await official.getByRole('button', { name: 'Ask the citizen' }).click();

  const citizen = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await citizen.goto(`${base}/?lang=en`);
  await signIn(citizen, base, 'Park Sunja');
  await citizen.goto(`${base}/welfare/proposals/${proposal}`);
  assert.match(await citizen.locator('main').textContent(), /No register holds this/);
  await citizen.getByRole('button', { name: 'Tell them' }).click();
  assert.match(await citizen.locator('main').textContent(), /An official looks at it/);

  await official.goto(`${base}/welfare/work/households/home-0001?whose=all&fact=monthly_rent`);
  await official.locator('[name="monthly_rent.all"]').fill('200,000');
  await official.getByRole('button', { name: 'Write it down' }).click();
  assert.match(await official.locator('main').textContent(), /Written down\. Benefits found: \d+, other amounts: \d+/);
});

test('without JavaScript a run is released by another person and leaves for the bank', async () => {
  const { base, browser } = demonstration;
  const open = async (name) => {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(`${base}/?lang=en`);
    await signIn(page, base, name);
    return page;
  };
  const official = await open('So Yerin');
  await official.goto(`${base}/welfare/work/payments`);
  await official.getByRole('button', { name: 'Prepare a run' }).click();
  const run = official.url();
  assert.match(run, /\/welfare\/work\/payments\/\d{4}-\d{2}-\d+$/);
  const head = await open('Pyo Seungho');
  await head.goto(run);
  await head.getByRole('button', { name: /^Release / }).click();
  await official.goto(run);
  await official.getByRole('button', { name: 'Hand it to the bank' }).click();
  assert.match(await official.locator('main').textContent(), /Handed to the bank/);
  assert.match(await official.locator('main').textContent(), /The bank's answer/);
});

/** Opens an address again and again until what was to be done is done. */
async function openWhenDone(page, address, busy) {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    await page.goto(address);
    if (!(await page.locator('main').textContent()).includes(busy)) return;
    await page.waitForTimeout(500);
  }
  throw new Error(`${address} is still not done`);
}

test('without JavaScript a policy maker changes a figure and sees what it does; a screening becomes proposals', async () => {
  const { base, browser } = demonstration;
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en' });
  const page = await context.newPage();
  await page.goto(`${base}/?lang=en`);
  await signIn(page, base, 'So Yerin');
  await page.goto(`${base}/welfare/lab/new`);
  await page.locator('[name=search]').fill('basic pension standard');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await page.locator('button[value="add:basic_pension.amount.standard"]').click();
  await page.locator('[name="figure.0.value"]').fill('400,000');
  await page.locator('[name="figure.0.from"]').fill('2026-01-01');
  await page.locator('[name=name]').fill('Basic pension of 400,000');
  await page.locator('[name=month]').fill('2026-03');
  await page.getByRole('button', { name: 'Calculate' }).click();
  await openWhenDone(page, page.url(), 'It is being calculated');
  const told = await page.locator('main').textContent();
  assert.match(told, /It costs [\d,.]+ billion won more a month/);
  assert.match(told, /maru rules reform .*--represents 51217221/);

  await page.goto(`${base}/welfare/work/screenings`);
  const rule = page.locator('form[action$="/screenings/rules"]').filter({ has: page.locator('[name=least]') });
  await rule.locator('[name=benefit]').selectOption('rent_support');
  await rule.locator('[name=least]').fill('10,000');
  await rule.getByRole('button').click();
  await page.locator('[name=month]').fill('2026-03');
  await page.getByRole('button', { name: 'Start' }).click();
  await openWhenDone(page, page.url(), 'It is being screened');
  await openWhenDone(page, page.url(), 'Proposals are being made');
  assert.match(await page.locator('main').textContent(), /proposals that rules asked for lie in \d+ lots sealed on the log/);
  await page.locator('[name=benefit]').selectOption('basic_pension');
  await page.locator('[name=most]').fill('3');
  await page.getByRole('button', { name: 'Make proposals' }).click();
  await openWhenDone(page, page.url(), 'Proposals are being made');
  assert.match(await page.locator('main').textContent(), /Proposals made/);
  await page.goto(`${base}/welfare/work?status=found&benefit=basic_pension`);
  await page.locator('.work-item a').last().click();
  assert.match(await page.locator('main').textContent(), /the screening of all households/);
  // What lies in a lot stands in the list like everything else, and opens as a case.
  await page.goto(`${base}/welfare/work?status=found&benefit=rent_support`);
  await page.locator('.work-item a').last().click();
  assert.match(await page.locator('main').textContent(), /the screening of all households/);
  await page.locator('[name=note]').fill('The lease was looked at.');
  await page.getByRole('button', { name: /Confirm and tell/ }).click();
  await page.waitForURL(/\/welfare\/work\?status=found&benefit=rent_support&done=/);
  assert.match(await page.locator('main').textContent(), /Done\./);
  await context.close();
});
