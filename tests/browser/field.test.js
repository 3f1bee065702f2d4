// A field visit on a phone: the checklist opens and takes a record and a photo with the network cut, sends both once when it
// comes back, and sends nothing twice when an answer was lost on the way. Meetings: without JavaScript from invitation to vote; members vote alone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axeFindings, scrollsSideways, signIn, startDemonstration } from './support.js';

let demonstration;
before(async () => { demonstration = await startDemonstration(); });
after(async () => { await demonstration?.stop(); });

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function signedIn(options = {}) {
  const context = await demonstration.browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${demonstration.base}/?lang=en`);
  await signIn(page, demonstration.base, 'Cha Onyu');
  return { context, page };
}

/** Plans a visit for today; gives its address. */
async function planVisit(page, number, place) {
  await page.goto(`${demonstration.base}/plan/visits`);
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date());
  await page.getByLabel('Number of the recommendation').fill(number);
  await page.getByLabel('Where?').fill(place);
  await page.getByLabel('When?').fill(today);
  await page.getByRole('button', { name: 'Plan a visit' }).click();
  await page.waitForURL(/\/plan\/visits\/[0-9a-f-]{36}$/);
  return page.url();
}

async function openChecklist(page, visit) {
  await page.goto(`${visit}/field`);
  await page.locator('#field-offline').waitFor({ state: 'visible' });
}

async function fillIn(page, words) {
  for (const group of await page.locator('fieldset').all()) await group.getByLabel('Yes', { exact: true }).check();
  await page.locator('fieldset', { hasText: 'Do people use it?' }).getByLabel('No', { exact: true }).check();
  await page.getByLabel('What did you see on the whole?').fill(words);
  await page.getByLabel(/^Finding 1 \(/).fill('안내판을 고칠 것');
  await page.getByLabel(/^Finding 1: until/).fill('2030-01-31');
}

/** A small picture as the camera would give it. */
async function takePhoto(page) {
  const picture = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [2400, 1800];
    const context = canvas.getContext('2d');
    for (let at = 0; at < 300; at += 1) {
      context.fillStyle = `hsl(${at * 7} 70% 50%)`;
      context.fillRect((at * 97) % 2400, (at * 61) % 1800, 160, 120);
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  await page.getByLabel('What does it show?').fill('창구');
  await page.getByLabel('Take a photo').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(picture) });
  await page.locator('#field-photos canvas').waitFor();
}

const waiting = (page) => page.evaluate(async () => {
  const database = await new Promise((resolve) => { const request = indexedDB.open('maru-field', 1); request.onsuccess = () => resolve(request.result); });
  const count = (store) => new Promise((resolve) => { const request = database.transaction(store).objectStore(store).count(); request.onsuccess = () => resolve(request.result); });
  return [await count('records'), await count('photos')];
});

const visitOf = async (page, visit) => {
  const id = visit.split('/').at(-1);
  return page.evaluate((address) => fetch(address).then((response) => response.json()), `${demonstration.base}/api/v1/plan/visits/${id}`);
};

test('with the network cut a record and a photo are kept, and sent once when it comes back', async () => {
  const { context, page } = await signedIn(phone);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) complaints.push(message.text()); });
  const visit = await planVisit(page, '1-2', '시험 현장');
  await openChecklist(page, visit);
  assert.deepEqual(await axeFindings(page), []);
  assert.equal(await scrollsSideways(page), false);

  await context.setOffline(true);
  await page.goto(`${visit}/field`);
  assert.match(await page.locator('h1').textContent(), /Checklist/, 'it opens without a network');
  await fillIn(page, '결과물은 있으나 쓰이지 않습니다.');
  await takePhoto(page);
  // The browser is closed and opened again on the spot: what was written is still there.
  await page.reload();
  await page.getByText('What you wrote is still here.').waitFor();
  assert.equal(await page.getByLabel('What did you see on the whole?').inputValue(), '결과물은 있으나 쓰이지 않습니다.');
  await page.getByRole('button', { name: 'Send the record' }).click();
  await page.getByText('No network: 2 kept on this device').waitFor();
  assert.deepEqual(await waiting(page), [1, 1]);

  await context.setOffline(false);
  await page.waitForURL(visit);
  const known = await visitOf(page, visit);
  assert.equal(known.records.length, 1);
  assert.equal(known.records[0].summary, '결과물은 있으나 쓰이지 않습니다.');
  assert.equal(known.findings.length, 1);
  assert.deepEqual(await waiting(page), [0, 0]);
  const photo = page.locator('.photos img');
  await photo.scrollIntoViewIfNeeded();
  assert.equal(await photo.getAttribute('alt'), 'Photo 1 of the visit');
  assert.equal(await page.locator('.photos figcaption').textContent(), '창구');
  await page.waitForFunction(() => document.querySelector('.photos img').naturalWidth === 1600);
  assert.match(await page.locator('main').textContent(), /Finding 1/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an answer that is lost on the way does no harm', async () => {
  const { context, page } = await signedIn(phone);
  const visit = await planVisit(page, '2-1', '다른 현장');
  await openChecklist(page, visit);
  let lost = 0;
  await context.route('**/api/v1/plan/visits/*/records', async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    // The server takes it; the phone does not hear of it.
    await route.fetch();
    return route.abort('connectionreset');
  });
  await fillIn(page, '한 번만 기록됩니다.');
  await page.getByRole('button', { name: 'Send the record' }).click();
  await page.getByText('No network: 1 kept on this device').waitFor();
  assert.equal((await visitOf(page, visit)).records.length, 1, 'it had arrived');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.waitForURL(visit);
  const known = await visitOf(page, visit);
  assert.deepEqual([lost, known.records.length, known.findings.length], [1, 1, 1]);
  await context.close();
});

test('the list of what is to be visited and every checklist on it open with the network cut', async () => {
  const { context, page } = await signedIn(phone);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) complaints.push(message.text()); });
  const first = await planVisit(page, '1-1', '첫 현장');
  const second = await planVisit(page, '4-1', '둘째 현장');
  const list = `${demonstration.base}/plan/visits/field`;
  await page.goto(list);
  await page.getByText('This list and all its checklists are on this device').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  assert.equal(await scrollsSideways(page), false);

  await context.setOffline(true);
  await page.goto(list);
  assert.match(await page.locator('h1').textContent(), /What is to be visited/);
  // Checklists that were never opened before open now.
  for (const visit of [first, second]) {
    await page.goto(list);
    await page.locator(`a[href="${new URL(visit).pathname}/field"]`).click();
    assert.match(await page.locator('h1').textContent(), /Checklist/);
  }
  await fillIn(page, '인터넷 없이 적었습니다.');
  await page.getByRole('button', { name: 'Send the record' }).click();
  await page.getByText('No network: 1 kept on this device').waitFor();
  await page.goto(list);
  await page.getByText('1 wait to be sent').waitFor();

  // Once it was sent, its checklist goes from the device; the other stays.
  await context.setOffline(false);
  await page.goto(`${second}/field`);
  await page.waitForURL(second);
  assert.equal((await visitOf(page, second)).records.length, 1);
  await page.goto(list);
  await page.getByText('This list and all its checklists are on this device').waitFor();
  const kept = await page.evaluate(async () => (await (await caches.open('maru-field')).keys()).map((one) => new URL(one.url).pathname));
  assert.ok(kept.includes(`${new URL(first).pathname}/field`) && !kept.includes(`${new URL(second).pathname}/field`), kept.join(' '));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('without JavaScript the checklist is an ordinary form', async () => {
  const { context, page } = await signedIn({ ...phone, javaScriptEnabled: false });
  const visit = await planVisit(page, '3-1', '셋째 현장');
  await page.goto(`${visit}/field`);
  await fillIn(page, '');
  await page.getByRole('button', { name: 'Send the record' }).click();
  assert.match(await page.locator('main').textContent(), /is missing/);
  await page.getByLabel('What did you see on the whole?').fill('보았습니다.');
  await page.getByRole('button', { name: 'Send the record' }).click();
  assert.match(await page.locator('main').textContent(), /Finding 1/);
  await context.close();
});

test('who signs out leaves no page behind', async () => {
  const { context, page } = await signedIn(phone);
  const visit = await planVisit(page, '5-1', '넷째 현장');
  await openChecklist(page, visit);
  assert.ok(await page.evaluate(() => caches.has('maru-field')));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForLoadState();
  assert.equal(await page.evaluate(() => caches.has('maru-field')), false);
  await context.close();
});

test('without JavaScript a meeting is convened, opened, voted on and closed', async () => {
  const { context, page } = await signedIn({ javaScriptEnabled: false });
  const { base } = demonstration;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date());
  await page.goto(`${base}/plan/meetings`);
  await page.locator('summary', { hasText: 'Convene a meeting' }).click();
  await page.getByLabel('Which council?').selectOption('public-ax');
  await page.getByLabel('Title of the meeting').fill('제3차 분과회의');
  await page.getByLabel('Date', { exact: true }).fill(today);
  await page.getByLabel('Time').fill('10:00');
  await page.getByLabel('Place').fill('회의실');
  await page.getByRole('button', { name: 'Convene a meeting' }).click();
  await page.locator('summary', { hasText: 'Put something on the agenda' }).click();
  await page.getByLabel('Title', { exact: true }).fill('시범 사업');
  await page.getByLabel('What is to be decided or heard').fill('시범 사업을 시작한다.');
  await page.getByRole('button', { name: 'Put it on the agenda' }).click();
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  for (const member of ['Member 1', 'Member 2']) await page.getByLabel(member, { exact: true }).check();
  await page.getByRole('button', { name: 'Open the meeting' }).click();
  assert.match(await page.locator('main').textContent(), /not more than half/);
  for (const member of ['Member 1', 'Member 2', 'Member 3']) await page.getByLabel(member, { exact: true }).check();
  await page.getByRole('button', { name: 'Open the meeting' }).click();
  await page.getByRole('button', { name: 'Nobody objects (all for)' }).click();
  assert.match(await page.locator('main').textContent(), /Passed/);
  await page.getByRole('button', { name: 'Close the meeting' }).click();
  await page.getByRole('button', { name: 'Approve the minutes' }).click();
  const minutes = await page.locator('main').textContent();
  assert.match(minutes, /5 members, 3 present, 0 took no part\. Of the 3 who voted, 3 for, 0 against, 0 abstained: passed/);
  await context.close();
});

test('without JavaScript a member votes alone on a phone, and the secretariat records it', async () => {
  const { context, page } = await signedIn({ javaScriptEnabled: false });
  const { base } = demonstration;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date());
  await page.goto(`${base}/plan/meetings`);
  await page.locator('summary', { hasText: 'Convene a meeting' }).click();
  await page.getByLabel('Which council?').selectOption('public-ax');
  await page.getByLabel('Title of the meeting').fill('제4차 분과회의');
  await page.getByLabel('Date', { exact: true }).fill(today);
  await page.getByLabel('Time').fill('11:00');
  await page.getByLabel('Place').fill('회의실');
  await page.getByRole('button', { name: 'Convene a meeting' }).click();
  await page.locator('summary', { hasText: 'Put something on the agenda' }).click();
  await page.getByLabel('Title', { exact: true }).fill('본 사업');
  await page.getByLabel('What is to be decided or heard').fill('본 사업을 시작한다.');
  await page.getByRole('button', { name: 'Put it on the agenda' }).click();
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  for (const member of ['Member 1', 'Member 2', 'Member 3']) await page.getByLabel(member, { exact: true }).check();
  await page.getByRole('button', { name: 'Open the meeting' }).click();
  const meeting = page.url().replace(/\/run.*$/, '');

  const other = await demonstration.browser.newContext(phone);
  const member = await other.newPage();
  await member.goto(`${base}/?lang=en`);
  await signIn(member, base, 'Na Jian');
  await member.goto(`${meeting}/ballot`);
  assert.match(await member.locator('main').textContent(), /once the vote begins/);
  await page.getByRole('button', { name: 'Let members vote by themselves' }).click();
  await member.goto(meeting);
  await member.getByRole('link', { name: 'Vote', exact: true }).click();
  assert.deepEqual(await axeFindings(member), []);
  assert.equal(await scrollsSideways(member), false);
  await member.getByRole('button', { name: 'Vote', exact: true }).click();
  assert.match(await member.locator('main').textContent(), /Choose for, against or abstain/);
  await member.getByLabel('Against', { exact: true }).check();
  await member.getByRole('button', { name: 'Vote', exact: true }).click();
  assert.match(await member.locator('main').textContent(), /You voted: Against/);

  await page.getByRole('link', { name: 'Look again' }).click();
  await page.waitForURL(/item=\d+$/);
  const seen = await page.locator('main').textContent();
  assert.match(seen, /1 of 3 members have voted by themselves/);
  assert.doesNotMatch(seen, /voted: Against/, 'how, nobody sees before it is recorded');
  for (const seat of ['Member 2', 'Member 3']) await page.getByRole('group', { name: seat }).getByLabel('For', { exact: true }).check();
  await page.getByRole('button', { name: 'Record the votes' }).click();
  await member.goto(`${meeting}/ballot`);
  assert.match(await member.locator('main').textContent(), /Your vote: Against/);
  await page.goto(meeting);
  const minutes = await page.locator('main').textContent();
  assert.match(minutes, /Of the 3 who voted, 2 for, 1 against, 0 abstained: passed/);
  assert.match(minutes, /the member/);
  for (const address of ['/plan/councils/public-ax/seat', '/plan/councils/public-ax']) {
    await member.goto(base + address);
    assert.deepEqual(await axeFindings(member), []);
    assert.equal(await scrollsSideways(member), false);
  }
  await other.close();
  await context.close();
});

for (const [name, options, lang] of [['phone, Korean', phone, 'ko'], ['desk, English, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }, 'en']]) {
  test(`meetings, visits and the outlook: ${name}`, async () => {
    const context = await demonstration.browser.newContext(options);
    const page = await context.newPage();
    const { base } = demonstration;
    const complaints = [];
    await page.goto(`${base}/?lang=${lang}`);
    const addresses = ['/plan/meetings', '/plan/visits', '/plan/outlook', '/plan/dependencies', '/plan/councils/plenary'];
    await page.goto(`${base}/plan/meetings`);
    addresses.push(...await page.locator('main a[href^="/plan/meetings/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href'))));
    await page.goto(`${base}/plan/visits`);
    addresses.push(...await page.locator('main a[href^="/plan/visits/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href'))));
    assert.ok(addresses.length >= 8, 'the demonstration has meetings and a visit');
    const look = async (address) => {
      const response = await page.goto(base + address);
      if (response.status() !== 200) complaints.push(`${address}: ${response.status()}`);
      for (const finding of await axeFindings(page)) complaints.push(`${address}: ${finding}`);
      if (await scrollsSideways(page)) complaints.push(`${address}: scrolls sideways`);
    };
    for (const address of addresses) await look(address);
    await signIn(page, base, lang === 'ko' ? '차온유' : 'Cha Onyu');
    const coming = addresses.filter((address) => address.startsWith('/plan/meetings/')).map((address) => `${address}/run`);
    for (const address of [...addresses, ...coming, '/plan/work']) await look(address);
    await context.close();
    assert.deepEqual(complaints, []);
  });
}
