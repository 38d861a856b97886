"""Mapnik in this process, without HTTP: `mapnik_peer.py FOLDER COUNT TILES.json SIDE`, milliseconds of processor time a tile on standard output.

Run by Debian's own Python, for which python3-mapnik is built. The areas and lines are shapefiles with Mapnik's index, like the points.
"""

import json
import os
import sys
import time

import mapnik

from data import extent

RULES = {
    "areas": '<PolygonSymbolizer fill="#7a6a8a" fill-opacity="0.3"/><LineSymbolizer stroke="#7a6a8a" stroke-width="1"/>',
    "lines": '<LineSymbolizer stroke="#5a5a6e" stroke-width="2"/>',
    "points": '<MarkersSymbolizer width="8" height="8" fill="#b43c3c" stroke="#ffffff" allow-overlap="true" marker-type="ellipse"/>',
}


def xml(folder, count):
    styles = "".join(f'<Style name="{kind}"><Rule>{rule}</Rule></Style>' for kind, rule in RULES.items())
    layers = "".join(
        f'<Layer name="{kind}" srs="epsg:3857"><StyleName>{kind}</StyleName><Datasource><Parameter name="type">shape</Parameter>'
        f'<Parameter name="file">{os.path.join(folder, f"{kind}_{count}.shp")}</Parameter></Datasource></Layer>'
        for kind in RULES
    )
    return f'<Map srs="epsg:3857" background-color="#ffffff">{styles}{layers}</Map>'.replace("epsg:3857", SPHERE)


SPHERE = "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs +over"


def main(folder, count, tiles, side):
    side = int(side)
    view = mapnik.Map(side, side)
    mapnik.load_map_from_string(view, xml(folder, count))
    view.buffer_size = 16
    tiles = [tuple(tile) for tile in json.load(open(tiles))]
    size = 0
    begun = time.process_time()
    for tile in tiles:
        view.zoom_to_box(mapnik.Box2d(*extent(tile)))
        image = mapnik.Image(side, side)
        mapnik.render(view, image, side / 256)
        size += len(image.tostring("png"))
    used = time.process_time() - begun
    if keep := os.environ.get("KEEP_PICTURE"):
        open(keep, "wb").write(image.tostring("png"))
    print(json.dumps({"cpu": used * 1e3 / len(tiles), "kib": size / 1024 / len(tiles)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
