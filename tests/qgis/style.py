"""Draws a style of a roadblock server in QGIS without a window: python3 style.py http://127.0.0.1:8080/ access [PICTURE]

Prints what QGIS could not convert and what it drew; fails with an exception when letters, icons or hatches are missing.
"""

import sys
from urllib.request import urlopen

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapBoxGlStyleConversionContext,
    QgsMapBoxGlStyleConverter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QImage


def warnings(base, style, document):
    """What QGIS says of the style when it has the sprite."""
    sprite = QImage()
    assert sprite.loadFromData(urlopen(f"{base}sprites/{style}@2x.png").read()), "the sprite is no picture"
    context = QgsMapBoxGlStyleConversionContext()
    context.setSprites(sprite, urlopen(f"{base}sprites/{style}@2x.json").read().decode())
    converter = QgsMapBoxGlStyleConverter()
    assert converter.convert(document, context) == QgsMapBoxGlStyleConverter.Success, converter.errorMessage()
    return converter.warnings()


def drawn(layer, picture):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(-900000, 1150000, -600000, 1375000))
    settings.setOutputSize(QSize(1200, 900))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.errors(), [error.message for error in job.errors()]
    image = job.renderedImage()
    if picture:
        image.save(picture)
    return image


def differing(one, other):
    """Pixels of which every second is looked at."""
    places = [(x, y) for x in range(0, one.width(), 2) for y in range(0, one.height(), 2)]
    return sum(one.pixel(x, y) != other.pixel(x, y) for x, y in places)


def main():
    base, style, *rest = sys.argv[1:]
    application = QgsApplication([], False)
    application.initQgis()
    address = f"{base}styles/{style}/qgis.json"
    text = urlopen(address).read().decode()
    for warning in warnings(base, style, text):
        print(f"warning: {warning}")
    layer = QgsVectorTileLayer(f"type=xyz&url={base}xyz/basemap,all/{{z}}/{{x}}/{{y}}.mvt&zmin=0&zmax=14&styleUrl={address}", style)
    assert layer.isValid(), "the layer"
    error, loaded = layer.loadDefaultStyle()
    assert loaded and not error, error
    whole = drawn(layer, rest[0] if rest else None)
    print(f"rules: {len(layer.renderer().styles())}, labels: {len(layer.labeling().styles())}")
    # What is there shows: without it the picture is another one.
    layer.setLabeling(None)
    bare = drawn(layer, None)
    print(f"letters: {differing(whole, bare)}")
    renderer = layer.renderer()
    for what, prefix in (("icons", "report"), ("hatches", "area-hatch")):
        renderer.setStyles([rule for rule in renderer.styles() if not rule.styleName().startswith(prefix)])
        layer.setRenderer(renderer.clone())
        less = drawn(layer, None)
        print(f"{what}: {differing(bare, less)}")
        bare = less
        renderer = layer.renderer()
    application.exitQgis()


main()
