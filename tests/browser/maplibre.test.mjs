// The style document in MapLibre GL JS, by its address and as it is: letters, icons and hatches are the server's.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { PbfReader } from "pbf";
import { client } from "./client.mjs";
import { base, browser } from "./page.mjs";

after(() => browser.close());

// A map of a style, waiting at `show` until everything is drawn; what it complains about is collected.
async function map(id) {
  const { page, check, start } = await client(`
    import * as maplibregl from "maplibre-gl";
    import "maplibre-gl/dist/maplibre-gl.css";
    maplibregl.setWorkerUrl("/worker.js");
    const map = new maplibregl.Map({ container: "map", style: "${base}styles/${id}.json", center: [-6.5, 11.4], zoom: 5, fadeDuration: 0 });
    window.complaints = [];
    for (const kind of ["error", "styleimagemissing"]) map.on(kind, (event) => window.complaints.push(event.id ?? String(event.error)));
    const idle = () => new Promise((resolve) => map.once("idle", resolve));
    window.show = async (zoom, change = () => {}) => {
      change(map);
      map.jumpTo({ zoom });
      map.triggerRepaint();
      await idle();
    };
    window.map = map;`);
  const warnings = [];
  page.on("console", (message) => message.type() === "warning" && /image|glyph|font/i.test(message.text()) && warnings.push(message.text()));
  await start();
  const shot = async (name) => {
    const path = process.env.SCREENSHOTS && name && join(process.env.SCREENSHOTS, `${name}.png`);
    return (await page.screenshot({ clip: { x: 0, y: 0, width: 1280, height: 700 }, ...(path && { path }) })).toString("base64");
  };
  const end = async (name) => {
    assert.deepEqual(await page.evaluate(() => window.complaints), []);
    assert.deepEqual(warnings, []);
    return check(name);
  };
  return { page, shot, end };
}

// Pixels in which two pictures differ visibly.
async function differing(one, other) {
  const reader = await browser.newPage();
  const count = await reader.evaluate(async (pictures) => {
    const [a, b] = await Promise.all(
      pictures.map(async (data) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height).data;
      }),
    );
    let count = 0;
    for (let at = 0; at < a.length; at += 4) if ([0, 1, 2].some((part) => Math.abs(a[at + part] - b[at + part]) > 24)) count += 1;
    return count;
  }, [one, other]);
  await reader.close();
  return count;
}

for (const id of ["access", "access-dark"]) {
  test(`the style ${id} works by its address: letters, icons and hatches are drawn`, async () => {
    const { page, shot, end } = await map(id);
    for (const zoom of [4, 8]) {
      await page.evaluate((zoom) => window.show(zoom), zoom);
      const drawn = await page.evaluate(() => {
        const ids = ["place", "report", "area-hatch"];
        return Object.fromEntries(ids.map((id) => [id, window.map.queryRenderedFeatures(undefined, { layers: [id] }).length]));
      });
      for (const [layer, count] of Object.entries(drawn)) assert.ok(count > 0, `${layer} at zoom ${zoom}: ${JSON.stringify(drawn)}`);
      await shot(`maplibre-${id}-${zoom}`);
    }
    // What is there shows: without it the picture is another one.
    await page.evaluate(() => window.show(6));
    let before = await shot();
    for (const [what, property, least] of [["letters", "text-opacity", 1500], ["icons", "icon-opacity", 300], ["hatches", "visibility", 5000]]) {
      await page.evaluate(async (property) => {
        await window.show(6, (map) => {
          if (property === "visibility") return map.setLayoutProperty("area-hatch", property, "none");
          for (const { id } of map.getStyle().layers.filter(({ type }) => type === "symbol")) map.setPaintProperty(id, property, 0);
        });
      }, property);
      const after = await shot();
      const count = await differing(before, after);
      assert.ok(count > least, `${what}: ${count} pixels`);
      before = after;
    }
    const requests = await end(`maplibre-${id}`);
    for (const asked of [`/sprites/${id}`, "/fonts/DejaVu%20Sans/0-255.pbf", "/fonts/DejaVu%20Sans%20Bold/0-255.pbf"]) {
      assert.ok(requests.some((url) => url.includes(asked)), asked);
    }
  });
}

test("a decoder that is not ours reads the letters", async () => {
  const answer = await fetch(`${base}fonts/DejaVu%20Sans/0-255.pbf`);
  const read = (pbf, into, fields) => pbf.readFields((tag, result, reader) => fields[tag]?.(result, reader), into);
  const glyph = {
    1: (glyph, pbf) => (glyph.id = pbf.readVarint()),
    2: (glyph, pbf) => (glyph.bitmap = pbf.readBytes()),
    3: (glyph, pbf) => (glyph.width = pbf.readVarint()),
    4: (glyph, pbf) => (glyph.height = pbf.readVarint()),
    5: (glyph, pbf) => (glyph.left = pbf.readSVarint()),
    6: (glyph, pbf) => (glyph.top = pbf.readSVarint()),
    7: (glyph, pbf) => (glyph.advance = pbf.readVarint()),
  };
  const message = (pbf, into, fields) => pbf.readMessage((tag, result, reader) => fields[tag]?.(result, reader), into);
  const stack = {
    1: (stack, pbf) => (stack.name = pbf.readString()),
    2: (stack, pbf) => (stack.range = pbf.readString()),
    3: (stack, pbf) => stack.glyphs.push(message(pbf, {}, glyph)),
  };
  const pbf = new PbfReader(new Uint8Array(await answer.arrayBuffer()));
  const [found] = read(pbf, [], { 1: (stacks, reader) => stacks.push(message(reader, { glyphs: [] }, stack)) });
  assert.deepEqual([found.name, found.range], ["DejaVu Sans", "0-255"]);
  const letters = found.glyphs.filter(({ width }) => width > 0);
  assert.ok(letters.length > 180);
  for (const { id, bitmap, width, height } of letters) assert.equal(bitmap.length, (width + 6) * (height + 6), `glyph ${id}`);
  const { width, height, left, top, advance } = found.glyphs.find(({ id }) => id === "H".codePointAt(0));
  assert.deepEqual({ width, height, left, top, advance }, { width: 14, height: 18, left: 2, top: -7, advance: 18 });
});
