// On a phone the list and the session are two screens.
import assert from "node:assert/strict";
import { create, play, scenario, send } from "./inspector.mjs";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

await scenario(async (ui) => {
  const { page, transcript } = ui;
  await create("pocket", { title: "In the pocket", directory: "/tmp" });
  await play("pocket", "markdown");
  await play("pocket", "tool");
  await create("asks", { title: "Asks" });
  await send("asks", "permission");
  await ui.open();
  await page.getByRole("link", { name: /In the pocket/ }).waitFor();
  assert.ok(await page.locator(".main").isHidden());
  await ui.see(page.locator(".waiting"), "command_execution");
  await ui.shots("phone-list");
  await page.getByRole("link", { name: /In the pocket/ }).tap();
  await ui.see(transcript, "patch.txt");
  assert.ok(await page.locator(".sidebar").isHidden());
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "the page scrolls sideways");
  await ui.shots("phone-session");
  await page.getByRole("link", { name: "All sessions" }).tap();
  await page.locator(".waiting a").first().tap();
  await page.getByRole("button", { name: "Allow once" }).first().tap();
  await ui.see(transcript, "allowed once");
  await page.getByRole("tab", { name: /Events/ }).tap();
  await page.locator(".event").first().tap();
  await page.locator(".event-detail pre").waitFor();
  await ui.shot("phone-events");
}, phone);
