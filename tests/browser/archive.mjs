// Reads a PMTiles file with the format's own JavaScript library and compares every tile with a server's: `node archive.mjs FILE URL`.
//
// URL holds {z}, {x} and {y}. All addresses of zooms 0 to ALL are looked at, below them only where the zoom above has a tile.
// Prints what the file says of itself, and how many tiles were equal; ends with 1 at the first that is not.
import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { PMTiles } from "pmtiles";

const [path, url] = process.argv.slice(2);
const ALL = 5;

class File {
  constructor(handle) {
    this.handle = handle;
  }
  getKey() {
    return path;
  }
  async getBytes(offset, length) {
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(length), 0, length, offset);
    return { data: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + bytesRead) };
  }
}

const archive = new PMTiles(new File(await open(path)));
const header = await archive.getHeader();
const metadata = await archive.getMetadata();

async function compare(z, x, y) {
  const stored = await archive.getZxy(z, x, y);
  const answer = await fetch(url.replace("{z}", z).replace("{x}", x).replace("{y}", y));
  assert.equal(answer.status, stored ? 200 : 204, `${z}/${x}/${y}`);
  if (!stored) return false;
  assert.ok(Buffer.from(stored.data).equals(Buffer.from(await answer.arrayBuffer())), `${z}/${x}/${y} differs`);
  return true;
}

let equal = 0;
let above = [];
for (let z = 0; z <= header.maxZoom; z++) {
  const below = above.flatMap(([x, y]) => [0, 1, 2, 3].map((part) => [2 * x + (part & 1), 2 * y + (part >> 1)]));
  const every = () => Array.from({ length: 4 ** z }, (_, at) => [at % 2 ** z, Math.floor(at / 2 ** z)]);
  above = [];
  for (const [x, y] of z <= ALL ? every() : below) {
    if (!(await compare(z, x, y))) continue;
    equal += 1;
    above.push([x, y]);
  }
}
console.log(JSON.stringify({ header, metadata, equal }));
