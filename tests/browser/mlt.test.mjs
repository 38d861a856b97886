// MapLibre Tiles as their own project's decoder reads them: the features that the Mapbox Vector Tile of the same address holds.
//
// ROADBLOCK_URL is the server's address, TILES the tiles to compare: layers/z/x/y, separated by spaces. Needs no browser.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const base = process.env.ROADBLOCK_URL;

// The decoders as one module: @maplibre/mlt is written for bundlers.
const { buildSync } = createRequire(new URL("../../viewer/package.json", import.meta.url))("esbuild");
const contents = 'export { decodeTile } from "@maplibre/mlt"; export { VectorTile } from "@mapbox/vector-tile"; export { PbfReader } from "pbf";';
const stdin = { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
const [{ text }] = buildSync({ stdin, bundle: true, format: "esm", write: false }).outputFiles;
const { decodeTile, VectorTile, PbfReader } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

// A tile's bytes; an empty tile has none.
async function bytes(path, accept = "*/*") {
  const response = await fetch(`${base}xyz/${path}`, { headers: { accept } });
  assert.ok([200, 204].includes(response.status), `${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const line = (points) => points.map(({ x, y }) => [x, y]);
// A value as both decoders can say it: MLT has 64-bit whole numbers as BigInt.
const plain = (properties) => Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]));
// The column that mixes kinds in the test's data is text in MLT.
const asText = (properties) => ("mixed" in properties ? { ...properties, mixed: String(properties.mixed) } : properties);
// Parts of points are points, whichever way they are nested.
const parts = (type, lines) => (type === 1 ? lines.flat() : lines);

function mvt(tile) {
  return Object.values(new VectorTile(new PbfReader(tile)).layers).map((layer) => ({
    name: layer.name,
    extent: layer.extent,
    features: Array.from({ length: layer.length }, (_, at) => layer.feature(at)).map((feature) => ({
      id: feature.id,
      type: feature.type,
      properties: asText(plain(feature.properties)),
      geometry: parts(feature.type, feature.loadGeometry().map(line)),
    })),
  }));
}

// MLT counts points, lines, polygons, then the same in several parts; MVT has three types, from 1.
const kind = (type) => (type % 3) + 1;

function mlt(tile) {
  return decodeTile(tile).map((table) => ({
    name: table.name,
    extent: table.extent,
    features: table.getFeatures().map(({ id, geometry, properties }) => ({
      id: Number(id),
      type: kind(geometry.type),
      properties: plain(properties),
      geometry: parts(kind(geometry.type), geometry.coordinates.map(line)),
    })),
  }));
}

test("every tile holds in MLT what it holds in MVT", async () => {
  let features = 0;
  const sizes = { mvt: 0, mlt: 0 };
  for (const path of process.env.TILES.split(" ")) {
    const [one, other] = [await bytes(`${path}.mvt`), await bytes(`${path}.mlt`)];
    const [expected, found] = [mvt(one), mlt(other)];
    // Layer by layer, so that a difference is said shortly.
    assert.deepEqual(found.map(({ name }) => name), expected.map(({ name }) => name), path);
    found.forEach((layer, at) => assert.deepEqual(layer, expected[at], `${path}: ${layer.name}`));
    features += found.reduce((sum, layer) => sum + layer.features.length, 0);
    sizes.mvt += one.length;
    sizes.mlt += other.length;
  }
  console.log(`${features} features, ${sizes.mvt} bytes as MVT, ${sizes.mlt} as MLT`);
  assert.ok(features >= Number(process.env.FEATURES), `${features} features`);
});

test("Accept asks for the same at the address of the other format", async () => {
  const path = process.env.TILES.split(" ")[0];
  const [named, asked] = [await bytes(`${path}.mlt`), await bytes(`${path}.mvt`, "application/vnd.maplibre-tile")];
  assert.ok(named.length > 0);
  assert.deepEqual(asked, named);
});
