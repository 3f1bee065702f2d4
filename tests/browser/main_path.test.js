// From a citizen's own words to an answer with its sources, without and with scripts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axeFindings, signIn, startDemonstration } from './support.js';

let demonstration;
before(async () => { demonstration = await startDemonstration(); });
after(async () => { await demonstration?.stop(); });

const question = '느티나무3길 가로등이 꺼져서 밤에 너무 어둡습니다. 언제 고쳐 주시나요? 제 번호는 010-0000-2714입니다.';

for (const javaScriptEnabled of [true, false]) {
  test(`the main path ${javaScriptEnabled ? 'with' : 'without'} scripts`, { timeout: 120_000 }, async () => {
    const { base, browser } = demonstration;
    const citizen = await browser.newContext({ javaScriptEnabled, viewport: { width: 390, height: 844 }, locale: 'ko-KR' });
    const page = await citizen.newPage();

    // One box.
    await page.goto(base);
    await page.locator('textarea[name=text]').fill(question);
    await page.locator('main button[type=submit]').first().click();

    // What was understood, shown back; personal data is named.
    await page.getByRole('heading', { level: 1, name: '이렇게 이해했어요' }).waitFor();
    assert.match(await page.locator('main').innerText(), /전화번호/);
    assert.match(await page.locator('main').innerText(), /답변해 드려요/);
    if (javaScriptEnabled) assert.deepEqual(await axeFindings(page), []);
    await page.getByRole('button', { name: '접수하기' }).click();

    // The receipt.
    await page.getByRole('heading', { level: 1, name: '접수했어요' }).waitFor();
    const receipt = (await page.locator('#receipt').innerText()).trim();
    const code = (await page.locator('#code').innerText()).trim();
    assert.match(receipt, /^\d{4}-\w{4}-\w{4}$/);
    if (javaScriptEnabled) assert.deepEqual(await axeFindings(page), []);

    // The same case from another browser, by number and code.
    const elsewhere = await browser.newContext({ javaScriptEnabled, locale: 'ko-KR' });
    const second = await elsewhere.newPage();
    await second.goto(`${base}/inquiries/${receipt}`);
    await second.locator('input[name=code]').fill(code);
    await second.locator('main form button[type=submit]').first().click();
    await second.waitForURL(`**/inquiries/${receipt}`);
    assert.match(await second.locator('main').innerText(), /가로등/);

    // The official finds it in the queue, without the telephone number, and answers.
    const office = await browser.newContext({ viewport: { width: 1400, height: 1000 }, locale: 'ko-KR' });
    const desk = await office.newPage();
    await signIn(desk, base, '문가온');
    let found = false;
    for (let attempt = 0; attempt < 40 && !found; attempt += 1) {
      const response = await desk.goto(`${base}/work/${receipt}`);
      found = response.status() === 200 && (await desk.locator('textarea[name=answer]').count()) > 0;
      if (!found) await desk.waitForTimeout(500);
    }
    assert.ok(found, 'the case reached the department of roads');
    assert.doesNotMatch(await desk.locator('main').innerText(), /010-0000-2714/);
    assert.deepEqual(await axeFindings(desk), []);
    await desk.locator('textarea[name=answer]').fill('안녕하십니까. 말씀하신 가로등은 「도로법」 제61조에 따라 살펴 이번 주 안에 고치겠습니다.');
    await desk.getByRole('button', { name: /승인하고 보내기/ }).click();
    await desk.waitForURL(`**/work/${receipt}**`);
    await desk.getByRole('button', { name: /되돌리기/ }).waitFor();

    // The citizen reads it, with its source.
    let answered = false;
    for (let attempt = 0; attempt < 60 && !answered; attempt += 1) {
      await page.goto(`${base}/inquiries/${receipt}`);
      answered = /이번 주 안에 고치겠습니다/.test(await page.locator('main').innerText());
      if (!answered) await page.waitForTimeout(500);
    }
    assert.ok(answered, 'the answer was served');
    const source = page.locator('.sources a').first();
    await source.click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.match(await page.locator('main').innerText(), /도로법/);

    // The proof can be downloaded.
    const proof = await citizen.request.get(`${base}/inquiries/${receipt}/proof`);
    assert.equal(proof.status(), 200);
    assert.equal((await proof.json()).stream.includes(receipt), true);
    await Promise.all([citizen.close(), elsewhere.close(), office.close()]);
  });
}
