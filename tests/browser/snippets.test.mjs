// The snippets of docs/using-with-*.md, as printed, against this server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { base, browser, colours, open } from "./page.mjs";

after(() => browser.close());

const viewer = new URL("../../viewer/", import.meta.url);
const { buildSync } = createRequire(new URL("package.json", viewer))("esbuild");

// The blocks of a page of the documentation, with this server's address.
function snippets(name) {
  const text = readFileSync(new URL(`../../docs/using-with-${name}.md`, import.meta.url), "utf8");
  return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code.replaceAll("http://127.0.0.1:8080/", base));
}

// A page of this server's origin that runs a program made of the map clients of viewer/.
async function run(contents) {
  const options = { bundle: true, format: "esm", write: false, outdir: "out", loader: { ".png": "dataurl" } };
  const built = buildSync({ stdin: { contents, resolveDir: fileURLToPath(viewer) }, ...options });
  const of = (ending) => built.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const { page, check } = await open("about:blank");
  const html = `<!doctype html><link rel="icon" href="data:,"><style>${of(".css")} #map { height: 700px }</style><div id="map"></div><script type="module">${of(".js")}</script>`;
  await page.route("**/snippet", (route) => route.fulfill({ contentType: "text/html", body: html }));
  const worker = readFileSync(new URL("node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", viewer));
  await page.route("**/worker.js", (route) => route.fulfill({ contentType: "text/javascript", body: worker }));
  // Leaflet looks for its pins beside its style sheet.
  await page.route(/marker-(icon|shadow)[^/]*\.png/, (route) => route.fulfill({ path: fileURLToPath(new URL("node_modules/leaflet/dist/images/marker-icon.png", viewer)) }));
  await page.goto(`${base}snippet`, { waitUntil: "networkidle" });
  await page.waitForTimeout(1500);
  assert.ok((await colours(page)) > 30);
  return check;
}

test("Leaflet", async () => {
  const check = await run(`import L from "leaflet"; import "leaflet/dist/leaflet.css"; ${snippets("leaflet").join("\n")}`);
  assert.ok((await check("snippet-leaflet")).some((url) => url.includes(".png?datetime=2025-11-05")));
});

test("MapLibre", async () => {
  const check = await run(`import * as maplibregl from "maplibre-gl"; maplibregl.setWorkerUrl("/worker.js"); ${snippets("maplibre").join("\n")}`);
  assert.ok((await check("snippet-maplibre")).some((url) => url.endsWith(".mvt")));
});

test("OpenLayers", async () => {
  const [code] = snippets("openlayers");
  const layer = code.replace("new VectorTileLayer", "const layer = new VectorTileLayer");
  const map = `import OlMap from "ol/Map"; import View from "ol/View"; ${layer}
    new OlMap({ target: "map", layers: [layer], view: new View({ center: [-750000, 1500000], zoom: 6 }) });`;
  const check = await run(map);
  assert.ok((await check("snippet-openlayers")).some((url) => url.includes(".mvt?datetime=2025-11-05")));
});
