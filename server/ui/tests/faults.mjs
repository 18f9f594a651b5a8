// The server goes away and comes back: the page says so, and nothing is missing or twice. What is not there is said.
import assert from "node:assert/strict";
import { api, create, play, scenario, send } from "./inspector.mjs";

await scenario(async (ui) => {
  const { page, transcript } = ui;
  await create("cut");
  await play("cut", "tool");
  const seen = [];
  let isDown = true;
  await page.route("**/events/sse", (route) => {
    seen.push(Number(route.request().headers()["last-event-id"]));
    if (seen.length === 1) return route.fulfill({ contentType: "text/event-stream", body: "" });
    if (isDown) return route.abort();
    return route.continue();
  });
  await ui.open("cut");
  await ui.see(page.getByRole("status"), "Not following: the server does not answer");
  await send("cut", "say while it was cut");
  isDown = false;
  await ui.see(transcript.locator(".message[data-role=assistant]"), "while it was cut");
  await page.getByText("Not following").waitFor({ state: "detached" });
  await send("cut", "say live again");
  await ui.see(transcript.locator(".message[data-role=assistant]"), "live again");
  assert.ok(seen.length >= 3 && seen.every((last, i) => last > 0 && last >= (seen[i - 1] ?? 0)), `resumed after ${seen}`);
  const { eventCount } = await api("GET", "/v1/sessions/cut");
  await page.getByRole("tab", { name: /Events/ }).click();
  await ui.see(page.getByRole("status"), `${eventCount} events`);
  const sequences = (await page.locator(".event .sequence").allInnerTexts()).map(Number);
  assert.deepEqual(sequences, Array.from({ length: eventCount }, (_, i) => i + 1));

  await page.route("**/v1/pending", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }));
  await ui.see(page.getByRole("alert"), "The server answered with status 502. Trying again.");
  await page.unroute("**/v1/pending");
  await page.getByText("Trying again").waitFor({ state: "detached" });

  // A message that did not get through stays where it was written.
  await page.getByRole("tab", { name: /Transcript/ }).click();
  await page.route("**/messages", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await ui.say("do not lose me");
  await ui.see(page.getByRole("alert"), "The server does not answer.");
  assert.equal(await ui.message.inputValue(), "do not lose me");

  // Only its answer was lost: sent again it is the same message.
  await page.unroute("**/messages");
  await ui.message.press("Control+Enter");
  await page.waitForFunction(() => document.querySelector("#message").value === "");
  await ui.say("and after it");
  await ui.see(transcript.locator(".message[data-role=assistant]"), "and after it");
  assert.equal(await transcript.locator(".message[data-role=user]").filter({ hasText: "do not lose me" }).count(), 1);

  await ui.open("nobody");
  await ui.see(page.getByRole("alert"), "session not found");
  await page.getByRole("main").getByRole("link", { name: "All sessions" }).click();
  await ui.see(page.locator(".welcome"), "Choose a session");
});
