// The log as it is: filtered by type, searched, copied.
import assert from "node:assert/strict";
import { create, play, scenario } from "./inspector.mjs";

await scenario(async (ui) => {
  const { page } = ui;
  await create("log");
  await play("log", "tool");
  await play("log", "unparsed");
  await ui.open("log");
  await page.getByRole("tab", { name: /Events/ }).click();
  const rows = page.locator(".event");
  const all = await rows.count();
  assert.ok(all > 10);
  await page.getByLabel("Type of event").selectOption("turn.ended");
  await ui.see(page.getByRole("status"), `2 of ${all}`);
  assert.equal(await rows.count(), 2);
  await page.getByLabel("Type of event").selectOption("");
  await page.getByLabel("Search in events").fill("MOCK SEARCH results");
  await ui.see(page.getByRole("status"), `2 of ${all}`);
  await rows.first().click();
  const detail = page.locator(".event-detail pre");
  await ui.see(detail, "mock search results");
  await page.keyboard.press("ArrowDown");
  await page.locator("[role=option][aria-selected=true]").nth(0).waitFor();
  await ui.see(page.locator(".event-detail h3"), "item.completed");
  await ui.shots("events");

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await ui.button("Copy all").click();
  const copied = (await page.evaluate(() => navigator.clipboard.readText())).split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(copied.map((e) => e.type), ["item.started", "item.completed"]);

  await page.getByLabel("Search in events").fill("unsupported payload");
  await rows.first().click();
  await ui.button("With raw payload").click();
  await ui.see(detail, `"raw": "mock"`);
  await page.reload();
  await rows.first().waitFor();
});
