"""The Mali map with labels by Mapnik, in this process and without HTTP: `mapnik_styled.py FOLDER TILES.json SIDE`, milliseconds of processor time a
tile and the size of the pictures on standard output.

The rules are those of the style `access` as far as Mapnik has them: the same colours, widths, dashes, marks, names and order.
Run by Debian's own Python, for which python3-mapnik is built.
"""

import json
import os
import sys
import time

import mapnik

from data import extent
from mapnik_peer import SPHERE

FONTS = "/usr/share/fonts/truetype/dejavu"
REGULAR, BOLD = "DejaVu Sans Book", "DejaVu Sans Bold"
STATUS = {"closed": "#491353", "restricted": "#BF6512", "open": "#0E84C4", "unknown": "#737373"}
EFFECT = {"closes": STATUS["closed"], "restricts": STATUS["restricted"], "passage": STATUS["open"], "advisory": STATUS["unknown"]}
AREAS = {"control": 0.16, "support": 0.12, "contested": 0.1, "attack": 0.05}


def between(zoom, *stops):
    """A value at a zoom, linear between stops."""
    pairs = list(zip(stops[::2], stops[1::2]))
    if zoom <= pairs[0][0]:
        return pairs[0][1]
    for (low, before), (high, after) in zip(pairs, pairs[1:]):
        if zoom < high:
            return before + (after - before) * (zoom - low) / (high - low)
    return pairs[-1][1]


def line(color, width, dashes="", cap="butt"):
    dashes = f' stroke-dasharray="{",".join(f"{width * dash:.2f}" for dash in dashes)}"' if dashes else ""
    return f'<LineSymbolizer stroke="{color}" stroke-width="{width:.2f}" stroke-linecap="{cap}" stroke-linejoin="round"{dashes}/>'


def text(size, color, halo, radius, face=REGULAR, around=0.0, spacing=""):
    spots = f' placement-type="simple" placements="E,N,S,W,NE,SE,NW,SW" dx="{around}" dy="{around}"' if around else ""
    return (
        f'<TextSymbolizer face-name="{face}" size="{size:.1f}" fill="{color}" halo-fill="{halo}" halo-radius="{radius}" '
        f'wrap-width="{size * 8:.0f}"{spots}{spacing}>[name]</TextSymbolizer>'
    )


def rule(symbols, where=""):
    return f"<Rule>{f'<Filter>{where}</Filter>' if where else ''}{symbols}</Rule>"


def styles(folder, tile_zoom):
    """Layers from the ground up: the file, the names of its columns as shapefiles cut them, and rules. Styles count tiles of 512 pixels."""
    zoom = tile_zoom - 1
    border = between(zoom, 1, 0.5, 5, 1.1, 9, 1.8)
    wide = lambda low, high: between(zoom, 3, low, 8, high)
    icon = lambda name: os.path.join(folder, f"{name}.svg")
    yield "basemap_areas", rule('<PolygonSymbolizer fill="#F4F1EC"/>', "[class]='land'")
    yield "basemap_areas", rule('<PolygonSymbolizer fill="#DCE6EA"/>', "[class]='lake'")
    if zoom >= 3:
        yield "basemap_lines", rule(line("#B9D0DA", between(zoom, 3, 0.5, 6, 1.2, 10, 2.2), cap="round"), "[class]='river'")
    if zoom >= 5:
        yield "basemap_lines", rule(line("#D3CBBF", 0.8, (4, 3)), "[class]='admin1'")
    yield "basemap_lines", rule(line("#A79C8E", border), "[class]='border'") + rule(line("#A79C8E", border, (3, 3)), "[class]='border_disputed'")
    fills = (rule(f'<PolygonSymbolizer fill="#8A7660" fill-opacity="{share}"/>', f"[area_class]='{name}'") for name, share in AREAS.items())
    yield "areas_areas", "".join(fills)
    yield "areas_areas", rule(f'<PolygonPatternSymbolizer file="{icon("hatch")}" opacity="0.7"/>')
    yield "areas_areas", rule(line("#7A6650", 1, (2, 2)))
    yield "corridors_lines", rule(line("#FFFFFF", wide(3, 7), cap="round"))
    yield "corridors_lines", rule(line("#766E62", wide(1.6, 4), cap="round"))
    for effect, color in EFFECT.items():
        band = f'<LineSymbolizer stroke="{color}" stroke-opacity="0.28" stroke-width="{between(zoom, 4, 9, 9, 16):.1f}" stroke-linecap="round"/>'
        yield "blockades_lines", rule(band, f"[effect]='{effect}'")
    yield "access_lines", rule(line("#FFFFFF", wide(4, 9), cap="round"))
    yield "access_lines", rule(line(STATUS["unknown"], wide(1.6, 3.2), (0.9, 1.4)), "[status]='unknown'")
    yield "access_lines", rule(line(STATUS["open"], wide(2, 4.6), cap="round"), "[status]='open'")
    yield "access_lines", rule(line(STATUS["restricted"], wide(2.2, 4.8), (4, 1.6)), "[status]='restricted'")
    yield "access_lines", rule(line(STATUS["closed"], wide(3.4, 7)), "[status]='closed'")
    yield "access_lines", rule(line("#FFFFFF", wide(1.8, 4), (0.6, 2.6)), "[status]='closed'")
    if zoom >= 5.5:
        yield "areas_areas", rule(text(between(zoom, 5, 9.5, 9, 11), "#5F4E3C", "#F4F1EC", 2))
    # Names: what comes first keeps its place in Mapnik.
    marks = (
        rule(f'<MarkersSymbolizer file="{icon(effect)}" allow-overlap="true" ignore-placement="false"/>', f"[effect]='{effect}'")
        for effect in EFFECT
    )
    yield "blockades_points", "".join(marks)
    near = " or [subtype]='port'" if zoom >= 4 else ""
    near = "" if zoom >= 6 else f"[subtype]='city'{near}"
    if zoom >= 3:
        yield "places_points", rule(
            f'<MarkersSymbolizer file="{icon("town")}" allow-overlap="true" ignore-placement="true"/>' + text(12, "#2E2B27", "#FFFFFF", 1.6, around=9),
            near,
        )
    if zoom >= 3.5:
        size = between(zoom, 5, 10, 9, 12)
        named = f"[class]='place' and [min_zoom] &lt;= {zoom + 0.5}"
        yield "basemap_points", rule(
            f'<MarkersSymbolizer file="{icon("town")}" ignore-placement="true"/>' + text(size, "#5B554D", "#F4F1EC", 1.4, around=8), named
        )
    if zoom < 7:
        size = between(zoom, 3, 10, 6, 12.5)
        yield "basemap_points", rule(text(size, "#6F665A", "#F4F1EC", 1.4, BOLD), f"[class]='country_label' and [min_zoom] &lt;= {zoom + 1}")


def drawings(folder):
    """Marks of the same sizes and shapes, and a hatch."""
    shapes = {
        "closes": f'<rect x="2" y="2" width="18" height="18" fill="#fff"/><rect x="3.5" y="3.5" width="15" height="15" fill="{EFFECT["closes"]}"/><rect x="6.4" y="9.4" width="9.2" height="3.2" fill="#fff"/>',
        "restricts": f'<path d="M11 0L22.5 20H-0.5Z" fill="#fff"/><path d="M11 2.4L20.4 18.8H1.6Z" fill="{EFFECT["restricts"]}"/><rect x="10" y="8" width="2" height="5" fill="#fff"/>',
        "passage": f'<circle cx="11" cy="11" r="9" fill="#fff"/><circle cx="11" cy="11" r="7.5" fill="{EFFECT["passage"]}"/>',
        "advisory": f'<circle cx="11" cy="11" r="8.5" fill="#fff"/><circle cx="11" cy="11" r="7" fill="{EFFECT["advisory"]}"/>',
        "town": '<circle cx="11" cy="11" r="3.4" fill="#fff" stroke="#4A4640" stroke-width="1.4"/>',
    }
    for name, shape in shapes.items():
        with open(os.path.join(folder, f"{name}.svg"), "w") as file:
            file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="22" height="22">{shape}</svg>')
    with open(os.path.join(folder, "hatch.svg"), "w") as file:
        file.write('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path d="M-1 9L9 -1" stroke="#6B5B4B" stroke-width="1"/></svg>')


def xml(folder, zoom):
    parts = []
    for number, (name, rules) in enumerate(styles(folder, zoom)):
        path = os.path.join(folder, f"{name}.shp")
        parts.append(
            f'<Style name="{number}">{rules}</Style><Layer name="{number}" srs="{SPHERE}"><StyleName>{number}</StyleName>'
            f'<Datasource><Parameter name="type">shape</Parameter><Parameter name="file">{path}</Parameter></Datasource></Layer>'
        )
    return f'<Map srs="{SPHERE}" background-color="#DCE6EA">{"".join(parts)}</Map>'


def main(folder, tiles, side):
    side = int(side)
    mapnik.register_fonts(FONTS)
    drawings(folder)
    tiles = [tuple(tile) for tile in json.load(open(tiles))]
    views = {}
    for zoom in {tile[0] for tile in tiles}:
        views[zoom] = mapnik.Map(side, side)
        mapnik.load_map_from_string(views[zoom], xml(folder, zoom))
        # Labels that begin in neighbouring tiles.
        views[zoom].buffer_size = side // 2
    size, used = 0, []
    for tile in tiles:
        begun = time.process_time()
        view = views[tile[0]]
        view.zoom_to_box(mapnik.Box2d(*extent(tile)))
        image = mapnik.Image(side, side)
        mapnik.render(view, image, side / 256)
        picture = image.tostring("png")
        used.append((time.process_time() - begun) * 1e3)
        size += len(picture)
        if keep := os.environ.get("KEEP_PICTURES"):
            with open(os.path.join(keep, "mapnik-{}-{}-{}.png".format(*tile)), "wb") as file:
                file.write(picture)
    print(json.dumps({"cpu": sum(used) / len(used), "kib": size / 1024 / len(tiles)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
