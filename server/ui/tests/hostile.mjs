// What an agent says, and what it names things, is shown and does nothing.
import assert from "node:assert/strict";
import { create, item, scenario, send } from "./inspector.mjs";

const script = "<script>window.hit='script'</script><img src=x onerror=\"window.hit='image'\"><svg onload=\"window.hit='svg'\">";
const hostile = [
  script,
  "[link](javascript:window.hit='link') [data](data:text/html,x) [fine](https://example.com/a) <a href=\"javascript:alert(1)\">raw</a>",
  "![tracker](https://tracker.example/pixel.png) ![tiny](data:image/gif;base64,R0lGODlhAQABAAAAACw=)",
  "<style>body{display:none}</style><form action=https://evil.example><input name=password></form><iframe src=https://evil.example></iframe>",
  "colour \u001b[31mred\u001b[0m and \u001b]0;title\u0007end, invoice\u202efdp.exe",
  "```html\n" + script + "\n```",
];
const marked = hostile.join("\n\n");
const name = `<b id="app">n</b>\u202e`;

await scenario(async (ui) => {
  const { page, transcript } = ui;
  await create(`a/b ?#%41 ${script.slice(0, 40)}`, { agent: "player", title: `${script} \u202etitle` });
  await create("hostile", { agent: "player", title: `hostile ${name}` });
  const lines = [
    item("message", { type: "text", text: marked }, { type: "reasoning", text: marked, visibility: "public" }, { type: "json", json: { [name]: script } }),
    item("tool_call", { type: "tool_call", name, title: script, arguments: JSON.stringify({ command: script }), call_id: "1" }),
    item("tool_result", { type: "tool_result", call_id: "1", output: marked },
      { type: "file_ref", path: `${script}\u202e`, action: "patch", diff: `@@ -1 +1 @@\n-${script}\n+\u001b[31m${script}` },
      { type: "image", path: "https://tracker.example/x.png", mime: null }),
    item("status", { type: "status", label: script, detail: marked }),
    `ask ${JSON.stringify([{ question: script, header: name, multi_select: true, options: [{ label: script, description: name }] }])}`,
    `may ${JSON.stringify({ [name]: script, command: "ls \u001b[2K\u202e # rm" })}`,
  ];
  await send("hostile", lines.join("\n"));
  await ui.open("hostile");
  await ui.see(transcript.locator(".request"), "window.hit");
  await page.getByRole("checkbox", { name: /script/ }).check();
  await ui.button("Answer").click();
  await ui.see(transcript.locator(".request"), "ls ⟨U+001B⟩[2K⟨U+202E⟩ # rm");
  for (const summary of await transcript.locator("summary").all()) await summary.click();

  const body = transcript.locator(".message[data-role=assistant] > .markdown");
  await ui.see(body, "<script>window.hit='script'</script>");
  await ui.see(body, "colour red and end, invoice⟨U+202E⟩fdp.exe");
  const links = await body.locator("a").evaluateAll((all) => all.map((a) => [a.getAttribute("href"), a.rel, a.target]));
  const safe = ["noopener noreferrer nofollow", "_blank"];
  const given = links.filter(([href]) => href !== null);
  assert.deepEqual(given, [["https://example.com/a", ...safe], ["https://tracker.example/pixel.png", ...safe]]);
  assert.equal(await transcript.locator("script, style, iframe, form, svg, [onerror], [onload], #app").count(), 0);
  const images = await transcript.locator("img").evaluateAll((all) => all.map((i) => i.src.slice(0, 15)));
  assert.deepEqual([...new Set(images)], ["data:image/gif;"]);
  await ui.shots("hostile");

  await ui.open("hostile", "events");
  await page.locator(".event").first().waitFor();
  for (const option of await page.locator(".event").all()) {
    await option.click();
    await page.locator(".event-detail pre").waitFor();
  }

  // A session of any name is opened by its address.
  await page.getByRole("link", { name: /title/ }).click();
  await ui.see(page.locator(".facts"), "a/b ?#%41");
  await ui.say("message " + JSON.stringify([{ type: "text", text: "heard" }]));
  await ui.see(transcript.locator(".markdown"), "heard");
  await page.reload();
  await ui.see(transcript.locator(".markdown"), "heard");

  // One line of a megabyte is cut until all of it is asked for.
  await create("wide");
  await send("wide", "x".repeat(1 << 20));
  await ui.open("wide");
  await ui.see(transcript.locator(".message[data-role=assistant]"), "Show all (1 MiB)");
  assert.ok((await transcript.innerText()).length < 100_000);
  await transcript.locator(".message[data-role=assistant]").getByRole("button").click();
  await page.waitForFunction(() => document.querySelector(".message[data-role=assistant]").textContent.length >= 1 << 20);

  // Markdown that is nested deeper than a parser's stack is text.
  await send("wide", ">".repeat(19_000) + " deep");
  await ui.see(transcript.locator(".message[data-role=assistant]").last(), "> deep");
  await send("wide", "and on");
  await ui.see(transcript.locator(".message[data-role=assistant]").last(), "and on");

  // What the contract does not know is shown as far as it can be, and takes nothing else with it.
  await page.route("**/sessions/hostile/events?*", async (route) => {
    const page = await (await route.fetch()).json();
    page.events.forEach((e) => { if (e.type === "item.completed") e.data.item.content = [{ type: "text" }, { type: "of tomorrow" }]; });
    await route.fulfill({ json: page });
  });
  await ui.open("hostile");
  await ui.see(transcript, "This cannot be shown here");
  await ui.button("Allow once").click();
  await ui.see(transcript, "allowed once");

  assert.equal(await page.evaluate(() => window.hit), undefined);
});
