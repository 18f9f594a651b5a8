import { defineConfig } from "vitest/config";

// The page may be served below any prefix, so what it loads is named relative to it. Everything is in one script and one sheet:
// the page is small, and a build must give the same bytes on every machine.
export default defineConfig({
  base: "./",
  cacheDir: ".cache",
  resolve: { preserveSymlinks: true },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
  },
  test: { include: ["src/**/*.test.ts"] },
  server: { proxy: { "/v1": "http://127.0.0.1:2468" } },
});
