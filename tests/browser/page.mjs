// What the tests of pages share: a browser, fresh pages whose complaints are collected, servers of their own.
//
// ROADBLOCK_URL is the server's address, CHROMIUM the browser, ROADBLOCK the program. SCREENSHOTS=DIR keeps pictures for a
// person to look at.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const base = process.env.ROADBLOCK_URL;
const flags = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });

// A fresh page whose complaints are collected; `check` fails on any complaint or foreign request.
export async function open(path, options = {}, root = base) {
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
  await page.goto(new URL(path, root).href);
  const check = async (name) => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
    await context.close();
    assert.deepEqual(complaints, []);
    const foreign = requests.filter((url) => !url.startsWith(new URL(root).origin) && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, []);
    return requests;
  };
  return { page, check };
}

export const drawn = (page) => page.waitForSelector("[data-drawn]", { timeout: 30_000 });

// How many colours a part of the page has: a blank map has few.
export async function colours(page) {
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

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What axe finds wrong by WCAG 2.2 AA. Evaluated by the debugger, so that the page's security policy has no say.
export async function violations(page) {
  await page.evaluate(`${axe};0`);
  return page.evaluate(async () => {
    const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const { violations } = await window.axe.run(document, { runOnly: levels });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

// The real program with other arguments, on a free port; `stop` ends it.
export async function serve(...args) {
  const child = spawn(process.env.ROADBLOCK, ["serve", "--memory", "--listen", "127.0.0.1:0", ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { url: first.replace("listening on ", ""), stop: () => child.kill() };
}
