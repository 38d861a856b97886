"""The built-in map with its labels, drawn by roadblock over HTTP and by Mapnik from the same features: the day, the tiles, the files."""

import json
import os
import random
import subprocess
import urllib.request

from data import tile_at

HERE = os.path.dirname(os.path.abspath(__file__))
DAY = "2025-10-22"
LAYERS = ("basemap", "areas", "corridors", "access", "places", "blockades")
# Where the data are: Mali and the ways to it.
WEST, SOUTH, EAST, NORTH = -17.5, 4.2, 2.0, 20.0
KINDS = {"Point": "points", "LineString": "lines", "MultiLineString": "lines", "Polygon": "areas", "MultiPolygon": "areas"}
SIDE = 512


def tiles(zooms=range(4, 13), each=40):
    """All tiles of a zoom over the data, or some of them drawn with a fixed seed."""
    chosen = random.Random(23)
    found = []
    for zoom in zooms:
        (_, west, north), (_, east, south) = tile_at(zoom, WEST, NORTH), tile_at(zoom, EAST, SOUTH)
        all_ = [(zoom, x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
        found += chosen.sample(all_, min(each, len(all_)))
    return found


def address(tile):
    return "/styles/access/{}/{}/{}@2x.png?datetime=".format(*tile) + DAY


def files(port, folder):
    """Shapefiles with Mapnik's index, one for each layer and kind of geometry, of what the server shows on the day."""
    os.makedirs(folder, exist_ok=True)
    for layer in LAYERS:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/collections/{layer}/download.geojson?datetime={DAY}") as answer:
            features = json.load(answer)["features"]
        if layer == "blockades":
            # As maps draw them: what is over is not on the map.
            features = [feature for feature in features if feature["properties"]["phase"] != "past"]
        kinds = {}
        for feature in features:
            # A shapefile holds points or multipoints.
            if (feature["geometry"] or {}).get("type") not in (None, "MultiPoint"):
                kinds.setdefault(KINDS[feature["geometry"]["type"]], []).append(feature)
        for kind, some in kinds.items():
            shapefile(os.path.join(folder, f"{layer}_{kind}"), some)


def shapefile(path, features):
    with open(f"{path}.geojson", "w") as file:
        json.dump({"type": "FeatureCollection", "features": features}, file)
    command = ["ogr2ogr", "-overwrite", "-q", "-clipsrc", "-180", "-85", "180", "85", "-t_srs", "EPSG:3857", "-lco", "ENCODING=UTF-8", f"{path}.shp", f"{path}.geojson"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["shapeindex", f"{path}.shp"], check=True, capture_output=True)


def mapnik(folder, tiles):
    """Mapnik in a process of its own: it is a library, no server."""
    path = os.path.join(folder, "tiles.json")
    with open(path, "w") as file:
        json.dump(tiles, file)
    command = ["/usr/bin/python3", os.path.join(HERE, "mapnik_styled.py"), folder, path, str(SIDE)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
