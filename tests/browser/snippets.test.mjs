// The snippets of docs/using-with-*.md, as printed, against this server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { client } from "./client.mjs";
import { base, browser, colours } from "./page.mjs";

after(() => browser.close());

// The blocks of a page of the documentation, with this server's address.
function snippets(name) {
  const text = readFileSync(new URL(`../../docs/using-with-${name}.md`, import.meta.url), "utf8");
  return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code.replaceAll("http://127.0.0.1:8080/", base));
}

// The map when it is drawn and stays as it is; without the line below it, which tells the time.
async function settled(page) {
  let last;
  for (let turn = 0; turn < 40; turn += 1) {
    await page.waitForTimeout(1000);
    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 1280, height: 700 } });
    if (last?.equals(picture) && (await colours(page)) > 30) return picture;
    last = picture;
  }
  throw new Error("the map is not drawn, or does not come to rest");
}

// What a program made of the map clients shows, and what tiles it got.
async function run(contents) {
  const { page, check, start } = await client(contents);
  const types = new Set();
  page.on("response", (response) => /\/\d+\.m[vl]t/.test(response.url()) && response.status() === 200 && types.add(response.headers()["content-type"]));
  await start();
  return { page, check, types, picture: await settled(page) };
}

// How many pixels of two pictures differ, and by how much at most. Soft edges are rounded otherwise from one drawing to the next.
function difference(page, ...pictures) {
  const read = async (texts) => {
    const data = await Promise.all(
      texts.map(async (text) => {
        const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height).data;
      }),
    );
    let [pixels, most] = [0, 0];
    for (let at = 0; at < data[0].length; at += 4) {
      const apart = Math.max(...[0, 1, 2].map((part) => Math.abs(data[0][at + part] - data[1][at + part])));
      pixels += apart > 0;
      most = Math.max(most, apart);
    }
    return { pixels, most };
  };
  return page.evaluate(read, pictures.map((picture) => picture.toString("base64")));
}

test("Leaflet", async () => {
  const { check } = await run(`import L from "leaflet"; import "leaflet/dist/leaflet.css"; ${snippets("leaflet").join("\n")}`);
  assert.ok((await check("snippet-leaflet")).some((url) => url.includes(".png?datetime=2025-11-05")));
});

const maplibre = (code) => run(`import * as maplibregl from "maplibre-gl"; maplibregl.setWorkerUrl("/worker.js"); ${code}`);

test("MapLibre", async () => {
  const code = snippets("maplibre").join("\n");
  const mvt = await maplibre(code);
  assert.ok((await mvt.check("snippet-maplibre")).some((url) => url.endsWith(".mvt")));
  assert.deepEqual([...mvt.types], ["application/vnd.mapbox-vector-tile"]);
  // The same picture from MapLibre Tiles: asked for by the source, or by its TileJSON.
  for (const [name, change] of Object.entries({
    source: 'style.sources.roadblock.encoding = "mlt";',
    tilejson: 'style.sources.roadblock.url = style.sources.roadblock.url.replace(/json$/, "mlt.json");',
  })) {
    const mlt = await maplibre(`const style = await (await fetch("${base}styles/default.json")).json(); ${change} ${code.replace(/style: "[^"]*"/, "style")}`);
    const { pixels, most } = await difference(mlt.page, mlt.picture, mvt.picture);
    const urls = await mlt.check(`snippet-maplibre-mlt-${name}`);
    assert.ok(urls.some((url) => url.endsWith(name === "source" ? ".mvt" : ".mlt")), name);
    assert.deepEqual([...mlt.types], ["application/vnd.maplibre-tile"], name);
    assert.ok(pixels < 100 && most <= 2, `${name}: ${pixels} pixels are other than from MVT, by up to ${most}`);
  }
});

test("OpenLayers", async () => {
  const [code] = snippets("openlayers");
  const layer = code.replace("new VectorTileLayer", "const layer = new VectorTileLayer");
  const map = `import OlMap from "ol/Map"; import View from "ol/View"; ${layer}
    new OlMap({ target: "map", layers: [layer], view: new View({ center: [-750000, 1500000], zoom: 6 }) });`;
  const { check } = await run(map);
  assert.ok((await check("snippet-openlayers")).some((url) => url.includes(".mvt?datetime=2025-11-05")));
});
