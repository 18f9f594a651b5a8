// What the scenarios have in common: a browser with the page, the API, and what must never happen whatever a scenario does.
import assert from "node:assert/strict";
import { join } from "node:path";
import { chromium } from "playwright-core";

const { URL: url, TOKEN: token, BROWSER: executablePath, ARTIFACTS: artifacts } = process.env;
const patience = 30_000;

/** Asks the API, beside the page. */
export async function api(method, path, body) {
  const text = await request(method, path, body);
  return text && JSON.parse(text);
}

async function request(method, path, body) {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text;
}

export const create = (id, fields = {}) => api("POST", `/v1/sessions/${encodeURIComponent(id)}`, { agent: "mock", ...fields });
export const send = (id, message) => api("POST", `/v1/sessions/${encodeURIComponent(id)}/messages`, { message });

/** Sends a message and waits until its turn is over. */
export const play = (id, message) => stream(id, "messages/stream", { message });

/** Fires the trigger of a message, and waits until its turn is over or calls a tool of the client's. */
export const trigger = (id, message) => stream(id, "trigger", { triggerName: "user-message", input: { USER_MESSAGE: message } });

async function stream(id, route, body) {
  await request("POST", `/v1/sessions/${encodeURIComponent(id)}/${route}`, body);
}

/** The line that lets the player say an item. */
export const item = (kind, ...content) => `${kind} ${JSON.stringify(content)}`;

/** Runs a scenario with a page, and fails when the page runs into an error, opens a dialog or is stopped by its policy. */
export async function scenario(act, options = {}) {
  const browser = await chromium.launch({ executablePath });
  const faults = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    watch(page, faults);
    await act(new Inspector(page)).catch(async (e) => {
      console.log(await page.screenshot({ path: join(artifacts, "failed.png") }).then(() => "see failed.png", String), faults);
      throw e;
    });
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
}

function watch(page, faults) {
  page.on("pageerror", (e) => faults.push(`error: ${e.stack}`));
  page.on("dialog", (d) => { faults.push(`dialog: ${d.message()}`); void d.dismiss(); });
  page.on("popup", (p) => faults.push(`popup: ${p.url()}`));
  page.on("request", (r) => { if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) faults.push(`request: ${r.url()}`); });
  page.on("console", (m) => { if (/Content Security Policy|Refused to/i.test(m.text())) faults.push(`policy: ${m.text()}`); });
}

/** The page as a user has it. */
export class Inspector {
  constructor(page) {
    this.page = page;
    this.transcript = page.getByRole("log", { name: "Transcript" });
    this.message = page.getByRole("textbox", { name: "Message" });
    this.status = page.locator(".session-header .status");
  }

  async open(session = "", tab = "") {
    await this.page.goto(`${url}/ui/#/${session && `s/${encodeURIComponent(session)}${tab && "/" + tab}`}`);
  }

  async say(text) {
    await this.message.fill(text);
    await this.message.press("Control+Enter");
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Waits until a locator's text fits. */
  async see(locator, text) {
    await locator.filter({ hasText: text }).first().waitFor();
  }

  async shot(name) {
    await this.page.screenshot({ path: join(artifacts, `${name}.png`) });
  }

  /** Shows the same in the other colours. */
  async shots(name) {
    for (const colorScheme of ["light", "dark"]) {
      await this.page.emulateMedia({ colorScheme });
      await this.shot(`${name}-${colorScheme}`);
    }
  }
}
