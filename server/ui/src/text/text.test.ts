import { describe, expect, test } from "vitest";
import { highlighted } from "./code";
import { diffLines, diffSize } from "./diff";
import { formatAge, formatCount, formatDuration, formatSize, prettyJSON } from "./format";
import { exact, safe } from "./safe";

describe("safe", () => {
  test.each([
    ["plain\ttext\n", "plain\ttext\n"],
    ["\x1b[1;31mred\x1b[0m", "red"],
    ["\x1b[2J\x1b[Hcleared", "cleared"],
    ["\x1b]0;title\x07after", "after"],
    ["\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x9b31mred", "red"],
    ["a\r\nb\rc", "a\nb\nc"],
    ["abc\u202etxt.exe", "abc⟨U+202E⟩txt.exe"],
    ["\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"],
    ["zero\u200bwidth", "zero⟨U+200B⟩width"],
    ["tag\u{e0041}", "tag⟨U+E0041⟩"],
    ["nul\0bell\x07", "nul⟨U+0000⟩bell⟨U+0007⟩"],
    ["שלום\u200f! 👩‍👩‍👧", "שלום\u200f! 👩‍👩‍👧"],
  ])("%j", (hostile, want) => expect(safe(hostile)).toBe(want));

  test("hides nothing behind a sequence that does not end", () => {
    expect(safe("\x1b]rm -rf /")).toBe("⟨U+001B⟩]rm -rf /");
  });

  test("exact leaves nothing out", () => {
    expect(exact("ls\x1b[2K\r# harmless\u202e")).toBe("ls⟨U+001B⟩[2K⟨U+000D⟩# harmless⟨U+202E⟩");
    expect(exact("a\u200db\u00ad\u200f\u3164\u2028")).toBe("a⟨U+200D⟩b⟨U+00AD⟩⟨U+200F⟩⟨U+3164⟩⟨U+2028⟩");
    expect(exact("⚠️ 👩‍👩‍👧 שלום")).toBe("⚠️ 👩‍👩‍👧 שלום");
  });
});

describe("diff", () => {
  const diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n--- old\n+++ new\n";

  test("tells header lines from changed ones", () => {
    expect(diffLines(diff).map((l) => l.kind)).toEqual(["file", "file", "file", "hunk", "same", "remove", "add"]);
    expect(diffSize(diffLines(diff))).toEqual({ added: 1, removed: 1 });
  });

  test("takes several files", () => {
    const two = "Index: a\n=====\n--- a\n+++ a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\nIndex: b\n--- b\n@@ @@\n+y";
    const kinds = ["file", "file", "file", "file", "hunk", "remove", "hunk", "file", "file", "hunk", "add"];
    expect(diffLines(two).map((l) => l.kind)).toEqual(kinds);
  });

  test("takes one without a header", () => {
    expect(diffLines("+mock output\n")).toEqual([{ kind: "add", text: "+mock output" }]);
  });
});

describe("code", () => {
  test("is escaped", () => {
    expect(highlighted("<img src=x onerror=alert(1)>", "js")).not.toContain("<img");
  });

  test("of unknown languages, and long one, has no colours", () => {
    expect(highlighted("x", "brainfuck")).toBeNull();
    expect(highlighted("x".repeat(100_000), "go")).toBeNull();
  });
});

test("numbers for people", () => {
  expect([999, 1200, 3_400_000].map(formatCount)).toEqual(["999", "1.2k", "3.4M"]);
  expect([640, 1 << 20].map(formatSize)).toEqual(["640 B", "1 MiB"]);
  expect([400, 12_000, 185_000].map(formatDuration)).toEqual(["400 ms", "12 s", "3 min 5 s"]);
  expect([0, 5, 200, 3000].map((minutes) => formatAge(0, minutes * 60_000))).toEqual(["now", "5 min", "3 h", "2 d"]);
});

test("JSON in lines", () => {
  expect(prettyJSON('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyJSON('{"a":')).toBe('{"a":');
});
