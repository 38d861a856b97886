// Parts of the web map that need no browser: expressions and hatches.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const top = new URL("../../", import.meta.url);
const { buildSync } = createRequire(new URL("viewer/package.json", top))("esbuild");

// A module of the viewer.
async function viewer(file) {
  const built = buildSync({ entryPoints: [fileURLToPath(new URL(`viewer/src/${file}`, top))], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript,${encodeURIComponent(built.outputFiles[0].text)}`);
}

const read = (file) => JSON.parse(readFileSync(new URL(file, top)));

test("expressions are worth what the table says, as in the raster tiles", async () => {
  const { evaluate } = await viewer("expression.ts");
  const { zoom, properties, cases } = read("tests/style/expressions.json");
  for (const [expression, expected] of cases) {
    const value = evaluate(expression, { zoom, properties, geometry: "LineString" }) ?? null;
    assert.deepEqual(value, expected, JSON.stringify(expression));
  }
});

test("hatches end where tiles end, at the spacing that the raster tiles use", async () => {
  const { period, TILE_PX } = await viewer("drawings.ts");
  for (const [name, hatches] of Object.entries(read("data/style/icons.json").patterns)) {
    const side = period(hatches);
    assert.equal(TILE_PX % side, 0, name);
    for (const { angle, spacing } of hatches) {
      assert.ok([0, 45, -45].includes(angle), `${name}: nothing draws an angle of ${angle}`);
      const lines = side / (spacing * (angle === 0 ? 1 : Math.SQRT2));
      assert.ok(Math.abs(lines - 1) < 1e-5, `${name}: ${lines} lines in a square`);
    }
  }
});
