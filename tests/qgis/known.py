"""Opens a roadblock server in QGIS with a token as the password: python3 known.py http://127.0.0.1:8080/ RIGHT WRONG

Prints whether QGIS could open a layer with each of the two.
"""

import sys

from qgis.core import QgsApplication, QgsVectorLayer


def opens(base, token):
    layer = QgsVectorLayer(f"url='{base}' typename='places' username='anna' password='{token}'", "places", "OAPIF")
    return layer.isValid() and len(list(layer.getFeatures()))


def main():
    base, right, wrong = sys.argv[1:]
    application = QgsApplication([], False)
    application.initQgis()
    print(f"right: {opens(base, right)}, wrong: {opens(base, wrong)}")
    application.exitQgis()


main()
