"""Tables of what was measured, and how far each figure is from what it has to be."""

from measure import median


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head(*cells):
    return row(*cells) + "\n" + "|---" * len(cells) + "|"


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def spread(values):
    """Median and range of the alternating runs."""
    return f"{number(median(values))} ({number(min(values))} to {number(max(values))})"


TITLES = {
    "ready": "Ready, and memory, {} features",
    "kept": "The same features, {} features",
    "tiles": "Vector tiles of zooms 8 to 14, cold, one connection, {} features",
    "load": "Vector tiles of zooms 8 to 14, cold, {1} connections, {0} features",
    "small": "Vector tiles of zooms 13 and 14, cold, one connection, {} features",
    "low": "Vector tiles of zooms 4 to 6, cold, one connection, {} features",
    "low-kept": "The same features at zooms 4 to 6, {} features",
    "other-kept": "The same features at the other zooms, {} features",
    "exact": "Vector tiles of zooms 8 to 14 with every vertex, cold, one connection, {} features",
    "exact-kept": "The same features with every vertex, {} features",
    "exact-low": "Vector tiles of zooms 4 to 6 with every vertex, cold, one connection, {} features",
    "exact-low-kept": "The same features with every vertex at zooms 4 to 6, {} features",
    "exact-other-kept": "The same features with every vertex at the other zooms, {} features",
    "raster": "Pictures of {0} pixels, cold, {1} features",
    "again": "Second start, {} features",
    "budget": "The largest data, default tile budget",
    "warm": "One tile from the cache",
    "geojson": "GeoJSON in memory: {}",
    "styled": "The built-in map with labels, pictures of 512 pixels, cold",
    "archive": "Archive of zooms 0 to 14, {} features",
}


def titled(name, values):
    kind, *rest = name.replace("low kept", "low-kept").split()
    rest = [f"{int(part):,}" if part.isdigit() else part for part in rest]
    return f"\n### {TITLES[kind].format(*rest)}\n\n{table(name, values)}"


def table(name, values):
    kind = name.split()[0]
    if kind in ("ready", "again"):
        lines = [head("", "seconds to the first tile", "MiB resident")]
        lines += [row(peer, number(found["ready"]), number(found["memory"])) for peer, found in values.items()]
    elif "kept" in name:
        lines = kept(values)
    elif kind in ("tiles", "raster", "budget", "styled", "low", "exact", "exact-low"):
        lines = passes(values)
    elif kind in ("load", "small"):
        lines = loads(values)
    elif kind == "warm":
        lines = [f"{values['bytes']:,} bytes, 64 connections", "", *loads(values["rates"])]
    elif kind == "geojson":
        lines = geojson(values)
    else:
        lines = [head("", "seconds", "processor seconds", "peak MiB", "MiB written")]
        for peer, found in values.items():
            name = f"{peer} (stopped: not done)" if found.get("stopped") else peer
            lines.append(row(name, *(number(found[key]) for key in ("wall", "cpu", "peak", "mib"))))
    return "\n".join(lines)


def passes(values):
    lines = [head("", "tiles", "mean KiB", "processor ms a tile", "as many times roadblock")]
    own = median(values["roadblock"]["cpu"])
    for peer, found in values.items():
        lines.append(row(peer, found["tiles"], number(found["kib"]), spread(found["cpu"]), ratio(median(found["cpu"]), own)))
    zooms = [(peer, found["zooms"]) for peer, found in values.items() if found["zooms"]]
    zooms.append(("roadblock's tiles, KiB", values["roadblock"]["sizes"]))
    lines += ["", head("latency ms, p50 / p95 (p95:p50)", *(f"z{zoom}" for zoom in zooms[0][1]))]
    for peer, found in zooms:
        cells = [f"{number(one['p50'])} / {number(one['p95'])} ({number(one['p95'] / one['p50'])})" for one in found.values()]
        lines.append(row(peer, *cells))
    return lines


def kept(values):
    lines = [head("features, share of the reference's, vertices of these", *(f"z{zoom}" for zoom in next(iter(values.values()))))]
    for peer, found in values.items():
        cells = [f"{one['features']:,}, {100 * one['shared'] / max(one['wanted'], 1):.2f} %, {one['vertices']:,}" for one in found.values()]
        lines.append(row(peer, *cells))
    return lines


def loads(values):
    lines = [head("", "requests a second", "p50 ms", "p99 ms", "processor ms a request", "roadblock's requests to its")]
    own = middle(values["roadblock"], "rate")
    for peer, runs in values.items():
        cells = [number(middle(runs, key)) for key in ("p50", "p99", "cpu")]
        lines.append(row(peer, spread([run["rate"] for run in runs]), *cells, ratio(own, middle(runs, "rate"))))
    return lines


def geojson(values):
    lines = [head("", "ready, s", "ready, processor s", "MiB", "tiles", "mean KiB", "processor ms a tile")]
    for peer in ("roadblock", "Martin GeoJSON"):
        found = values[peer]
        cells = [number(found[key]) for key in ("ready", "ready_cpu", "memory")]
        lines.append(row(peer, *cells, found["tiles"], number(found["kib"]), spread(found["cpu"])))
    few = values["few"]
    lines.append(row("roadblock, the tiles that Martin had", "", "", "", few["tiles"], number(few["kib"]), spread(few["cpu"])))
    runs = values["geojson-vt"]
    ready = [sum(run["steps"][step][key] for step in ("parse", "index")) / 1e3 for key in ("wall", "cpu") for run in runs]
    half = len(runs)
    cells = [number(median(ready[:half])), number(median(ready[half:])), number(runs[0]["resident"]), runs[0]["count"], number(runs[0]["kib"])]
    for step, label in (("tiles", "geojson-vt, first time"), ("again", "geojson-vt, once more")):
        lines.append(row(label, *cells, spread([run["steps"][step]["cpu"] / run["count"] for run in runs])))
    return lines


def middle(runs, key):
    return median([run[key] for run in runs])


def ratio(value, other):
    return f"{value / other:.2f}" if other else "not measurable"


def verdicts(results):
    """Each demand, what was reached, and whether that is enough; only of what was measured."""
    lines = [head("work", "must", "reached", "")]

    def say(work, must, reached, enough, unit="x"):
        lines.append(row(work, f"{must}{unit}", f"{number(reached)}{unit}", "yes" if enough else "**no**"))

    def at_least(work, must, reached, unit="x"):
        say(work, must, reached, reached >= must, unit)

    def at_most(work, must, reached, unit):
        say(work, must, reached, reached <= must, unit)

    def cpu(found, peer):
        return median(found[peer]["cpu"]) / max(median(found["roadblock"]["cpu"]), 1e-6)

    small, large = 100000, 1000000
    if found := results.get(f"tiles {small}"):
        at_least("vector, 1e5, processor time, Martin + PostGIS", 10, cpu(found, "Martin + PostGIS"))
    if found := results.get(f"tiles {large}"):
        at_least("vector, 1e6, processor time, Martin + PostGIS", 13, cpu(found, "Martin + PostGIS"))
        at_least("vector, 1e6, processor time, MapServer", 8, cpu(found, "MapServer"))
    for connections in (8, 64):
        if found := results.get(f"load {small} {connections}"):
            rates = [middle(found[peer], "rate") for peer in ("roadblock", "Martin + PostGIS")]
            at_least(f"requests a second, {connections} connections, 1e5, Martin + PostGIS", 8, rates[0] / rates[1])
            costs = [middle(found[peer], "cpu") for peer in ("roadblock", "Martin + PostGIS")]
            at_least(f"requests a processor second, {connections} connections, 1e5, Martin + PostGIS", 8, costs[1] / costs[0])
    if found := results.get(f"small {small}"):
        times = {peer: middle(runs, "p50") for peer, runs in found.items()}
        at_least("small tile, one connection, Martin + PostGIS", 8, times["Martin + PostGIS"] / times["roadblock"])
        say("the same, against bare axum (a goal)", "at most 2", times["roadblock"] / times["bare axum"], times["roadblock"] <= 2 * times["bare axum"])
    for count in (small, large):
        if found := results.get(f"tiles {count}"):
            worst = max(one["p95"] / one["p50"] for one in found["roadblock"]["zooms"].values())
            at_most(f"p95 to p50 of tiles, the worst zoom, {count:,}", 3, worst, "x")
    if found := results.get(f"low {large}"):
        best = min(median(found[peer]["cpu"]) for peer in ("Martin + PostGIS", "MapServer"))
        at_least("1e6, z4 to z6, all features, processor time, the best peer", 5, best / median(found["roadblock"]["cpu"]))
    if found := results.get("budget"):
        zooms = found["roadblock"]["zooms"].values()
        at_most("1e6, z0 to z6, default budget, slowest tile", 50, max(one["max"] for one in zooms), " ms")
        at_most("the same, largest tile", 500, max(one["max"] for one in found["roadblock"]["sizes"].values()), " KiB")
        at_most("1e6 to the first tile, default budget", 8, found["roadblock"]["ready"], " s")
    for count in (small, large):
        kinds = ("kept", "low kept", "other-kept", "exact-kept", "exact-low-kept", "exact-other-kept")
        for name in (f"{kind} {count}" for kind in kinds):
            if found := results.get(name):
                zooms = found["roadblock"].values()
                at_least(f"features kept, worst zoom, {name}", 99.9, min(100 * one["shared"] / one["wanted"] for one in zooms), " %")
                if not name.startswith("exact"):
                    # Simplified, and TileJSON says so: what holds for vertices holds where that is switched off.
                    continue
                off = max(abs(one["vertices"] / one["theirs"] - 1) for one in zooms)
                at_most(f"vertices, worst zoom, {name}", 3, 100 * off, " % off")
    if found := results.get("warm"):
        rates = {peer: middle(runs, "rate") for peer, runs in found["rates"].items()}
        at_least("warm, 64 connections, bare axum", 0.8, rates["roadblock"] / rates["bare axum"])
    if found := results.get(f"ready {large}"):
        at_most("1e6 to the first tile, no budget", 8, found["roadblock"]["ready"], " s")
        at_most("1e6 resident, no budget", 1100, found["roadblock"]["memory"], " MiB")
    if found := results.get(f"again {large}"):
        at_most("1e6 to the first tile, default budget, second start", 1, found["roadblock"]["ready"], " s")
    for side in (256, 512):
        if found := results.get(f"raster {side} {small}"):
            at_least(f"raster {side} px, processor time, MapServer", 4, cpu(found, "MapServer"))
    if found := results.get("styled"):
        at_least("the built-in map with labels, processor time, Mapnik", 3, cpu(found, "Mapnik"))
        at_most("the same, bytes of PNG, of Mapnik's", 60, 100 * found["roadblock"]["kib"] / found["Mapnik"]["kib"], " %")
    if found := results.get("geojson mix"):
        slowest = median([run["steps"]["again"]["cpu"] / run["count"] for run in found["geojson-vt"]])
        at_least("geojson-vt, a tile, processor time", 2, slowest / median(found["roadblock"]["cpu"]))
    if found := results.get("geojson criterion"):
        at_least("Martin's criterion job, a tile, processor time", 3, cpu(found, "Martin GeoJSON"))
        at_least("Martin's criterion job, to ready, processor time", 3, found["Martin GeoJSON"]["ready_cpu"] / found["roadblock"]["ready_cpu"])
    for name, found in results.items():
        for losses in ("all features", "as it comes"):
            if name.startswith("archive") and f"roadblock, {losses}" in found:
                ours, theirs = (found[f"{program}, {losses}"] for program in ("roadblock", "tippecanoe"))
                is_done = not theirs.get("stopped")
                at_least(f"{name}, tippecanoe, {losses}{'' if is_done else ' (more: it was stopped)'}", 2, theirs["wall"] / ours["wall"])
                if is_done:
                    at_least(f"{name}, tippecanoe, {losses}, processor time", 2, theirs["cpu"] / ours["cpu"])
    return "\n".join(lines)
