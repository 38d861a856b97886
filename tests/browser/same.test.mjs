// The same picture from the raster engine and from MapLibre GL JS: shares of colours, places of marks, names that are written.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { client } from "./client.mjs";
import { base, browser, serve } from "./page.mjs";
import { ink, MOST_INKS } from "./picture.mjs";

// Style pixels; drawn at twice as many, so that less of the picture is edges.
const SIDE = 768;
const SCALE = 2;
// Tile zoom, and the middle of the view.
const VIEWS = [[5, -5.5, 13.5], [7, -7, 13], [9, -8, 12.65]];

after(() => browser.close());

const json = async (url) => (await fetch(url)).json();
const hex = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// A view's first pixel among those of the whole world at its zoom: whole, so that both lay the same grid.
function corner(zoom, longitude, latitude) {
  const world = 256 * 2 ** zoom;
  const north = Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI;
  return [((longitude + 180) / 360) * world, ((1 - north) / 2) * world].map((axis) => Math.round(axis) - SIDE / 2);
}

// The tiles that a view touches.
function tiles([x, y]) {
  const along = (from) => Array.from({ length: Math.ceil((from + SIDE) / 256) - Math.floor(from / 256) }, (_, at) => Math.floor(from / 256) + at);
  return along(y).flatMap((row) => along(x).map((column) => [column, row]));
}

const document = await json(`${base}styles/access.json`);
const isSymbol = ({ type }) => type === "symbol";
const paper = { id: "sea", type: "background", paint: { "background-color": "#ffffff" } };
const faded = (rule, property) => ({ ...rule, paint: { ...rule.paint, [property]: 0 } });
// Marks that are drawn whatever stands there; what gives way is told by its text.
const MARKS = ["place", "report", "report-on-line"];
const marks = [paper, ...document.layers.filter(({ id }) => MARKS.includes(id)).map((rule) => faded(rule, "text-opacity"))];

function program(style, root = base) {
  return `
    import * as maplibregl from "maplibre-gl";
    import { blobs, inks, shares } from ${JSON.stringify(fileURLToPath(new URL("picture.mjs", import.meta.url)))};
    maplibregl.setWorkerUrl("/worker.js");
    const [side, scale] = [${SIDE}, ${SCALE}];
    Object.assign(document.getElementById("map").style, { width: side + "px", height: side + "px" });
    const map = new maplibregl.Map({
      container: "map", style: "${root}styles/${style}.json", pixelRatio: scale, fadeDuration: 0, interactive: false,
      attributionControl: false, canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    window.complaints = [];
    for (const kind of ["error", "styleimagemissing"]) map.on(kind, (event) => window.complaints.push(event.id ?? String(event.error)));
    const sheet = () => new OffscreenCanvas(side * scale, side * scale).getContext("2d", { willReadFrequently: true });
    const go = async (zoom, [x, y]) => {
      const turns = (pixel) => (pixel + side / 2) / (256 * 2 ** zoom);
      const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * turns(y)))) * 180) / Math.PI;
      map.jumpTo({ zoom: zoom - 1, center: [turns(x) * 360 - 180, latitude] });
      map.triggerRepaint();
      await map.once("idle");
    };
    window.names = async (zoom, at) => {
      await go(zoom, at);
      const named = ["places", "basemap"].flatMap((sourceLayer) => map.querySourceFeatures("roadblock", { sourceLayer }));
      return named.filter(({ geometry, properties }) => geometry.type === "Point" && properties.name).map(({ properties }) => properties.name);
    };
    // Both pictures of a view.
    window.see = async (zoom, at, tiles) => {
      await go(zoom, at);
      const [theirs, ours] = [sheet(), sheet()];
      theirs.drawImage(map.getCanvas(), 0, 0);
      await Promise.all(tiles.map(async ([column, row]) => {
        const tile = await fetch(\`/styles/${style}/\${zoom}/\${column}/\${row}@2x.png\`);
        ours.drawImage(await createImageBitmap(await tile.blob()), ...[column, row].map((number, axis) => (number * 256 - at[axis]) * scale));
      }));
      window.contexts = [ours, theirs];
      window.pictures = window.contexts.map((context) => context.getImageData(0, 0, side * scale, side * scale));
    };
    window.shares = (classes, tolerance) => window.pictures.map((picture) => shares(picture, classes, tolerance));
    window.blobs = (ground, speck) => window.pictures.map((picture) => blobs(picture, ground, speck));
    window.inks = () => window.pictures.map((picture) => [...inks(picture)]);
    window.beside = async () => {
      const both = new OffscreenCanvas(2 * side, side).getContext("2d");
      window.contexts.forEach(({ canvas }, number) => both.drawImage(canvas, number * side, 0, side, side));
      const bytes = new Uint8Array(await (await both.canvas.convertToBlob()).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    };`;
}

const view = (zoom, at) => [zoom, at, tiles(at)];

async function complete({ page, check }) {
  assert.deepEqual(await page.evaluate(() => window.complaints), []);
  await check("same");
}

// For a person to look at: ours to the left, MapLibre's to the right.
async function keep(page, name) {
  if (process.env.SCREENSHOTS) writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.evaluate(() => window.beside()), "base64");
}

// The names that each rule may write, in inks of their own; whatever else takes room takes it unseen.
function written(names) {
  const color = (number) => `#${ink(number).map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  const inks = ["match", ["get", "name"], ...names.flatMap((name, number) => [name, color(number)]), "#ffffff"];
  const seen = ({ id }) => (["place", "place-label"].includes(id) ? inks : "#ffffff");
  const rules = document.layers.filter(isSymbol).map((rule) => faded(rule, "icon-opacity"));
  return [paper, ...rules.map((rule) => ({ ...rule, paint: { ...rule.paint, "text-color": seen(rule), "text-halo-color": "#ffffff" } }))];
}

const styles = JSON.parse(readFileSync(new URL("../../data/style/styles.json", import.meta.url))).styles;
const mixed = (under, over, share) => under.map((part, axis) => part + (over[axis] - part) * share);

// Colours that tell what a pixel is, each class as one rule or several alike draw it.
function classes(id) {
  const values = { ...styles[0].values, ...styles.find((style) => style.id === id).values };
  const [land, area, hatch] = [values.land, values.area, values.hatch].map(hex);
  const grounds = [0.16, 0.12, 0.1, 0.05].map((share) => mixed(land, area, share));
  const of = (...names) => names.map((name) => hex(values[name]));
  return {
    land: [land], water: of("water"), river: of("river"), border: of("border", "province"), plate: of("plate"),
    road: of("road", "road-main"), area: grounds, hatch: grounds.map((ground) => mixed(ground, hatch, 0.7)),
    closed: of("closed"), restricted: of("restricted"), open: of("open"), unknown: of("unknown"),
  };
}

// Of a class of colour, one picture may have so much more than the other, or so much of the whole picture: what is thin is mostly edges.
const SHARE = 0.1;
const FLOOR = 0.0025;

// Styles as files of their own, served beside the built-in ones; `use` is given the server's address.
async function served(styles, use) {
  const folder = mkdtempSync(join(tmpdir(), "same-"));
  const files = Object.entries(styles).map(([name, style]) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(style));
    return file;
  });
  const { url, stop } = await serve(...files.flatMap((file) => ["--style", file]));
  await use(url);
  stop();
  rmSync(folder, { recursive: true });
}

for (const id of ["access", "access-dark"]) {
  // Without letters: their edges and halos are smoothed in two ways.
  test(`${id}: as much of each colour as in MapLibre GL JS`, async () => {
    const style = await json(`${base}styles/${id}.json`);
    const wordless = { ...style, layers: style.layers.map((rule) => (isSymbol(rule) ? faded(rule, "text-opacity") : rule)) };
    await served({ wordless }, async (url) => {
      const map = await client(program("wordless", url), url);
      await map.start();
      for (const [zoom, ...middle] of VIEWS) {
        await map.page.evaluate(([view]) => window.see(...view), [view(zoom, corner(zoom, ...middle))]);
        await keep(map.page, `same-${id}-${zoom}`);
        const [ours, theirs] = await map.page.evaluate(([classes]) => window.shares(classes, 16), [classes(id)]);
        for (const name of Object.keys(classes(id))) {
          const apart = Math.abs(ours[name] - theirs[name]);
          assert.ok(apart <= Math.max(SHARE * theirs[name], FLOOR), `${name} at zoom ${zoom}: ${ours[name]}, MapLibre ${theirs[name]}`);
        }
      }
      await complete(map);
    });
  });
}

test("marks stand where MapLibre GL JS puts them, and names are written of the same places", async () => {
  const names = await namesOf();
  assert.ok(names.length < MOST_INKS, `${names.length} names, more than there are inks`);
  const styles = { marks: { ...document, layers: marks }, names: { ...document, layers: written(names) } };
  await served(styles, async (url) => {
    for (const style of Object.keys(styles)) {
      const map = await client(program(style, url), url);
      await map.start();
      for (const [zoom, ...middle] of VIEWS) {
        await map.page.evaluate(([view]) => window.see(...view), [view(zoom, corner(zoom, ...middle))]);
        await keep(map.page, `same-${style}-${zoom}`);
        await (style === "marks" ? sameMarks : sameNames)(map.page, zoom, names);
      }
      await complete(map);
    }
  });
});

// Every mark of one picture within two pixels of the screen of one in the other, but for a tenth: of marks that lie on each other either may be above.
async function sameMarks(page, zoom) {
  const [ours, theirs] = await page.evaluate(() => window.blobs([255, 255, 255], 24));
  assert.equal(ours.length, theirs.length, `marks at zoom ${zoom}`);
  const off = (a, b) => Math.max(...["left", "right", "top", "bottom"].map((side) => Math.abs(a[side] - b[side])));
  const strayed = ours.filter((blob) => Math.min(...theirs.map((other) => off(blob, other))) > 2);
  assert.ok(strayed.length <= ours.length / 10, `marks at zoom ${zoom}: ${JSON.stringify(strayed)}`);
}

// The two find room for names in different ways: MapLibre one after the other, this engine so that neighbouring tiles agree.
async function sameNames(page, zoom, names) {
  const inks = await page.evaluate(() => window.inks());
  const [ours, theirs] = inks.map((list) => new Set(list.filter(([, count]) => count > 20).map(([number]) => names[number] ?? `?${number}`)));
  const both = [...ours].filter((name) => theirs.has(name)).length;
  const most = Math.max(ours.size, theirs.size);
  assert.ok(both >= 0.85 * most, `names at zoom ${zoom}: ${both} of ${most} in both; ours ${[...ours]}; MapLibre's ${[...theirs]}`);
}

async function namesOf() {
  const map = await client(program("access"));
  await map.start();
  const names = new Set();
  for (const [zoom, ...middle] of VIEWS) for (const name of await map.page.evaluate((view) => window.names(...view), view(zoom, corner(zoom, ...middle)))) names.add(name);
  await complete(map);
  return [...names].sort();
}
