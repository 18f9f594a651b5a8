// Tests of pages in a real browser. BROWSER is the program, PAGE the address of the page.
// Whoever looks for something waits for it: nothing here sleeps.
import assert from 'node:assert/strict';
import { after, before, test as run } from 'node:test';
import { chromium } from 'playwright-core';

const patience = 60_000; // ms, for machines that are busy

let browser;

before(async () => {
  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: process.env.BROWSER, args, timeout: patience });
});

after(() => browser?.close());

// test uses a page as one who was never there. Its path, and what the browser says of itself, may be options. It fails, too,
// when the page's script does; a failure tells what was to be seen.
export function test(name, use, { path = '', ...options } = {}) {
  run(name, async () => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    const faults = [];
    page.on('pageerror', (err) => faults.push(err));
    try {
      await page.goto(new URL(path, process.env.PAGE).href);
      await use(page);
      assert.deepEqual(faults, []);
    } catch (err) {
      const seen = await page.locator('body').ariaSnapshot();
      throw new Error([err.stack, ...faults.map(String), seen].join('\n'));
    } finally {
      await context.close();
    }
  });
}
