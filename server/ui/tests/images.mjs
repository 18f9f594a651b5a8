// Images of the agent's are read from the server's machine, with the token, and drawn whatever they say that they are.
import assert from "node:assert/strict";
import { mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { api, item, play, scenario } from "./inspector.mjs";

const { TOKEN: token } = process.env;
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg==";
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>parent.hit = 1</script><image href="https://tracker.example/x"/></svg>`;

await scenario(async (ui) => {
  const { page, transcript } = ui;
  const directory = mkdtempSync(join(tmpdir(), "images-"));
  writeFileSync(join(directory, "pixel.png"), Buffer.from(pixel, "base64"));
  writeFileSync(join(directory, "drawing.svg"), drawing);
  writeFileSync(join(directory, "page.html"), "<script>alert(1)</script>");
  writeFileSync(join(directory, "endless.png"), Buffer.from(pixel, "base64"));
  truncateSync(join(directory, "endless.png"), 64 << 20); // a hole, which takes no room on the disk
  const endless = new Promise((resolve) => {
    const tell = (how) => (request) => request.url().includes("endless.png") && resolve(how);
    page.on("requestfinished", tell("read to its end"));
    page.on("requestfailed", tell("left"));
  });
  const image = (path, mime = null) => item("message", { type: "image", path, mime });
  await api("POST", "/v1/sessions/pictures", { agent: "player", directory });
  const all = [image("endless.png"), image("pixel.png"), image(join(directory, "drawing.svg")), image("page.html", "text/html"), image("none.png")];
  await play("pictures", all.join("\n"));

  await ui.open();
  await page.getByLabel("Token of this server").fill(token);
  await ui.button("Open").click();
  await page.getByRole("link", { name: /pictures/ }).click();
  await page.waitForFunction(() => document.querySelectorAll(".image img").length === 3);
  const widths = await page.waitForFunction(() => {
    const images = [...document.querySelectorAll(".image img")];
    return images.every((i) => i.complete) && images.map((i) => [i.src.split(":")[0], i.naturalWidth]);
  });
  assert.deepEqual(await widths.jsonValue(), [["blob", 1], ["blob", 9], ["blob", 0]]);
  await ui.see(transcript.locator("figcaption"), "none.png");
  assert.equal(await endless, "left");
  assert.equal(await page.evaluate(() => window.hit), undefined);
});
