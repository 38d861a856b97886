// The pages of a running server in Chromium: tiles drawn, console clean, nothing asked of anybody else.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { base, browser, colours, drawn, open, serve, violations } from "./page.mjs";

after(() => browser.close());

test("the map shows the default day", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  assert.equal(await page.locator(".as-of").textContent(), "State of 22 October 2025");
  await page.waitForSelector(".reports button");
  assert.ok((await colours(page)) > 50);
  const credits = await page.locator(".credits").textContent();
  assert.match(credits, /Natural Earth/);
  assert.match(credits, /GeoNames/);
  assert.match(await page.locator(".panel .disclaimer").textContent(), /as of 22 October 2025/);
  const corner = page.locator(".credit");
  assert.match(await corner.textContent(), /Not for navigation or targeting.*Natural Earth.*GeoNames/);
  assert.equal(await page.locator("#disclaimer").isVisible(), false);
  await corner.getByRole("button").click();
  assert.match(await page.locator("#disclaimer").textContent(), /do not imply endorsement/);
  const requests = await check("first");
  assert.ok(requests.some((url) => /\/xyz\/basemap\/\d+\/\d+\/\d+\.mvt$/.test(url)));
  assert.ok(requests.some((url) => /\/xyz\/areas,corridors,access,places,blockades\/.*datetime=2025-10-22T12:00:00Z/.test(url)));
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
  await page.locator("input[type=date]").focus();
  await page.keyboard.type("11112025");
  assert.equal(await day(), "11 November 2025");
  assert.equal(await page.locator("input[type=date]").inputValue(), "2025-11-11");
  await page.keyboard.type("02022026");
  await page.locator("input[type=range]").focus();
  assert.equal(await page.locator("input[type=date]").inputValue(), "2025-11-11", "a day outside the data is put back");
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction(() => document.querySelector(".day").textContent === "14 November 2025", null, { timeout: 30_000 });
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
  await page.waitForFunction(() => location.hash.includes("l=access,blockades,corridors,places"));
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
  assert.ok(await page.locator("table tr", { hasText: "About fifty tankers burned" }).last().isVisible());
  assert.ok(await page.locator(".poster img").first().isVisible());
  await check("plain");
});

test("the picture in the legend is the picture on the map", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  const counts = await page.locator(".legend").evaluateAll((lists) => lists.map((list) => list.children.length));
  assert.deepEqual(counts, [5, 2, 5, 5, 9]);
  // The square that closes a road is #491353 in the style document.
  const closes = await page.locator(".legend canvas").nth(17).evaluate((canvas) => {
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

test("a layer is switched without losing the focus or what is unfolded, and so is the language", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  await page.getByText("Use this map elsewhere").click();
  const box = page.getByLabel("Places", { exact: true });
  await box.focus();
  await page.keyboard.press("Space");
  assert.equal(await box.evaluate((one) => one === document.activeElement), true);
  assert.equal(await page.locator(".share").isVisible(), true);
  await page.locator(".language").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".language").textContent(), "English");
  assert.equal(await page.locator(".language").evaluate((one) => one === document.activeElement), true);
  assert.equal(await page.locator(".share").isVisible(), true);
  assert.equal(await page.title(), "Mali : le blocus du carburant, automne 2025");
  assert.match(await page.locator(".about").textContent(), /^Points de blocage/);
  await check("focus");
});

test("a card takes the focus from the list, keeps it while paging, and gives it back", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  const row = page.locator(".reports button").first();
  await row.focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.classList.contains("card"));
  await page.keyboard.press("Escape");
  assert.equal(await row.evaluate((one) => one === document.activeElement), true);
  await page.goto(`${base}#m=8/11.09/-6.89`);
  await page.reload();
  await drawn(page);
  await page.waitForTimeout(500);
  const box = await page.locator(".map").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const next = page.getByRole("button", { name: "Next", exact: true });
  await next.focus();
  const before = await page.locator(".pager span").textContent();
  await page.keyboard.press("Enter");
  await page.waitForFunction((said) => document.querySelector(".pager span").textContent !== said, before);
  assert.equal(await next.evaluate((one) => one === document.activeElement), true);
  await check("paging");
});

test("addresses for other clients carry the chosen day and layers", async () => {
  const { page, check } = await open("/");
  await drawn(page);
  await page.getByText("Use this map elsewhere").click();
  await page.locator("input[type=range]").focus();
  await page.keyboard.press("ArrowRight");
  const addresses = () => page.locator(".address input:not([hidden])").evaluateAll((all) => all.map((one) => one.value));
  const day = "datetime=2025-10-23T12:00:00Z";
  assert.deepEqual((await addresses()).filter((one) => one.includes("?")).map((one) => one.slice(base.length)), [
    `xyz/areas,corridors,access,places,blockades/{z}/{x}/{y}.mvt?${day}`,
    `xyz/basemap,areas,corridors,access,places,blockades/{z}/{x}/{y}.png?${day}`,
    `xyz/areas,corridors,access,places,blockades.json?${day}`,
    `collections/blockades/items?${day}&phase=active,recent`,
  ]);
  await page.getByLabel("Places", { exact: true }).uncheck();
  assert.ok((await addresses()).some((one) => one.includes("xyz/areas,corridors,access,blockades/{z}")));
  for (const address of (await addresses()).filter((one) => one.includes("?"))) {
    const answer = await page.request.get(address.replace("{z}/{x}/{y}", "6/30/29"));
    assert.equal(answer.status(), 200, address);
  }
  await check("addresses");
});

test("without a clipboard the address is shown, selected", async () => {
  const { page, check } = await open("about:blank");
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto(base);
  await drawn(page);
  await page.getByText("Use this map elsewhere").click();
  await page.locator(".share").click();
  const field = page.getByLabel("Copy this address");
  assert.equal(await field.inputValue(), page.url());
  assert.equal(await field.evaluate((one) => one.selectionEnd - one.selectionStart), page.url().length);
  await check("no-clipboard");
});

test("odd addresses: nothing known keeps the layers, a bad place begins at the data, a far day becomes the nearest", async () => {
  const { page, check } = await open("/#m=99/0/0&l=nothing");
  await drawn(page);
  assert.equal(await page.locator(".layers input:checked").count(), 5);
  await page.waitForFunction(() => !location.hash.includes("m=99") && Number(location.hash.match(/m=([\d.]+)/)[1]) > 5.2);
  await page.goto("about:blank");
  await page.goto(`${base}#t=2031-05-01`);
  await drawn(page);
  assert.equal(await page.locator(".day").textContent(), "30 November 2025");
  assert.match(await page.locator(".notice").textContent(), /1 May 2031/);
  await page.goto("about:blank");
  await page.goto(`${base}#s=blockades:not-there`);
  await page.locator(".notice", { hasText: "not-there" }).waitFor();
  await page.waitForFunction(() => !location.hash.includes("s="));
  await check("odd");
});

test("cities keep their names", async () => {
  // Every text that is really drawn, however the map comes by it.
  const { page, check } = await open("about:blank");
  await page.addInitScript(() => {
    window.said = new Set();
    const fillText = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      window.said.add(text);
      return fillText.call(this, text, ...rest);
    };
  });
  await page.goto(`${base}#m=8.4/11.2/-6.0`);
  await drawn(page);
  await page.waitForFunction(() => window.said.has("Sikasso"));
  await check("cities");
});

test("on a phone the first look names towns, and a card leaves what it is about in sight", async () => {
  const { page, check } = await open("/", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await drawn(page);
  await page.waitForFunction(() => Number(location.hash.match(/m=([\d.]+)/)?.[1]) >= 5.4);
  await page.locator(".sheet").tap();
  assert.equal(await page.locator(".map").evaluate((map) => map.inert), true);
  const panel = await page.locator(".panel").boundingBox();
  assert.ok(panel.height <= 0.75 * 844 + 1 && Math.round(panel.y + panel.height) === 844);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".panel").isVisible(), false);
  assert.equal(await page.locator(".sheet").evaluate((one) => one === document.activeElement), true);
  await page.goto(`${base}#m=7/12.3/-6&s=blockades:ev-1017-kadiana`);
  await page.reload();
  await page.locator(".card").waitFor();
  // The mark at 10.7 north comes out above the card when the map moves south.
  await page.waitForFunction(() => Number(location.hash.match(/m=[\d.]+\/([\d.]+)/)?.[1]) < 10.6);
  await check("phone-card");
});

test("a low window keeps the map", async () => {
  const { page, check } = await open("/", { viewport: { width: 320, height: 256 } });
  await drawn(page);
  const map = await page.locator(".map").boundingBox();
  assert.ok(map.height >= 100, `${map.height} pixels are left`);
  await check("low");
});

test("without scripts a narrow page in French flows, with dates, credit and disclaimer", async () => {
  const { page, check } = await open("/", { javaScriptEnabled: false, viewport: { width: 320, height: 568 }, locale: "fr-FR" });
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  const text = await page.locator("#plain").textContent();
  for (const said of ["Points de blocage, le 22 octobre 2025", "Ferme la route", "17 octobre 2025", "Natural Earth", "Ni pour la navigation"]) assert.ok(text.includes(said), said);
  const { width } = await page.locator(".poster").boundingBox();
  assert.ok(width <= 320);
  await check("plain-fr");
});

// A layer of a file, by a config.
function files(settings) {
  const folder = mkdtempSync(join(tmpdir(), "roadblock-"));
  const line = { type: "Feature", properties: { name: "Ring road", lanes: 2 }, geometry: { type: "LineString", coordinates: [[-8.2, 12.6], [-7.8, 12.6]] } };
  writeFileSync(join(folder, "roads.geojson"), JSON.stringify({ type: "FeatureCollection", features: [line] }));
  writeFileSync(join(folder, "roadblock.toml"), `[[layers]]\npath = "roads.geojson"\n${settings}`);
  return join(folder, "roadblock.toml");
}

test("a layer is magnified beyond its highest zoom, and its features are selected without made-up ids", async () => {
  const server = await serve("--config", files("max_zoom = 9\nmin_zoom = 5\n"));
  try {
    const { page, check } = await open("/#m=13/12.6/-8", {}, server.url);
    await drawn(page);
    await page.waitForTimeout(500);
    const box = await page.locator(".map").boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.locator(".card", { hasText: "Ring road" }).waitFor();
    await page.waitForFunction(() => location.hash.includes("s=roads:"));
    assert.deepEqual(await page.locator(".card dt").allTextContents(), ["name", "lanes"]);
    const address = page.url();
    await page.goto("about:blank");
    await page.goto(address);
    await page.locator(".card", { hasText: "Ring road" }).waitFor();
    const requests = await check("magnified");
    const zooms = requests.map((url) => url.match(/xyz\/roads\/(\d+)/)?.[1]).filter(Boolean).map(Number);
    assert.ok(zooms.length > 0 && zooms.every((zoom) => zoom <= 9), String(zooms));
  } finally {
    server.stop();
  }
});

test("the pages work under a path of a proxy", async () => {
  let upstream;
  const proxy = createServer((incoming, outgoing) => {
    if (!incoming.url.startsWith("/maps/")) return outgoing.writeHead(404).end();
    const options = { headers: incoming.headers, method: incoming.method };
    const forward = request(new URL(incoming.url.slice("/maps".length), upstream), options, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on("error", () => outgoing.destroy());
    forward.end();
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const root = `http://127.0.0.1:${proxy.address().port}/maps/`;
  const server = await serve("--public-url", root.slice(0, -1));
  upstream = server.url;
  try {
    for (const path of ["", "preview/leaflet", "preview/maplibre"]) {
      const { page, check } = await open(path, {}, root);
      await drawn(page);
      assert.ok((await colours(page)) > 30, path);
      if (path === "") await page.waitForSelector(".reports button");
      const requests = await check(`proxy-${path.replace("/", "-")}`);
      assert.deepEqual(requests.filter((url) => /^http/.test(url) && !url.startsWith(root)), []);
    }
  } finally {
    server.stop();
    proxy.close();
    proxy.closeAllConnections();
  }
});

test("axe finds nothing to say", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const states = [
    ["first", "/", {}, async () => {}],
    ["french", "/", { locale: "fr-FR" }, async () => {}],
    ["card", "/", {}, (page) => page.locator(".reports button").first().click().then(() => page.locator(".card").waitFor())],
    ["unfolded", "/", {}, (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)))],
    ["notice", "/#t=never", {}, async () => {}],
    ["disclaimer", "/", {}, (page) => page.locator(".credit button").click()],
    ["phone", "/", phone, async () => {}],
    ["sheet", "/", phone, (page) => page.locator(".sheet").tap()],
    ["phone-card", "/#s=blockades:ev-1017-kadiana", phone, (page) => page.locator(".card").waitFor()],
    ["leaflet", "/preview/leaflet", {}, async () => {}],
    ["maplibre", "/preview/maplibre", {}, async () => {}],
  ];
  for (const [name, path, options, act] of states) {
    const { page, check } = await open(path, options);
    await drawn(page);
    await act(page);
    assert.deepEqual(await violations(page), [], name);
    await check(`axe-${name}`);
  }
  // The page before its scripts; without any, axe does not run either.
  const plain = await open("about:blank");
  await plain.page.route("**/assets/map-*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await plain.page.goto(base);
  assert.deepEqual(await violations(plain.page), [], "without scripts");
  await plain.check("axe-plain");
});
