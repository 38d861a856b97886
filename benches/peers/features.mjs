// What vector tiles hold, by Mapbox's own decoder: one path a line on standard input, one JSON object a line out.
import {createInterface} from 'node:readline';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

// Modules are looked for in the peers' folder, named by the first argument.
const require = createRequire(`${process.argv[2]}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const {VectorTile} = await load('@mapbox/vector-tile');
const pbf = await load('pbf');
const Pbf = pbf.PbfReader ?? pbf.default;

for await (const path of createInterface({input: process.stdin})) {
    const bytes = readFileSync(path);
    const found = {ids: [], vertices: []};
    if (bytes.length) {
        for (const layer of Object.values(new VectorTile(new Pbf(bytes)).layers)) {
            for (let number = 0; number < layer.length; number++) {
                const feature = layer.feature(number);
                const name = feature.properties.name ?? '';
                found.ids.push(Number(name.replace('feature ', '')));
                found.vertices.push(feature.loadGeometry().reduce((sum, part) => sum + part.length, 0));
            }
        }
    }
    console.log(JSON.stringify(found));
}
