// Without the server's token the page shows nothing of any session, and asks it for nothing.
import assert from "node:assert/strict";
import { api, scenario } from "./inspector.mjs";

const { TOKEN: token } = process.env;

await scenario(async (ui) => {
  const { page } = ui;
  await api("POST", "/v1/sessions/secret-plan", { agent: "mock", title: "The secret plan" });
  await api("POST", "/v1/sessions/secret-plan/messages", { message: "say hidden words" });
  const nothing = async () => assert.doesNotMatch(await page.content(), /secret plan|hidden words/i);
  const field = page.getByLabel("Token of this server");

  await ui.open("secret-plan");
  await field.waitFor();
  await ui.shots("token");
  await nothing();
  await field.fill("open barley");
  await ui.button("Open").click();
  await ui.see(page.getByRole("alert"), "does not take this token");
  await nothing();

  await field.fill(token);
  await ui.button("Open").click();
  await ui.see(ui.transcript, "hidden words");
  await ui.see(page.locator(".row"), "The secret plan");
  await page.reload();
  await ui.see(ui.transcript, "hidden words");
  const kept = await page.evaluate(() => [Object.values(localStorage), Object.values(sessionStorage)]);
  assert.deepEqual(kept, [[], [token]]);

  // Another window knows nothing of it, until it is asked to remember.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByLabel("Token of this server").fill(token);
  await other.getByLabel("Remember it in this browser").check();
  await other.getByRole("button", { name: "Open" }).click();
  await other.getByRole("link", { name: /The secret plan/ }).waitFor();
  await other.close();
  const third = await page.context().newPage();
  await third.goto(page.url());
  await third.getByRole("link", { name: /The secret plan/ }).waitFor();
  await third.close();

  // A token that is taken away takes everything with it.
  await page.evaluate(() => { sessionStorage.setItem("parley.token", "stale"); });
  await page.reload();
  await field.waitFor();
  await nothing();
});
