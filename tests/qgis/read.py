"""Opens a roadblock server in QGIS without a window: python3 read.py http://127.0.0.1:8080/

Prints what it read; fails with an exception when QGIS cannot open something.
"""

import sys

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QSize


def features(base, name):
    layer = QgsVectorLayer(f"url='{base}' typename='{name}'", name, "OAPIF")
    assert layer.isValid(), layer.dataProvider().error().message()
    found = list(layer.getFeatures())
    print(f"{name}: {len(found)} features")
    south = QgsFeatureRequest().setFilterRect(QgsRectangle(-9, 10, -5, 12))
    within = list(layer.getFeatures(south))
    assert 0 < len(within) < len(found), f"{name}: {len(within)} of {len(found)} in the south"
    assert "name" in layer.fields().names()


def drawn(layer, name):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(-1400000, 1000000, -200000, 1900000))
    settings.setOutputSize(QSize(400, 300))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    colours = {image.pixel(x, y) for x in range(0, 400, 2) for y in range(0, 300, 2)}
    assert len(colours) > 2, f"{name}: nothing is drawn"
    print(f"{name}: valid, {len(colours)} colours")


def main():
    base = sys.argv[1]
    application = QgsApplication([], False)
    application.initQgis()
    for name in ("places", "corridors"):
        features(base, name)
    address = f"type=xyz&url={base}xyz/all/{{z}}/{{x}}/{{y}}.mvt&zmin=0&zmax=14"
    tiles = QgsVectorTileLayer(address, "tiles")
    assert tiles.isValid(), "vector tiles"
    drawn(tiles, "tiles")
    raster = QgsRasterLayer(f"type=xyz&url={base}xyz/basemap,all/{{z}}/{{x}}/{{y}}.png&zmin=0&zmax=14", "pictures", "wms")
    assert raster.isValid(), "raster tiles"
    drawn(raster, "pictures")
    application.exitQgis()


main()
