// What agents ask is seen from everywhere, and answered where it stands.
import assert from "node:assert/strict";
import { api, create, item, scenario, send, trigger } from "./inspector.mjs";

const questions = [
  { question: "Which colour?", header: "Colour", multi_select: false, options: [{ label: "Red", description: "warm" }, { label: "Blue", description: "cold" }] },
  { question: "Which sizes?", header: "Sizes", multi_select: true, options: ["S", "M", "L"].map((label) => ({ label, description: "" })) },
  { question: "What is its name?", header: "Name", multi_select: false, options: [] },
];

await scenario(async (ui) => {
  const { page, transcript } = ui;
  await create("may", { title: "Asks for permissions" });
  await send("may", "permission");
  await create("which", { agent: "player", title: "Asks questions" });
  await send("which", `ask ${JSON.stringify(questions)}\n${item("message", { type: "text", text: "Thank you." })}`);
  await ui.open();
  const waiting = page.getByRole("region", { name: "Waiting for an answer" });
  await ui.see(waiting, /Waiting\s*3/);
  await waiting.getByRole("link", { name: /command_execution/ }).click();
  await ui.see(ui.status, "waiting for you");
  await ui.see(transcript, "echo mock");
  await ui.shots("permission");

  const requests = transcript.locator(".request");
  await requests.nth(0).getByRole("button", { name: "Allow once" }).click();
  await ui.see(requests.nth(0), "allowed once");
  await ui.see(waiting, /Waiting\s*2/);
  await requests.nth(1).getByRole("button", { name: "Reject" }).click();
  await ui.see(requests.nth(1), "rejected");
  await transcript.locator(".turn").waitFor();
  await ui.see(ui.status, "idle");

  await waiting.getByRole("link", { name: /Which colour/ }).click();
  const answer = ui.button("Answer");
  await answer.waitFor();
  assert.ok(await answer.isDisabled());
  await page.getByRole("radio", { name: /Blue/ }).check();
  await page.getByRole("checkbox", { name: "S" }).check();
  await page.getByRole("checkbox", { name: "L" }).check();
  await page.getByRole("group", { name: "Which sizes?" }).getByRole("textbox").fill("XXL");
  assert.ok(await answer.isDisabled());
  await page.getByRole("group", { name: "What is its name?" }).getByRole("textbox").fill("Bob");
  await ui.shots("questions");
  await answer.click();
  await ui.see(transcript, "Thank you.");
  await ui.see(requests, "S, L, XXL");
  const { events } = await api("GET", "/v1/sessions/which/events");
  const resolved = events.find((e) => e.type === "question.resolved");
  assert.deepEqual(resolved.data.answers, [["Blue"], ["S", "L", "XXL"], ["Bob"]]);

  // A call that a client executes waits too, for somebody else.
  await create("calls");
  await trigger("calls", 'call tool get-weather {"city":"Delft"}');
  await waiting.getByRole("link", { name: /Waits for a client.*get-weather/s }).click();
  await ui.see(ui.status, "waiting for a client");
  await ui.see(transcript.locator(".tool:focus"), "waits for a client");
  await ui.shot("client-tool");
  await api("POST", "/v1/sessions/calls/interrupt");
  await page.getByRole("link", { name: /Asks questions/ }).click();

  await ui.see(page.locator(".row"), "idle");
  await waiting.waitFor({ state: "detached" });
  await ui.say("ask " + JSON.stringify(questions.slice(0, 1)));
  await ui.button("Do not answer").click();
  await ui.see(requests.last(), "not answered");
});
