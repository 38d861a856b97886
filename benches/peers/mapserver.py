"""MapServer on FlatGeobuf, two FastCGI processes behind nginx, and nginx alone with files. nginx's own time counts only for its files."""

import os
import signal
import subprocess
import time

from data import extent
from measure import Server, free_port, listens

LAYER = """
  LAYER
    NAME "{kind}"
    TYPE {type}
    STATUS ON
    CONNECTIONTYPE FLATGEOBUF
    DATA "{path}"
    PROJECTION "EPSG:3857" END
    METADATA "gml_include_items" "all" "ows_title" "{kind}" "wms_title" "{kind}" "wms_srs" "EPSG:3857" END
    TEMPLATE "none"
    CLASS {style} END
  END
"""
STYLES = {
    "areas": ("POLYGON", 'STYLE COLOR 122 106 138 OPACITY 30 END STYLE OUTLINECOLOR 122 106 138 WIDTH 1 END'),
    "lines": ("LINE", "STYLE COLOR 90 90 110 WIDTH 2 END"),
    "points": ("POINT", 'STYLE SYMBOL "dot" SIZE 8 COLOR 180 60 60 OUTLINECOLOR 255 255 255 END'),
}
MAP = """MAP
  NAME "mix"
  EXTENT -20037508 -20037508 20037508 20037508
  UNITS METERS
  SIZE 256 256
  MAXSIZE 4096
  IMAGECOLOR 255 255 255
  RESOLUTION 72
  DEFRESOLUTION 72
  PROJECTION "EPSG:3857" END
  WEB METADATA "ows_enable_request" "*" "ows_srs" "EPSG:3857" "ows_title" "mix" "wms_title" "mix" END END
  SYMBOL NAME "dot" TYPE ELLIPSE FILLED TRUE POINTS 1 1 END END
  OUTPUTFORMAT
    NAME "mvt"
    DRIVER MVT
    FORMATOPTION "EXTENT=4096"
    FORMATOPTION "EDGE_BUFFER=64"
  END
  OUTPUTFORMAT NAME "png" DRIVER AGG/PNG MIMETYPE "image/png" IMAGEMODE RGBA TRANSPARENT ON EXTENSION "png" END
{layers}END
"""


def mapserver(home, data):
    """Map files name their data by full path, in Web Mercator, so that nothing is reprojected."""
    layers = ""
    for kind, (type_, style) in STYLES.items():
        path = data.converted(kind, ".fgb")
        layers += LAYER.format(kind=kind, type=type_, path=path, style=style)
    folder = os.path.join(home, f"mapserver-{data.count}")
    os.makedirs(folder, exist_ok=True)
    paths = {name: os.path.join(folder, name) for name in ("mix.map", "mapserver.conf", "mapserv.sock")}
    with open(paths["mix.map"], "w") as file:
        file.write(MAP.format(layers=layers))
    with open(paths["mapserver.conf"], "w") as file:
        file.write(f'CONFIG\n  ENV\n    MS_MAP_PATTERN "^{home}"\n  END\n  MAPS\n    MIX "{paths["mix.map"]}"\n  END\nEND\n')
    env = os.environ | {"MAPSERVER_CONFIG_FILE": paths["mapserver.conf"]}
    command = ["spawn-fcgi", "-s", paths["mapserv.sock"], "-M", "0666", "-F", "2", "--", "/usr/lib/cgi-bin/mapserv"]
    if os.path.exists(paths["mapserv.sock"]):
        os.remove(paths["mapserv.sock"])
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout
    workers = [int(line.rsplit(" ", 1)[1]) for line in text.splitlines() if "PID: " in line]
    front, port = nginx(folder, "location / { include /etc/nginx/fastcgi_params; fastcgi_pass unix:%s; }" % paths["mapserv.sock"])

    def stop():
        for pid in workers:
            # It waits for the next request before it heeds anything milder.
            os.kill(pid, signal.SIGKILL)
        front.terminate()
        front.wait()

    def mvt(tile):
        zoom, x, y = tile
        names = "&layers=areas+lines+points"
        return f"/?map=MIX&mode=tile&tilemode=gmap&tile={x}+{y}+{zoom}{names}&map.imagetype=mvt"

    def picture(side):
        def path(tile):
            box = ",".join(map(repr, extent(tile)))
            asked = "SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=areas,lines,points&STYLES=&SRS=EPSG:3857&FORMAT=image/png"
            return f"/?map=MIX&{asked}&TRANSPARENT=TRUE&BBOX={box}&WIDTH={side}&HEIGHT={side}&MAP_RESOLUTION={72 * side // 256}"

        return path

    servers = [Server(port, path, workers) for path in (mvt, picture(256), picture(512))]
    servers[0]._stop = stop
    return servers


def files(home, folder):
    """nginx as a server of the tiles in a folder, under the names of `bare`."""
    locations = "location / { root %s; default_type application/vnd.mapbox-vector-tile; }" % folder
    process, port = nginx(os.path.join(home, "nginx"), locations)
    return Server(port, lambda tile: "/{}_{}_{}".format(*tile), [process])


def nginx(folder, locations):
    os.makedirs(folder, exist_ok=True)
    port = free_port()
    config = os.path.join(folder, "nginx.conf")
    user = "user root; " if os.geteuid() == 0 else ""
    with open(config, "w") as file:
        file.write(
            f"{user}daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log warn;\n"
            "events { worker_connections 1024; }\n"
            "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=2000;\n"
            "fastcgi_buffers 16 1m; fastcgi_buffer_size 1m; fastcgi_read_timeout 600s;\n"
            f"server {{ listen 127.0.0.1:{port} backlog=1024; {locations} }} }}\n"
        )
    process = subprocess.Popen(["nginx", "-c", config, "-p", folder], stderr=subprocess.DEVNULL)
    while not listens(port):
        if process.poll() is not None:
            raise RuntimeError(f"nginx does not start with {config}")
        time.sleep(0.05)
    return process, port
