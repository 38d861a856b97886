//! Metres as others measure them: lengths and distances by GeographicLib, metres in areas by PostGIS.

use crate::outside::{program, python_with, skip, succeed, top};
use geo_types::{Coord, Line, LineString, MultiPolygon, Polygon};
use roadblock_layers::access::geodesy::{distance_m, length_m, nearest, pieces};
use roadblock_layers::access::overlap::within_m;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Numbers that look like chance (Weyl's sequence, mixed), the same at each run.
struct Chance(u64);

impl Chance {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        low + (high - low) * (((mixed ^ (mixed >> 29)) >> 11) as f64 / (1_u64 << 53) as f64)
    }

    fn line(&mut self, west: f64, south: f64, side: f64, corners: usize) -> LineString<f64> {
        (0..corners).map(|_| Coord { x: self.between(west, west + side), y: self.between(south, south + side) }).collect()
    }
}

fn shipped(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(top().join("data/mali").join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The segments of the first data set.
fn roads() -> Vec<LineString<f64>> {
    let places: BTreeMap<String, Coord<f64>> = shipped("places.jsonl")
        .iter()
        .map(|place| {
            let at = Coord { x: place["lon"].as_f64().unwrap(), y: place["lat"].as_f64().unwrap() };
            (place["id"].as_str().unwrap().to_owned(), at)
        })
        .collect();
    let ends = |segment: &Value| ["a", "b"].map(|end| places[segment[end].as_str().unwrap()]);
    shipped("segments.jsonl").iter().map(|segment| LineString::new(ends(segment).to_vec())).collect()
}

fn positions(line: &LineString<f64>) -> Vec<[f64; 2]> {
    line.coords().map(|at| [at.x, at.y]).collect()
}

/// The corners of a line and all between them at which it is split to be measured.
fn split(line: &LineString<f64>) -> LineString<f64> {
    let ends = line.lines().flat_map(pieces).map(|piece| piece.end);
    line.coords().copied().take(1).chain(ends).collect()
}

/// Sums geodesics between positions, and looks for the nearest position on lines by trial: Python with GeographicLib.
const MEASURE: &str = r"
import json, sys
from geographiclib.geodesic import Geodesic

def metres(one, other):
    return Geodesic.WGS84.Inverse(one[1], one[0], other[1], other[0], Geodesic.DISTANCE)['s12']

def length(line):
    return sum(metres(one, other) for one, other in zip(line, line[1:]))

def nearest(line, at):
    best = None
    for one, other in zip(line, line[1:]):
        on = lambda share: [one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share]
        low, high = 0.0, 1.0
        for _ in range(60):
            left, right = low + (high - low) / 3, high - (high - low) / 3
            if metres(on(left), at) < metres(on(right), at):
                high = right
            else:
                low = left
        found = min(metres(on(share), at) for share in (0.0, low, 1.0))
        best = found if best is None else min(best, found)
    return best

asked = json.load(sys.stdin)
json.dump({'lengths': [length(line) for line in asked['lines']],
           'distances': [nearest(line, at) for line, at in asked['near']]}, sys.stdout)
";

/// What Python prints for what it is told.
fn answer(python: &Path, script: &str, asked: &Value) -> Value {
    let mut child = Command::new(python).args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn lengths_and_distances_are_those_of_geographiclib() {
    let test = "lengths_and_distances_are_those_of_geographiclib";
    let Some(python) = python_with(test, "geographiclib", "apt-get install python3-geographiclib") else { return };
    let mut chance = Chance(1);
    let mut lines = roads();
    for south in [-80.0, -33.0, 0.0, 12.0, 51.0, 78.0] {
        for corners in 2..6 {
            let west = chance.between(-179.0, 160.0);
            lines.push(chance.line(west, south, 4.0, corners));
        }
    }
    // Up to 100 km to all sides.
    let mut near = Vec::new();
    for _ in 0..150 {
        let south = chance.between(-60.0, 60.0);
        let line = chance.line(-8.0, south, 0.8, 3);
        let at =
            Coord { x: -7.6 + chance.between(-0.8, 0.8) / south.to_radians().cos(), y: south + 0.4 + chance.between(-0.9, 0.9) };
        near.push((line, at));
    }
    let asked = json!({
        "lines": lines.iter().map(|line| positions(&split(line))).collect::<Vec<_>>(),
        "near": near.iter().map(|(line, at)| json!([positions(&split(line)), [at.x, at.y]])).collect::<Vec<_>>(),
    });
    let measured = answer(&python, MEASURE, &asked);
    for (line, expected) in lines.iter().zip(numbers(&measured["lengths"])) {
        assert!((length_m(line) - expected).abs() <= 0.5, "{line:?}: {} and {expected}", length_m(line));
    }
    let mut compared = 0;
    for ((line, at), expected) in near.iter().zip(numbers(&measured["distances"])) {
        let found = nearest(line, *at).unwrap();
        if expected <= 100_000.0 {
            compared += 1;
            let difference = (found.distance_m - expected).abs();
            assert!(difference <= (expected * 0.001).max(0.01), "{line:?} {at:?}: {} and {expected}", found.distance_m);
            assert!((distance_m(*at, found.at) - found.distance_m).abs() < 0.01);
        }
    }
    assert!(compared > 100, "{compared}");
}

/// A PostgreSQL of its own, in a folder of its own, reached by a socket alone.
struct Postgres {
    bin: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// One with PostGIS; nothing after saying that it is not installed.
    fn start(test: &str) -> Option<Self> {
        let install = "apt-get install postgresql postgresql-15-postgis-3";
        program(test, &["psql"], install)?;
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let has_postgis = |bin: &PathBuf| {
            let version = bin.parent().and_then(Path::file_name).unwrap_or_default();
            let control = Path::new("/usr/share/postgresql").join(version).join("extension/postgis.control");
            bin.join("initdb").exists() && control.exists()
        };
        let Some(bin) = versions.map(|version| version.path().join("bin")).find(has_postgis) else {
            skip(test, &format!("PostgreSQL with PostGIS is not installed; {install}"));
            return None;
        };
        let postgres = Self { bin, folder: TempDir::new().unwrap() };
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(postgres.folder.path()));
        }
        let data = postgres.folder.path().join("data");
        succeed(postgres.tool("initdb").args(["-U", "postgres", "-A", "trust", "--no-sync", "-D"]).arg(&data));
        let socket = format!("-F -c listen_addresses= -k {}", postgres.folder.path().display());
        // Its log would keep the test's pipes open.
        let log = postgres.folder.path().join("log");
        succeed(postgres.tool("pg_ctl").args(["start", "-w", "-o", &socket, "-l"]).arg(log).arg("-D").arg(&data));
        postgres.ask("create extension postgis");
        Some(postgres)
    }

    /// One of its programs, not as root: it refuses that.
    fn tool(&self, name: &str) -> Command {
        let path = self.bin.join(name);
        if !is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path).current_dir(self.folder.path());
        command
    }

    fn ask(&self, sql: &str) -> String {
        let script = self.folder.path().join("ask.sql");
        std::fs::write(&script, sql).unwrap();
        succeed(
            self.tool("psql")
                .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"])
                .arg(self.folder.path())
                .arg("-f")
                .arg(script),
        )
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = self.tool("pg_ctl").args(["stop", "-m", "immediate", "-D"]).arg(self.folder.path().join("data")).output();
        // A second panic would hide the first.
        if !std::thread::panicking() {
            let stopped = stopped.unwrap();
            assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn text(line: &LineString<f64>) -> String {
    line.coords().map(|at| format!("{} {}", at.x, at.y)).collect::<Vec<_>>().join(",")
}

/// The areas of the first data set, as they are and pairwise, where they lie on each other.
fn areas() -> Vec<Vec<MultiPolygon<f64>>> {
    let ring = |ring: &Value| -> LineString<f64> {
        ring.as_array().unwrap().iter().map(|at| Coord { x: at[0].as_f64().unwrap(), y: at[1].as_f64().unwrap() }).collect()
    };
    let polygon = |rings: &Value| {
        let mut rings = rings.as_array().unwrap().iter().map(ring);
        Polygon::new(rings.next().unwrap(), rings.collect())
    };
    let shape = |area: &Value| -> MultiPolygon<f64> {
        MultiPolygon(area["geometry"]["coordinates"].as_array().unwrap().iter().map(polygon).collect())
    };
    let shapes: Vec<MultiPolygon<f64>> = shipped("areas.jsonl").iter().map(shape).collect();
    shapes.windows(2).map(<[_]>::to_vec).chain([shapes.clone()]).collect()
}

#[test]
fn metres_in_areas_are_those_of_postgis() {
    let Some(postgres) = Postgres::start("metres_in_areas_are_those_of_postgis") else { return };
    let mut chance = Chance(2);
    let mut cases: Vec<(LineString<f64>, Vec<MultiPolygon<f64>>)> = Vec::new();
    for shapes in areas() {
        cases.extend(roads().into_iter().map(|road| (road, shapes.clone())));
    }
    // Triangles anywhere, some with a corner on the line.
    for _ in 0..150 {
        let (west, south) = (chance.between(-170.0, 160.0), chance.between(-70.0, 70.0));
        let line = chance.line(west, south, 2.0, 3);
        let mut shape = || {
            let mut corners = chance.line(west, south, 2.0, 3).0;
            if chance.between(0.0, 1.0) < 0.3 {
                corners[0] = Line::new(line.0[0], line.0[1]).delta() / 2.0 + line.0[0];
            }
            MultiPolygon(vec![Polygon::new(LineString::new(corners), vec![])])
        };
        let shapes = vec![shape(), shape()];
        cases.push((line, shapes));
    }
    let shape = |shape: &MultiPolygon<f64>| {
        let rings = |polygon: &Polygon<f64>| {
            let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| format!("({})", text(ring)));
            format!("({})", rings.collect::<Vec<_>>().join(","))
        };
        format!("'MULTIPOLYGON({})'::geometry", shape.iter().map(rings).collect::<Vec<_>>().join(","))
    };
    let row = |(line, shapes): &(LineString<f64>, Vec<MultiPolygon<f64>>)| {
        let shapes = shapes.iter().map(shape).collect::<Vec<_>>().join(",");
        format!(
            "select ST_Length(ST_SetSRID(ST_CollectionExtract(ST_Intersection('LINESTRING({})'::geometry, \
             ST_UnaryUnion(ST_Collect(array[{shapes}]))), 2), 4326)::geography);",
            text(&split(line))
        )
    };
    let measured = postgres.ask(&cases.iter().map(row).collect::<String>());
    let measured: Vec<f64> = measured.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(measured.len(), cases.len());
    let inside = measured.iter().filter(|metres| **metres > 0.0).count();
    assert!(inside > 100, "only {inside} of {} lie in any area", measured.len());
    for ((line, shapes), expected) in cases.iter().zip(measured) {
        let found = within_m(line, shapes.iter());
        // Where a line only touches an area, rounding may find a metre of it.
        assert!((found - expected).abs() <= (expected * 0.001).max(1.0), "{line:?} in {shapes:?}: {found} and {expected}");
    }
}
