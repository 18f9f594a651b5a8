// A session is created, its turn is watched and interrupted, another one runs, and a reload shows the same.
import assert from "node:assert/strict";
import { create, scenario, send } from "./inspector.mjs";

await scenario(async (ui) => {
  const { page, transcript } = ui;
  await ui.open();
  await ui.button("New session").first().click();
  await page.getByRole("radio", { name: /^mock/ }).check();
  await page.getByLabel("Title").fill("A first session");
  await page.getByLabel("Directory").fill("/nowhere/at/all");
  await ui.button("Create").click();
  await ui.see(page.getByRole("alert"), "/nowhere/at/all");
  await page.getByLabel("Directory").fill("/tmp");
  await page.getByRole("combobox", { name: /^Mode\b/ }).selectOption("plan");
  await ui.shots("new-session");
  await ui.button("Create").click();
  await ui.see(page.locator(".session-header"), "A first session");
  await ui.see(page.locator(".facts"), /mock.*plan.*\/tmp/);

  // It streams: a part of the answer is there while the turn runs.
  await ui.say("slow 100000 20");
  await ui.see(transcript, /tick tick tick/);
  await ui.see(ui.status, "running");
  await ui.see(page.locator(".row"), "running");
  await ui.shot("running");
  await ui.say("markdown");
  await ui.see(page.getByRole("region", { name: "Queued message" }), "waits for its turn");
  await page.keyboard.press("Escape");
  await ui.see(page.locator(".turn"), "interrupted");

  // The message that waited runs on.
  await ui.see(transcript.getByRole("heading", { level: 1 }), "Markdown Demo");
  await ui.see(transcript.locator("pre .hljs-keyword"), "const");
  await ui.say("tool");
  await ui.see(transcript.locator(".diff [data-kind=add]"), "+new");
  await transcript.getByText("mock.search").click();
  await ui.see(transcript.locator(".tool"), "mock search results");
  await ui.see(ui.status, "idle");
  await ui.shots("transcript");

  const before = await transcript.innerText();
  await page.reload();
  await ui.see(transcript, "output.txt");
  await transcript.getByText("mock.search").click();
  assert.equal(await transcript.innerText(), before);

  // Attachments are named by their paths.
  await ui.button("Attach").click();
  await page.getByLabel("Path of the file").fill("/etc/hostname");
  await page.getByLabel("Path of the file").press("Enter");
  await ui.say("look at this");
  await ui.see(transcript.locator(".message[data-role=user]"), "/etc/hostname");

  // What another client does is seen, too; terminate is asked for twice.
  await create("other");
  await send("other", "hello from elsewhere");
  await page.getByRole("link", { name: /^other/ }).click();
  await ui.see(transcript, "hello from elsewhere");
  await ui.button("Terminate").click();
  await ui.button("Cancel").click();
  await ui.button("Terminate").click();
  await page.getByRole("dialog").getByRole("button", { name: "Terminate", exact: true }).click();
  await ui.see(ui.status, "ended");
  await ui.see(page.locator(".composer"), "This session has ended.");
});
