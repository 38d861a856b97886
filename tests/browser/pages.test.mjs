// The pages of a running server in Chromium: tiles drawn, console clean, nothing asked of anybody else.
//
// ROADBLOCK_URL is the server's address, CHROMIUM the browser. SCREENSHOTS=DIR keeps pictures for a person to look at.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const base = process.env.ROADBLOCK_URL;
const flags = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
});
after(() => browser.close());

// A fresh page whose complaints are collected; `check` fails on any complaint or foreign request.
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    // A tile of a day or zoom the reader has left is called off.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()}`);
  });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(new URL(path, base).href);
  const check = async (name) => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
    await context.close();
    assert.deepEqual(complaints, []);
    const foreign = requests.filter((url) => !url.startsWith(base) && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, []);
    return requests;
  };
  return { page, check };
}

const drawn = (page) => page.waitForSelector("[data-drawn]", { timeout: 30_000 });

// How many colours a part of the page has: a blank map has few.
async function colours(page) {
  const picture = (await page.screenshot({ type: "png" })).toString("base64");
  const reader = await browser.newPage();
  const count = await reader.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = new Uint32Array(context.getImageData(image.width / 2 - 100, image.height / 2 - 200, 400, 350).data.buffer);
    return new Set(pixels).size;
  }, picture);
  await reader.close();
  return count;
}

test("the map shows the default day", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  assert.equal(await page.locator(".as-of").textContent(), "State of 22 October 2025");
  await page.waitForSelector(".reports button");
  assert.ok((await colours(page)) > 50);
  const credits = await page.locator(".credits").textContent();
  assert.match(credits, /Natural Earth/);
  assert.match(credits, /GeoNames/);
  assert.match(await page.locator(".disclaimer").textContent(), /2025-10-22T12:00:00Z/);
  const requests = await check("first");
  assert.ok(requests.some((url) => /\/xyz\/basemap\/\d+\/\d+\/\d+\.mvt$/.test(url)));
  assert.ok(requests.some((url) => /\/xyz\/areas,corridors,places,blockades\/.*datetime=2025-10-22T12:00:00Z/.test(url)));
});

test("a report says what, who, since when and who says so, and is in the address", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  await page.locator(".reports button", { hasText: "About fifty tankers" }).click();
  const card = page.locator(".card");
  await card.waitFor();
  const text = await card.textContent();
  for (const said of ["Closes the road", "Jama'at Nusrat", "observed", "17 October 2025"]) assert.ok(text.includes(said), said);
  const links = await card.locator(".sources a").evaluateAll((all) => all.map((one) => one.href));
  assert.ok(links.length > 0 && links.every((href) => href.startsWith("https://")));
  await page.waitForFunction(() => location.hash.includes("s=blockades:ev-1017-kadiana"));
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "detached" });
  await check("card");
});

test("a click on the map opens what is under it", async () => {
  const { page, check } = await open("/#m=9/10.83/-6.67&l=blockades");
  await drawn(page);
  await page.waitForTimeout(500);
  const box = await page.locator(".map").boundingBox();
  const canvas = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.click(canvas.x, canvas.y);
  await page.locator(".card", { hasText: "Kolondiéba" }).waitFor();
  await check("click");
});

test("time moves by button, key, slider, typed date and play", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  const day = () => page.locator(".day").textContent();
  await page.getByRole("button", { name: "Day after" }).click();
  assert.equal(await day(), "23 October 2025");
  await page.keyboard.press("[");
  await page.keyboard.press("[");
  assert.equal(await day(), "21 October 2025");
  await page.locator("input[type=range]").focus();
  await page.keyboard.press("End");
  assert.equal(await day(), "30 November 2025");
  await page.keyboard.press("Home");
  assert.equal(await day(), "1 September 2025");
  assert.equal(await page.locator("input[type=range]").getAttribute("aria-valuetext"), "1 September 2025");
  await page.locator("input[type=date]").fill("2025-11-05");
  await page.locator("input[type=date]").dispatchEvent("change");
  assert.equal(await day(), "5 November 2025");
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction(() => document.querySelector(".day").textContent === "8 November 2025", null, { timeout: 30_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  assert.equal(await page.locator(".bar").count(), 91);
  await check("time");
});

test("what was known then leaves out later reports", async () => {
  const { page, check } = await open("/#t=2025-10-17T12Z");
  await drawn(page);
  const row = page.locator(".reports button", { hasText: "About fifty tankers" });
  await row.waitFor();
  await page.getByLabel("As known on that day").check();
  await row.waitFor({ state: "detached" });
  await page.waitForFunction(() => location.hash.includes("k=1"));
  await check("then");
});

test("layers switch off and the address keeps them; back brings the view again", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  await page.getByLabel("Areas of reported influence").uncheck();
  await page.waitForFunction(() => location.hash.includes("l=blockades,corridors,places"));
  const address = page.url();
  await page.goto("about:blank");
  await page.goto(address);
  await drawn(page);
  assert.equal(await page.getByLabel("Areas of reported influence").isChecked(), false);
  await check("layers");
});

test("what cannot be read in an address is named, not obeyed", async () => {
  const { page, check } = await open("/#m=99/0/0&t=never&l=nothing&s=x&lang=xx&<script>=1");
  await drawn(page);
  const notice = await page.locator(".notice").textContent();
  for (const part of ["m", "t", "l", "s", "lang"]) assert.ok(notice.includes(part), notice);
  assert.equal(await page.locator(".day").textContent(), "22 October 2025");
  await check("ignored");
});

test("French is spoken, and is the default of whoever speaks neither", async () => {
  const french = await open("/", { locale: "fr-FR" });
  await drawn(french.page);
  assert.equal(await french.page.locator(".as-of").textContent(), "État au 22 octobre 2025");
  await french.page.getByRole("button", { name: "English" }).click();
  assert.equal(await french.page.locator(".as-of").textContent(), "State of 22 October 2025");
  await french.check("french");
  const other = await open("/", { locale: "sw-KE" });
  await drawn(other.page);
  assert.equal(await other.page.locator("html").getAttribute("lang"), "fr");
  await other.check("swahili");
});

test("a phone shows the map, the date and, on a press, the panel", async () => {
  for (const viewport of [{ width: 320, height: 568 }, { width: 390, height: 844 }]) {
    const { page, check } = await open("/", { viewport, hasTouch: true });
    await drawn(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${overflow} px too wide at ${viewport.width}`);
    const map = await page.locator(".map").boundingBox();
    assert.ok(map.height > viewport.height / 2.5, `the map is ${map.height} px high`);
    const small = await page.locator("button:visible").evaluateAll((all) =>
      all.filter((one) => one.offsetWidth < 24 || one.offsetHeight < 24).map((one) => one.outerHTML),
    );
    assert.deepEqual(small, []);
    await page.locator(".sheet").tap();
    await page.locator(".layers").waitFor();
    await page.locator(".reports button").first().tap();
    await page.locator(".card").waitFor();
    assert.equal(await page.locator(".panel").isVisible(), false);
    await check(`phone-${viewport.width}`);
  }
});

test("without scripts the page is a table with a picture", async () => {
  const { page, check } = await open("/", { javaScriptEnabled: false });
  assert.ok(await page.locator("table tr", { hasText: "About fifty tankers burned" }).isVisible());
  assert.ok(await page.locator(".poster img").first().isVisible());
  await check("plain");
});

test("the picture in the legend is the picture on the map", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  const counts = await page.locator(".legend").evaluateAll((lists) => lists.map((list) => list.children.length));
  assert.deepEqual(counts, [4, 2, 4, 4]);
  // The square that closes a road is #491353 in the style document.
  const closes = await page.locator(".legend canvas").nth(10).evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = new Set();
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) found.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return [...found];
  });
  assert.ok(closes.includes("73,19,83"), String(closes));
  await check("legend");
});

test("no graphics card, no matter", async () => {
  const plain = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-3d-apis", "--disable-gpu"] });
  const page = await plain.newPage();
  await page.goto(base);
  await drawn(page);
  await plain.close();
});

test("raster tiles in Leaflet", async () => {
  const { page, check } = await open("/preview/leaflet");
  await drawn(page);
  await page.waitForTimeout(500);
  assert.ok((await colours(page)) > 30);
  assert.match(await page.locator(".leaflet-control-attribution").textContent(), /Natural Earth/);
  const requests = await check("leaflet");
  assert.ok(requests.some((url) => /\.png$/.test(url)));
});

test("vector tiles in MapLibre", async () => {
  const { page, check } = await open("/preview/maplibre");
  await drawn(page);
  assert.ok((await colours(page)) > 30);
  const requests = await check("maplibre");
  assert.ok(requests.some((url) => /\.mvt$/.test(url)));
});
