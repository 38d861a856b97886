"""The data and the tile list, the same for all: made once in the peers' folder."""

import hashlib
import json
import math
import os
import random
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
MIX = os.path.join(os.path.dirname(HERE), "data", "mix.rs")
KINDS = {"points": "Point", "lines": "LineString", "areas": "Polygon"}


class Data:
    """One mix: its GeoJSON text sequence and what is made from it."""

    def __init__(self, home, count):
        self.home, self.count = home, count
        # Another generator makes other data, beside the old.
        mark = digest(MIX)
        self.folder = os.path.join(home, f"data-{mark}")
        self.text = os.path.join(self.folder, f"mix-{count}.geojsonl")
        self.table = f"mix_{mark}_{count}"
        os.makedirs(self.folder, exist_ok=True)
        if not os.path.exists(self.text):
            subprocess.run([compiled(home), str(count), self.text], check=True)

    def collection(self):
        """The same features as one FeatureCollection, which Martin's GeoJSON source and geojson-vt read."""
        path = self.text.replace(".geojsonl", ".geojson")

        def write(begun):
            with open(self.text) as lines, open(begun, "w") as out:
                out.write('{"type":"FeatureCollection","features":[\n')
                for number, line in enumerate(lines):
                    out.write(("," if number else "") + line)
                out.write("]}\n")

        return made(path, write)

    def converted(self, kind, suffix):
        """The points, lines or areas alone in Web Mercator, in a format that suits a peer best: `.fgb` or `.shp`, with its index."""
        path = os.path.join(self.folder, f"{kind}_{self.count}{suffix}")
        if suffix == ".shp":
            source, options = self.converted(kind, ".fgb"), ["-lco", "SPATIAL_INDEX=NO"]
        else:
            source, options = f"GeoJSONSeq:{self.part(kind)}", ["-t_srs", "EPSG:3857", "-nlt", KINDS[kind].upper()]

        def write(begun):
            driver = {".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}[suffix]
            subprocess.run(["ogr2ogr", "-q", "-f", driver, *options, begun, source], check=True)
            if suffix == ".shp":
                subprocess.run(["shapeindex", begun], check=True, capture_output=True)

        return made(path, write, suffix)

    def part(self, kind):
        path = os.path.join(self.folder, f"{kind}_{self.count}.geojsonl")

        def write(begun):
            wanted = f'"geometry":{{"type":"{KINDS[kind]}"'
            with open(self.text) as lines, open(begun, "w") as out:
                out.writelines(line for line in lines if wanted in line)

        return made(path, write)

    def tiles(self, zooms, each):
        """Tiles of each zoom that hold a vertex of a feature drawn at random, the same feature never twice: more where data are."""
        chosen = random.Random(23)
        picks = {zoom: [] for zoom in zooms}
        features = sample(self.text, self.count, each * 8, chosen)
        for zoom in zooms:
            for feature in chosen.sample(features, len(features)):
                tile = tile_at(zoom, *chosen.choice(feature))
                if len(picks[zoom]) < each and tile not in picks[zoom]:
                    picks[zoom].append(tile)
        return [tile for zoom in zooms for tile in picks[zoom]]


def made(path, write, suffix=""):
    """A file that `write` makes unless it is there, under another name until it is whole."""
    if not os.path.exists(path):
        begun = path.removesuffix(suffix) + ".begun" + suffix
        if os.path.exists(begun):
            os.remove(begun)
        write(begun)
        for name in os.listdir(os.path.dirname(path)):
            # A shapefile is several files.
            if name.startswith(os.path.basename(begun).removesuffix(suffix)):
                old = os.path.join(os.path.dirname(path), name)
                os.rename(old, old.replace(".begun", ""))
    return path


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:8]


def compiled(home):
    """The generator, which `benches/data/mix.rs` shares with the project's own benches."""
    binary = os.path.join(home, "bin", "mix")
    os.makedirs(os.path.dirname(binary), exist_ok=True)
    subprocess.run(["rustc", "-O", "--edition", "2024", "-o", binary, os.path.join(HERE, "mix.rs")], check=True)
    return binary


def sample(path, count, wanted, chosen):
    """The positions of `wanted` features."""
    numbers = set(chosen.sample(range(count), min(wanted, count)))
    with open(path) as lines:
        texts = [line for number, line in enumerate(lines) if number in numbers]
    return [positions(json.loads(text)["geometry"]) for text in texts]


def positions(geometry):
    found, depth = geometry["coordinates"], {"Point": 0, "LineString": 1, "Polygon": 2}[geometry["type"]]
    return [found] if depth == 0 else found if depth == 1 else found[0]


def tile_at(zoom, lon, lat):
    side = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int((lon / 360 + 0.5) * side), int(y * side)


def extent(tile):
    """West, south, east and north of a tile in metres of Web Mercator."""
    zoom, x, y = tile
    half = math.pi * 6378137
    side = 2 * half / (1 << zoom)
    return x * side - half, half - (y + 1) * side, (x + 1) * side - half, half - y * side


def criterion(home):
    """The data of Martin's own criterion job for GeoJSON: 10,000 polygons of 16 vertices on a grid over the world."""
    path = os.path.join(home, "criterion.geojson")
    columns = 100
    step, rise = 360 / columns, 170 / columns
    radius = 0.4 * min(step, rise)

    def feature(number):
        x, y = -180 + step * (number % columns + 0.5), -85 + rise * (number // columns + 0.5)
        turns = [2 * math.pi * (k % 16) / 16 for k in range(17)]
        ring = [[x + radius * math.cos(turn), y + radius * math.sin(turn)] for turn in turns]
        return {"type": "Feature", "properties": {"id": number}, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    def write(begun):
        with open(begun, "w") as out:
            json.dump({"type": "FeatureCollection", "features": [feature(number) for number in range(columns * columns)]}, out)

    return made(path, write)
