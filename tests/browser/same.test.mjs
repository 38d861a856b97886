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
// More of them for names: each that one map gives room may move others.
const NAMED = [...VIEWS, [6, -10, 15], [7, -3, 14], [8, -5.5, 11.3], [10, -8, 12.65]];

after(() => browser.close());

const json = async (url) => (await fetch(url)).json();
const hex = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// A view's first pixel among those of the whole world at its zoom: whole, so that both lay the same grid.
function corner(zoom, longitude, latitude) {
  const world = 256 * 2 ** zoom;
  const north = Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI;
  return [((longitude + 180) / 360) * world, ((1 - north) / 2) * world].map((axis) => Math.round(axis) - SIDE / 2);
}

// The zoom and centre of a view, as MapLibre counts them.
function seen(zoom, [x, y]) {
  const turns = (pixel) => (pixel + SIDE / 2) / (256 * 2 ** zoom);
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * turns(y)))) * 180) / Math.PI;
  return { zoom: zoom - 1, center: [turns(x) * 360 - 180, latitude] };
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
const MARKS = ["place", "report"];
const marks = [paper, ...document.layers.filter(({ id }) => MARKS.includes(id)).map((rule) => faded(rule, "text-opacity"))];

// A page for one view.
function program(style, zoom, at, root = base) {
  return `
    import * as maplibregl from "maplibre-gl";
    import { blobs, inks, lights, shares } from ${JSON.stringify(fileURLToPath(new URL("picture.mjs", import.meta.url)))};
    maplibregl.setWorkerUrl("/worker.js");
    const [side, scale] = [${SIDE}, ${SCALE}];
    Object.assign(document.getElementById("map").style, { width: side + "px", height: side + "px" });
    const map = new maplibregl.Map({
      container: "map", style: "${root}styles/${style}.json", pixelRatio: scale, ...${JSON.stringify(seen(zoom, at))}, fadeDuration: 0, interactive: false,
      attributionControl: false, canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    window.complaints = [];
    for (const kind of ["error", "styleimagemissing"]) map.on(kind, (event) => window.complaints.push(event.id ?? String(event.error)));
    const sheet = () => new OffscreenCanvas(side * scale, side * scale).getContext("2d", { willReadFrequently: true });
    const idle = () => {
      map.triggerRepaint();
      return map.once("idle");
    };
    // MapLibre keeps names where it put them while not all tiles were there: let it begin anew, for which there is no call.
    const look = async () => {
      await idle();
      map.style.placement.variableOffsets = {};
      await idle();
    };
    // What is named within the view.
    window.names = async () => {
      await idle();
      const named = ["places", "basemap"].flatMap((sourceLayer) => map.querySourceFeatures("roadblock", { sourceLayer }));
      const isNamed = ({ geometry, properties }) => geometry.type === "Point" && properties.name && map.getBounds().contains(geometry.coordinates);
      return named.filter(isNamed).map(({ properties }) => properties.name);
    };
    // Both pictures of the view.
    window.see = async (tiles) => {
      await look();
      const [theirs, ours] = [sheet(), sheet()];
      theirs.drawImage(map.getCanvas(), 0, 0);
      await Promise.all(tiles.map(async ([column, row]) => {
        const tile = await fetch(\`/styles/${style}/${zoom}/\${column}/\${row}@2x.png\`);
        ours.drawImage(await createImageBitmap(await tile.blob()), ...[column, row].map((number, axis) => (number * 256 - ${JSON.stringify(at)}[axis]) * scale));
      }));
      window.contexts = [ours, theirs];
      window.pictures = window.contexts.map((context) => context.getImageData(0, 0, side * scale, side * scale));
    };
    window.shares = (classes, tolerance) => window.pictures.map((picture) => shares(picture, classes, tolerance));
    window.lights = () => window.pictures.map(lights);
    window.blobs = (ground, speck) => window.pictures.map((picture) => blobs(picture, ground, speck));
    window.inks = () => window.pictures.map((picture) => [...inks(picture)]);
    window.beside = async () => {
      const both = new OffscreenCanvas(2 * side, side).getContext("2d");
      window.contexts.forEach(({ canvas }, number) => both.drawImage(canvas, number * side, 0, side, side));
      const bytes = new Uint8Array(await (await both.canvas.convertToBlob()).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    };`;
}

// Opens a style of a server at a view and lets something be found out.
async function at([zoom, ...middle], style, url, find) {
  const from = corner(zoom, ...middle);
  const { page, check, start } = await client(program(style, zoom, from, url), url);
  await start();
  await find(page, tiles(from));
  assert.deepEqual(await page.evaluate(() => window.complaints), []);
  await check("same");
}

// Lets something be found out of both pictures.
const pictures = (view, style, url, find) =>
  at(view, style, url, async (page, tiles) => {
    await page.evaluate(([tiles]) => window.see(tiles), [tiles]);
    await keep(page, `same-${style}-${view.join("-")}`);
    await find(page);
  });

// For a person to look at: ours to the left, MapLibre's to the right.
async function keep(page, name) {
  if (process.env.SCREENSHOTS) writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.evaluate(() => window.beside()), "base64");
}

// The names that each rule may write, in inks of their own; whatever else takes room takes it unseen.
function written(names) {
  const color = (number) => `#${ink(number).map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  const inks = ["match", ["get", "name"], ...names.flatMap((name, number) => [name, color(number)]), "#ffffff"];
  const seen = ({ id }) => (["place-name", "place-label"].includes(id) ? inks : "#ffffff");
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
  try {
    await use(url);
  } finally {
    stop();
    rmSync(folder, { recursive: true });
  }
}

for (const id of ["access", "access-dark"]) {
  // Without letters: their edges and halos are smoothed in two ways.
  test(`${id}: as much of each colour as in MapLibre GL JS`, async () => {
    const style = await json(`${base}styles/${id}.json`);
    const wordless = { ...style, layers: style.layers.map((rule) => (isSymbol(rule) ? faded(rule, "text-opacity") : rule)) };
    await served({ wordless }, async (url) => {
      for (const view of VIEWS) {
        await pictures(view, "wordless", url, async (page) => {
          const [ours, theirs] = await page.evaluate(([classes]) => window.shares(classes, 16), [classes(id)]);
          for (const name of Object.keys(classes(id))) {
            const apart = Math.abs(ours[name] - theirs[name]);
            assert.ok(apart <= Math.max(SHARE * theirs[name], FLOOR), `${name} at zoom ${view[0]}: ${ours[name]}, MapLibre ${theirs[name]}`);
          }
        });
      }
    });
  });
}

// Rules by what they draw, three classes at a time: each shines in a channel of its own and all else is dark, so that a pixel says how much
// of it each covers. Hatches have the colours of their image, and soft discs none of their own: those are told by colour above.
const SHINING = [
  { water: ["sea", "lake"], land: ["land"], river: ["river"] },
  { border: ["admin1", "border", "border-disputed"], plate: ["corridor-case", "access-case"], road: ["corridor"] },
  { unknown: ["access-unknown"], restricted: ["access-restricted"], closed: ["access-closed"] },
  { open: ["access-open"], stale: ["access-stale"], outline: ["area-line", "area-claimed"] },
];
const CHANNELS = ["#ff0000", "#00ff00", "#0000ff"];
const COLOR = { background: "background-color", fill: "fill-color", line: "line-color" };
const UNCOLOURED = ["area-fill", "area-hatch", "report-band"];
// Of the whole picture: less is a few pixels.
const LEAST = 0.0001;

function shining(classes) {
  const groups = Object.values(classes);
  const color = (id) => CHANNELS[groups.findIndex((ids) => ids.includes(id))] ?? "#000000";
  const rules = document.layers.filter(({ id, type }) => COLOR[type] && !UNCOLOURED.includes(id));
  return { ...document, layers: rules.map((rule) => ({ ...rule, paint: { ...rule.paint, [COLOR[rule.type]]: color(rule.id) } })) };
}

test("as much of each class as in MapLibre GL JS", () =>
  served(Object.fromEntries(SHINING.map((classes, number) => [`shining-${number}`, shining(classes)])), async (url) => {
    for (const view of VIEWS) {
      for (const [number, classes] of SHINING.entries()) {
        await pictures(view, `shining-${number}`, url, async (page) => {
          const [ours, theirs] = await page.evaluate(() => window.lights());
          Object.keys(classes).forEach((name, channel) => {
            const [our, their] = [ours[channel], theirs[channel]];
            assert.ok(Math.abs(our - their) <= Math.max(SHARE * their, LEAST), `${name} at zoom ${view[0]}: ${our}, MapLibre ${their}`);
          });
        });
      }
    }
  }));

test("marks stand where MapLibre GL JS puts them", () =>
  served({ marks: { ...document, layers: marks } }, async (url) => {
    for (const view of VIEWS) await pictures(view, "marks", url, (page) => sameMarks(page, view));
  }));

test("the same places are named as by MapLibre GL JS", async () => {
  for (const view of NAMED) {
    const names = await namesIn(view);
    assert.ok(names.length > 5 && names.length < MOST_INKS, `${names.length} names, and ${MOST_INKS} inks`);
    await served({ names: { ...document, layers: written(names) } }, (url) => pictures(view, "names", url, (page) => sameNames(page, view, names)));
  }
});

// Every mark of one picture within two pixels of the screen of one in the other, but for a tenth: of marks that lie on each other either may be above.
async function sameMarks(page, [zoom]) {
  const [ours, theirs] = await page.evaluate(() => window.blobs([255, 255, 255], 24));
  assert.equal(ours.length, theirs.length, `marks at zoom ${zoom}`);
  const off = (a, b) => Math.max(...["left", "right", "top", "bottom"].map((side) => Math.abs(a[side] - b[side])));
  const strayed = ours.filter((blob) => Math.min(...theirs.map((other) => off(blob, other))) > 2);
  assert.ok(strayed.length <= ours.length / 10, `marks at zoom ${zoom}: ${JSON.stringify(strayed)}`);
}

async function sameNames(page, view, names) {
  const inks = await page.evaluate(() => window.inks());
  const [ours, theirs] = inks.map((list) => list.filter(([, count]) => count > 20).map(([number]) => names[number]).filter(Boolean).sort());
  assert.ok(ours.length > 5, `names at ${view}: ${ours}`);
  assert.deepEqual(ours, theirs, `names at ${view}`);
}

async function namesIn(view) {
  const names = new Set();
  await at(view, "access", base, async (page) => (await page.evaluate(() => window.names())).forEach((name) => names.add(name)));
  return [...names].sort();
}
