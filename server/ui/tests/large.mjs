// Ten thousand events, loaded and followed: what is drawn stays little, and the page answers meanwhile.
import assert from "node:assert/strict";
import { api, create, play, scenario } from "./inspector.mjs";

await scenario(async (ui) => {
  const { page, transcript } = ui;
  await create("many", { title: "Many turns" });
  for (let i = 0; i < 25; i++) await Promise.all(Array.from({ length: 20 }, (_, k) => api("POST", "/v1/sessions/many/messages", { message: `say ${i} ${k}` })));
  await play("many", "burst 10000");
  await play("many", "say the last");
  const { eventCount } = await api("GET", "/v1/sessions/many");
  assert.ok(eventCount > 12_000);

  await watchFrames(page);
  await ui.open("many");
  await ui.see(transcript, "the last");
  assert.ok((await page.locator("*").count()) < 4000);
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "the transcript scrolls, not the page");
  await page.locator(".tabs").getByText("Events").click();
  await ui.see(page.getByRole("status"), `${eventCount} events`);
  assert.ok((await page.locator(".event").count()) < 150);
  await page.getByLabel("Search in events").fill("the last");
  await ui.see(page.getByRole("status"), `of ${eventCount}`);
  await page.locator(".tabs").getByText("Transcript").click();

  console.log("longest frame while the session was loaded, ms:", await page.evaluate(() => Math.round(window.longest)));

  // Who scrolls up reaches the beginning.
  await ui.see(transcript, "the last");
  const first = () => page.locator(".entries").getAttribute("data-first");
  while ((await first()) !== "0") {
    const before = await first();
    await transcript.evaluate((el) => el.scrollTo(0, 0));
    await page.waitForFunction((was) => document.querySelector(".entries").dataset.first !== was, before);
  }
  await transcript.evaluate((el) => el.scrollTo(0, 0));
  await ui.see(transcript, "Session started");
  await ui.button("↓ Latest").click();
  await page.waitForFunction(() => document.querySelector(".entries").dataset.first !== "0");

  // A burst is followed to its end, in frames and not in events.
  await page.evaluate(() => (window.longest = 0));
  await ui.say("burst 10000");
  await ui.see(transcript.locator(".message[data-role=assistant]").last(), "Show all");
  await ui.see(ui.status, "idle");
  assert.ok((await page.locator("*").count()) < 6000);
  console.log("longest frame while a burst was followed, ms:", await page.evaluate(() => Math.round(window.longest)));
  await ui.shot("burst");
});

/** Notes the longest time between two frames: it is told, not judged, since other tests use the machine too. */
async function watchFrames(page) {
  await page.addInitScript(() => {
    window.longest = 0;
    let last = performance.now();
    const frame = (now) => {
      window.longest = Math.max(window.longest, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}
