import { expect, test } from "vitest";
import { factsOf } from "./request";

test("a tool's input is shown field by field, whatever its names", () => {
  const facts = factsOf({ toolName: "Bash", toolUseId: "t", description: "d", input: { command: "ls", description: "d", toolName: "evil" } });
  expect(facts.shown).toEqual([["command", "ls"], ["description", "d"], ["toolName", "evil"]]);
  expect(facts.folded).toEqual([["toolName", "Bash"], ["toolUseId", "t"]]);
});

test("changes are found where agents put them", () => {
  const change = { path: "/a", diff: "+x" };
  expect(factsOf({ changes: [{ ...change, kind: "add" }] }).changes).toMatchObject([change]);
  expect(factsOf({ diffs: [change, change] }).changes).toEqual([change, change]);
  expect(factsOf({ diff: "+x", filepath: "/a" }).changes).toEqual([change]);
});

test("nothing is lost", () => {
  const odd = { input: "text", changes: [{ diff: 1 }], diff: 7, locations: [], none: null };
  expect(factsOf(odd).shown).toEqual([["changes", [{ diff: 1 }]], ["diff", 7], ["locations", []], ["input", "text"]]);
});
