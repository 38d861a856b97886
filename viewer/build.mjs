// Makes the files that the program embeds: node build.mjs DIR
//
// In DIR: scripts and styles under names that carry a hash of their content, each also as .br and .gz, the licences of what
// they contain, and manifest.json, which says which file is which.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs DIR");
mkdirSync(out, { recursive: true });

// MapLibre starts its worker from an address of its own.
const entries = {
  map: "src/main.ts",
  leaflet: "src/preview/leaflet.ts",
  maplibre: "src/preview/maplibre.ts",
  "maplibre-worker": "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs",
};
const result = await build({
  absWorkingDir: here,
  entryPoints: entries,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  loader: { ".png": "dataurl", ".svg": "dataurl" },
  outdir: "out",
  write: false,
  metafile: true,
  logLevel: "warning",
});

const manifest = [];
const keep = (name, bytes) => {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(out, file), bytes);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  writeFileSync(join(out, `${file}.br`), brotliCompressSync(bytes, quality));
  writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  manifest.push({ name, file });
};
for (const output of result.outputFiles) keep(output.path.split(/[\\/]/).pop(), Buffer.from(output.contents));
keep("licences.txt", Buffer.from(licences(result.metafile)));
manifest.sort((a, b) => (a.name < b.name ? -1 : 1));
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest));

// The licence of every package that has a byte in the bundles.
function licences(metafile) {
  const packages = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found && bytesInOutput > 0) packages.add(found[1]);
    }
  }
  // MapLibre's own bundle holds these without saying so in a metafile.
  for (const name of Object.keys(JSON.parse(readFileSync(join(here, "node_modules/maplibre-gl/package.json"))).dependencies)) {
    packages.add(name);
  }
  return [...packages].sort().map(notice).join("\n\n");
}

function notice(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json")));
  const allowed = ["BSD-2-Clause", "BSD-3-Clause", "MIT", "ISC", "Apache-2.0", "0BSD", "CC0-1.0", "Unlicense", "(MIT OR Apache-2.0)", "(Apache-2.0 AND MIT)"];
  if (!allowed.includes(license)) throw new Error(`${name} ${version} is under ${license}, which may not ship`);
  const files = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "LICENCE", "LICENSE-MIT"];
  for (const file of files) {
    try {
      return `== ${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
    } catch {
      // Packages name the file as they like.
    }
  }
  return `== ${name} ${version} (${license})\n`;
}
