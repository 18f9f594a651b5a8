// Opens the page in a browser, tries an operation out, and prints what it saw as JSON.
//
//	node look.mjs BROWSER URL PICTURE
import { chromium } from "playwright-core";

const [executablePath, url, path] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const saw = { operations: 0, answer: "", server: "", faults: [], foreign: [] };
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(120_000); // the machine may be busy
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && saw.faults.push(m.text()));
  page.on("pageerror", (e) => saw.faults.push(String(e)));
  page.on("requestfailed", (r) => saw.faults.push(`${r.url()}: ${r.failure()?.errorText}`));
  page.on("request", (r) => new URL(r.url()).origin !== new URL(url).origin && saw.foreign.push(r.url()));
  await page.goto(`${url}/docs/`); // which leads to the page
  const create = page.locator(".opblock", { hasText: "/v1/sessions/{session_id}" }).first();
  await create.waitFor();
  saw.operations = await page.locator(".opblock").count();
  saw.server = await page.locator(".servers select").inputValue();
  await create.click();
  await create.locator(".model-box, .model-example").first().waitFor();
  await page.screenshot({ path });

  const health = page.locator(".opblock", { hasText: "/v1/health" });
  await health.click();
  await health.getByRole("button", { name: "Try it out" }).click();
  await health.getByRole("button", { name: "Execute" }).click();
  saw.answer = await health.locator(".live-responses-table .response-col_description .microlight").first().innerText();
} finally {
  await browser.close();
}
console.log(JSON.stringify(saw));
