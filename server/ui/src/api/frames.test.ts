import { expect, test } from "vitest";
import { Frames } from "./frames";

const stream = 'id: 1\ndata: {"a":"x\\n"}\n\n:\n\nid: 2\ndata: data: yes\n\nid: 3\ndata: cut';

test("a stream may be cut anywhere", () => {
  for (let size = 1; size <= stream.length; size++) {
    const frames = new Frames();
    const all: string[] = [];
    for (let at = 0; at < stream.length; at += size) all.push(...frames.take(stream.slice(at, at + size)));
    expect(all).toEqual(['{"a":"x\\n"}', "data: yes"]);
  }
});

test("an unfinished frame waits for its end", () => {
  const frames = new Frames();
  expect(frames.take(stream)).toHaveLength(2);
  expect(frames.take(" no more\n\n")).toEqual(["cut no more"]);
});
