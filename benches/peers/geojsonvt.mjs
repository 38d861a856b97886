// geojson-vt's own job: index a FeatureCollection, slice the listed tiles, encode them.
// `geojsonvt.mjs FOLDER FILE TILES.json`: one JSON object with the milliseconds of each step, user and system time of the process.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const [folder, file, list] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const GeoJSONVT = (await load('geojson-vt')).default;
const vtpbf = (await load('vt-pbf')).default;

const used = () => {
    const {userCPUTime, systemCPUTime} = process.resourceUsage();
    return (userCPUTime + systemCPUTime) / 1e3;
};
const steps = {};
const step = (name, job) => {
    const begun = [used(), performance.now()];
    const result = job();
    steps[name] = {cpu: used() - begun[0], wall: performance.now() - begun[1]};
    return result;
};

const data = step('parse', () => JSON.parse(readFileSync(file)));
const index = step('index', () => new GeoJSONVT(data, {maxZoom: 14, extent: 4096, buffer: 64}));
const tiles = JSON.parse(readFileSync(list));
let bytes = 0;
let features = 0;
step('tiles', () => {
    for (const [z, x, y] of tiles) {
        const tile = index.getTile(z, x, y);
        if (!tile) continue;
        features += tile.features.length;
        bytes += vtpbf.fromGeojsonVt({mix: tile}, {version: 2, extent: 4096}).length;
    }
});
// Once more: the tiles' parents are now cut, as after some use.
step('again', () => {
    for (const [z, x, y] of tiles) {
        const tile = index.getTile(z, x, y);
        if (tile) bytes += vtpbf.fromGeojsonVt({mix: tile}, {version: 2, extent: 4096}).length;
    }
});
console.log(JSON.stringify({steps, count: tiles.length, features, kib: bytes / 2 / tiles.length / 1024, resident: process.memoryUsage().rss / 2 ** 20}));
