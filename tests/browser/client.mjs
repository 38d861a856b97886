// A page of this server's origin that runs a program made of the map clients of viewer/.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { base, open } from "./page.mjs";

const viewer = new URL("../../viewer/", import.meta.url);
const { buildSync } = createRequire(new URL("package.json", viewer))("esbuild");

// `start` opens the page, of the server at `root`, and waits until nothing more is asked for.
export async function client(contents, root = base) {
  const options = { bundle: true, format: "esm", write: false, outdir: "out", loader: { ".png": "dataurl" } };
  const built = buildSync({ stdin: { contents, resolveDir: fileURLToPath(viewer) }, ...options });
  const of = (ending) => built.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const { page, check } = await open("about:blank", {}, root);
  const html = `<!doctype html><link rel="icon" href="data:,"><style>${of(".css")} #map { height: 700px }</style><div id="map"></div><script type="module">${of(".js")}</script>`;
  await page.route("**/snippet", (route) => route.fulfill({ contentType: "text/html", body: html }));
  const worker = readFileSync(new URL("node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", viewer));
  await page.route("**/worker.js", (route) => route.fulfill({ contentType: "text/javascript", body: worker }));
  // Leaflet looks for its pins beside its style sheet.
  await page.route(/marker-(icon|shadow)[^/]*\.png/, (route) => route.fulfill({ path: fileURLToPath(new URL("node_modules/leaflet/dist/images/marker-icon.png", viewer)) }));
  const start = () => page.goto(`${root}snippet`, { waitUntil: "networkidle" });
  return { page, check, start };
}
