// All of it without a mouse.
import assert from "node:assert/strict";
import { create, scenario } from "./inspector.mjs";

await scenario(async (ui) => {
  const { page } = ui;
  for (const id of ["one", "two", "three"]) await create(id);
  await ui.open();
  const current = page.locator(".row[aria-current=page]");
  await page.locator(".row").nth(2).waitFor();
  const names = await page.locator(".row .name").allInnerTexts();
  await page.keyboard.press("j");
  await ui.see(current, names[0]);
  await page.keyboard.press("ArrowDown");
  await ui.see(current, names[1]);
  await page.keyboard.press("k");
  await ui.see(current, names[0]);

  await page.keyboard.press("/");
  await page.keyboard.type("tw");
  await page.locator(".row").nth(1).waitFor({ state: "detached" });
  assert.deepEqual(await page.locator(".row .name").allInnerTexts(), ["two"]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await ui.see(current, "two");

  await page.keyboard.press("c");
  await page.keyboard.type("say jkn?/e");
  await page.keyboard.press("Control+Enter");
  await ui.see(ui.transcript.locator(".message[data-role=assistant]"), "jkn?/e");
  await page.locator("#message").evaluate((el) => el.blur());
  await page.keyboard.press("e");
  await page.getByRole("listbox", { name: "Events" }).waitFor();
  await page.keyboard.press("e");
  await ui.transcript.waitFor();

  await page.keyboard.press("?");
  await ui.see(page.getByRole("dialog"), "Keyboard");
  await ui.shot("help");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await page.getByRole("dialog", { name: "New session" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});
