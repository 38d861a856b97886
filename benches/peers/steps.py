"""The measurements, one function each: they take running servers and give plain numbers, which `report.py` prints."""

import contextlib
import json
import math
import os
import re
import shutil
import subprocess
import tempfile
import time

from measure import Pass, alternate, awake, wrk

HERE = os.path.dirname(os.path.abspath(__file__))


def quantile(values, share):
    ordered = sorted(values)
    return ordered[round((len(ordered) - 1) * share)]


def passes(servers, tiles, rounds, fewer=None):
    """Processor ms a tile and latencies by zoom, one connection, caches off. `fewer` names the tiles for a peer too slow for all."""
    fewer = fewer or {}
    with awake():
        done = alternate(rounds, {name: lambda s=server, n=name: Pass(s, fewer.get(n, tiles)) for name, server in servers.items()})
    return {name: summary(runs) for name, runs in done.items()}


def summary(runs):
    zooms, sizes = {}, {}
    for tile in runs[0].latency:
        sizes.setdefault(tile[0], []).append(runs[0].sizes[tile])
        # A tile's time is the least of its requests': what others on the machine did to the rest says nothing about the tile.
        zooms.setdefault(tile[0], []).append(min(ms for run in runs for ms in run.latency[tile]))
    return {
        "cpu": [run.cpu_ms for run in runs],
        "kib": runs[0].kib,
        "tiles": len(runs[0].latency),
        "zooms": {zoom: spread(ms) for zoom, ms in zooms.items()},
        "sizes": {zoom: spread(kib) for zoom, kib in sizes.items()},
    }


def spread(values):
    return {"p50": quantile(values, 0.5), "p95": quantile(values, 0.95), "max": max(values)}


def load(servers, tiles, connections, rounds, seconds, home):
    """One connection or many on the list, by wrk: requests a second, latencies and processor ms a request."""
    # Many leave no core to sleep.
    with awake() if connections == 1 else contextlib.nullcontext():
        return alternate(rounds, {name: lambda s=server: wrk(s, tiles, connections, seconds, home) for name, server in servers.items()})


def saved(server, tiles, folder):
    """Each tile of a server as a file, for the decoder and for the bare servers."""
    os.makedirs(folder, exist_ok=True)
    bodies = Pass(server, tiles, at_least=0, keep=True).bodies
    paths = {}
    for tile, body in bodies.items():
        paths[tile] = os.path.join(folder, "{}_{}_{}".format(*tile))
        with open(paths[tile], "wb") as file:
            file.write(body)
    return paths


def decoded(home, paths):
    """What the tiles hold, by a foreign decoder."""
    text = "".join(f"{path}\n" for path in paths.values())
    command = ["node", "--max-old-space-size=8000", os.path.join(HERE, "features.mjs"), os.path.join(home, "npm")]
    lines = subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout.splitlines()
    return {tile: json.loads(line) for tile, line in zip(paths, lines, strict=True)}


def kept(home, servers, tiles, reference, name):
    """By zoom, for each server: features, how many of the reference's it holds too, and vertices of these, its own and the reference's."""
    held = {peer: decoded(home, saved(server, tiles, os.path.join(home, "answers", f"{name}-{peer}"))) for peer, server in servers.items()}
    vertices = {peer: {tile: by_feature(one) for tile, one in found.items()} for peer, found in held.items()}
    result = {peer: {} for peer in held}
    for zoom in sorted({tile[0] for tile in tiles}):
        for peer, found in vertices.items():
            pairs = [(found[tile], vertices[reference][tile]) for tile in tiles if tile[0] == zoom]
            result[peer][zoom] = {
                "features": sum(len(mine) for mine, _ in pairs),
                "shared": sum(len(mine.keys() & wanted.keys()) for mine, wanted in pairs),
                "wanted": sum(len(wanted) for _, wanted in pairs),
                "vertices": sum(mine[feature] for mine, wanted in pairs for feature in mine.keys() & wanted.keys()),
                "theirs": sum(wanted[feature] for mine, wanted in pairs for feature in mine.keys() & wanted.keys()),
            }
    return result


def by_feature(found):
    """Vertices of each feature of a tile."""
    vertices = {}
    for feature, count in zip(found["ids"], found["vertices"], strict=True):
        vertices[feature] = vertices.get(feature, 0) + count
    return vertices


def mapnik(home, data, tiles, side):
    """Mapnik in a process of its own: it is a library, no server."""
    for kind in ("points", "lines", "areas"):
        data.converted(kind, ".shp")
    path = os.path.join(home, "mapnik-tiles.json")
    with open(path, "w") as file:
        json.dump(tiles, file)
    command = ["/usr/bin/python3", os.path.join(HERE, "mapnik_peer.py"), data.folder, str(data.count), path, str(side)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def geojson_vt(home, path, tiles):
    listed = os.path.join(home, "geojson-vt-tiles.json")
    with open(listed, "w") as file:
        json.dump(tiles, file)
    command = ["node", "--max-old-space-size=12000", os.path.join(HERE, "geojsonvt.mjs"), os.path.join(home, "npm"), path, listed]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def high_water(pid):
    """The most MiB that a running process had in memory; 0 of one that ended. What `wait4` tells of a child is at least what its parent had."""
    with open(f"/proc/{pid}/status") as file:
        found = re.search(r"^VmHWM:\s+(\d+)", file.read(), re.M)
    return int(found[1]) / 1024 if found else 0


def timed(command, out, most=math.inf):
    """Seconds on the clock and of the processor, peak MiB and the bytes written. The file's folder is its own, and emptied first. Whoever is
    not done after `most` seconds is stopped."""
    shutil.rmtree(os.path.dirname(out), ignore_errors=True)
    os.makedirs(os.path.dirname(out))
    with tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        pid = peak = 0
        while not pid and time.perf_counter() - begun < most:
            time.sleep(0.005)
            peak = max(peak, high_water(process.pid))
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
        took = time.perf_counter() - begun
        if stopped := not pid:
            process.kill()
            _, status, used = os.wait4(process.pid, 0)
        # So that Popen does not wait for what is gone.
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and not stopped:
            errors.seek(0)
            raise RuntimeError(f"{command}: {errors.read()[-500:]!r}")
    written = 0 if stopped else os.path.getsize(out)
    return {"wall": took, "cpu": used.ru_utime + used.ru_stime, "peak": peak, "mib": written / 2**20, "stopped": stopped}
