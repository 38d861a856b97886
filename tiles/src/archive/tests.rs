//! Archives written and read back, and archives that somebody broke on purpose.

use super::*;
use crate::grid::{BoxDeg, TileCoord};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;

const ENDINGS: [&str; 2] = ["pmtiles", "mbtiles"];

fn about(max_zoom: u8) -> About {
    let document = json!({"name": "Roads", "attribution": "Somebody", "vector_layers": [{"id": "roads", "fields": {}}]});
    About {
        content: Content::Mvt,
        min_zoom: 0,
        max_zoom,
        bounds: BoxDeg { west: -12.5, south: 10.25, east: 4.0, north: 25.0 },
        center: [-4.25, 17.5],
        center_zoom: 0,
        document: document.as_object().unwrap().clone(),
    }
}

/// What a tile of a zoom holds: most have their own content, every eighth the same.
fn content(coord: TileCoord) -> Vec<u8> {
    match hilbert::position(coord) % 8 {
        0 => b"the same".to_vec(),
        _ => format!("{coord:?}").into_bytes(),
    }
}

/// All tiles of zooms 0 to `max_zoom`, in order.
fn coords(max_zoom: u8) -> impl Iterator<Item = TileCoord> {
    (0..=max_zoom).flat_map(|zoom| (0..1u64 << (2 * zoom)).map(move |position| hilbert::at(zoom, position)))
}

fn write(path: &Path, max_zoom: u8) -> Summary {
    let mut writer = Writer::create(path).unwrap();
    for coord in coords(max_zoom) {
        writer.add(&Parcel::pack(coord, Content::Mvt, content(coord)).unwrap()).unwrap();
    }
    writer.finish(&about(max_zoom)).unwrap()
}

fn plain(stored: &Stored) -> Vec<u8> {
    assert_eq!(stored.stored_as, StoredAs::Gzip);
    gzip::unpack(&stored.bytes, 1 << 20, "a tile").unwrap()
}

fn archive(folder: &TempDir, ending: &str) -> PathBuf {
    folder.path().join(format!("all.{ending}"))
}

#[test]
fn what_is_written_is_read_back() {
    let folder = TempDir::new().unwrap();
    for ending in ENDINGS {
        let path = archive(&folder, ending);
        // 87,381 tiles: more entries than one directory holds.
        let summary = write(&path, 8);
        assert_eq!(summary.tiles, 87_381, "{ending}");
        assert_eq!(summary.bytes, fs::metadata(&path).unwrap().len(), "{ending}");
        assert!(summary.distinct < 77_000, "{ending}: {summary:?}");
        let archive = Archive::open(&path).unwrap();
        let mut expected = about(8);
        if ending == "mbtiles" {
            expected.document.sort_keys();
            let mut said = archive.about().clone();
            said.document.sort_keys();
            assert_eq!(said, expected);
        } else {
            assert_eq!(*archive.about(), expected);
        }
        for coord in coords(8).step_by(7) {
            assert_eq!(plain(&archive.tile(coord).unwrap().unwrap()), content(coord), "{ending} {coord:?}");
        }
        assert_eq!(archive.tile(TileCoord::new(9, 3, 3).unwrap()).unwrap(), None, "{ending}");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
    }
}

#[test]
fn equal_content_gives_equal_bytes() {
    let folder = TempDir::new().unwrap();
    for ending in ENDINGS {
        let path = archive(&folder, ending);
        write(&path, 5);
        let first = fs::read(&path).unwrap();
        write(&path, 5);
        assert!(first == fs::read(&path).unwrap(), "{ending}");
    }
}

#[test]
fn an_archive_without_tiles_is_one_all_the_same() {
    let folder = TempDir::new().unwrap();
    for ending in ENDINGS {
        let path = archive(&folder, ending);
        assert_eq!(Writer::create(&path).unwrap().finish(&about(3)).unwrap().tiles, 0);
        let archive = Archive::open(&path).unwrap();
        assert_eq!((archive.about().max_zoom, archive.tile(TileCoord::WORLD).unwrap()), (3, None), "{ending}");
    }
}

#[test]
fn nothing_stands_under_the_name_before_the_end_and_a_leftover_is_cleared() {
    let folder = TempDir::new().unwrap();
    for ending in ENDINGS {
        let path = archive(&folder, ending);
        let part = folder.path().join(format!(".all.{ending}.part"));
        fs::write(&part, b"left by a run that was killed").unwrap();
        let writer = Writer::create(&path).unwrap();
        assert!(!path.exists() && part.exists(), "{ending}");
        let second = Writer::create(&path).err().unwrap().to_string();
        assert!(second.contains("another run"), "{second}");
        drop(writer);
        assert!(!path.exists() && !part.exists(), "{ending}");
    }
}

#[test]
fn tiles_out_of_order_are_refused() {
    let folder = TempDir::new().unwrap();
    let mut writer = Writer::create(&archive(&folder, "pmtiles")).unwrap();
    let parcel = |coord| Parcel::pack(coord, Content::Mvt, b"x".to_vec()).unwrap();
    writer.add(&parcel(TileCoord::new(1, 0, 0).unwrap())).unwrap();
    assert!(writer.add(&parcel(TileCoord::WORLD)).is_err());
}

/// A PMTiles file of a few tiles with some bytes of it changed.
fn broken(folder: &TempDir, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let path = archive(folder, "pmtiles");
    write(&path, 2);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    path
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
}

type Change = fn(&mut Vec<u8>);

#[test]
fn a_broken_header_is_refused_with_the_reason() {
    let folder = TempDir::new().unwrap();
    let changes: [(&str, Change); 12] = [
        ("begins with 127", |bytes| bytes.truncate(100)),
        ("does not begin", |bytes| bytes[0] = b'X'),
        ("version 2", |bytes| bytes[7] = 2),
        ("cut off", |bytes| bytes.truncate(16 << 10)),
        ("cut off", |bytes| put(bytes, 56, u64::MAX)),
        ("cut off", |bytes| put(bytes, 64, u64::MAX - 5)),
        ("root directory lies beyond", |bytes| put(bytes, 8, 16 << 10)),
        ("compression has the code 9", |bytes| bytes[98] = 9),
        ("directories are compressed as Zstd", |bytes| bytes[97] = 4),
        ("JPEG", |bytes| bytes[99] = 3),
        ("zooms are said to be 9 to 2", |bytes| bytes[100] = 9),
        ("the root directory cannot be unpacked", |bytes| bytes[127] = 7),
    ];
    for (says, change) in changes {
        let error = Archive::open(&broken(&folder, change)).err().unwrap_or_else(|| panic!("{says}")).to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
}

/// A file whose root directory and leaf directories are plain bytes of ours; the leaves and the tile data are one stretch.
fn forged(folder: &TempDir, root: &[u8], leaves: &[u8], internal: u8) -> PathBuf {
    broken(folder, |bytes| {
        bytes.truncate(16 << 10);
        bytes[127..].fill(0);
        bytes[127..127 + root.len()].copy_from_slice(root);
        bytes.extend_from_slice(leaves);
        put(bytes, 16, root.len() as u64);
        for (at, number) in [(24, 0), (32, 0), (40, 16 << 10), (48, leaves.len()), (56, 16 << 10), (64, leaves.len())] {
            put(bytes, at, number as u64);
        }
        bytes[97] = internal;
    })
}

const PLAIN: u8 = 1;

/// One entry as a directory: count, tile number, run, length, offset + 1.
fn directory(run: u8, length: u8, offset: u8) -> [u8; 5] {
    [1, 0, run, length, offset + 1]
}

fn tile_of(path: &Path) -> Result<Option<Stored>, String> {
    Archive::open(path).unwrap().tile(TileCoord::WORLD).map_err(|error| error.to_string())
}

#[test]
fn directories_that_lead_in_a_circle_end() {
    let folder = TempDir::new().unwrap();
    let path = forged(&folder, &directory(0, 5, 0), &directory(0, 5, 0), PLAIN);
    assert!(tile_of(&path).unwrap_err().contains("circle"));
}

#[test]
fn directories_that_point_outside_are_refused() {
    let folder = TempDir::new().unwrap();
    for (root, says) in
        [(directory(0, 5, 90), "leaf directories"), (directory(1, 6, 90), "tile data"), (directory(1, 9, 0), "tile data")]
    {
        let error = tile_of(&forged(&folder, &root, &[0; 5], PLAIN)).unwrap_err();
        assert!(error.contains("lie outside") && error.contains(says), "{error}");
    }
}

#[test]
fn sizes_beyond_all_bounds_are_refused_before_anything_is_reserved() {
    let folder = TempDir::new().unwrap();
    // A tile of 4 GiB and a directory of 2 MiB, in variable-length integers.
    for (root, says) in [
        (&[1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1][..], "a tile is said to have 4294967295"),
        (&[1, 0, 0, 0x80, 0x80, 0x80, 0x01, 1], "a directory is said to have 2097152"),
    ] {
        let error = tile_of(&forged(&folder, root, &[0; 5], PLAIN)).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_directory_that_unpacks_without_end_is_refused() {
    let folder = TempDir::new().unwrap();
    let bomb = gzip::compress(&vec![0; 12 << 20]).unwrap();
    assert!(bomb.len() < 15_000);
    let error = Archive::open(&forged(&folder, &bomb, &[], 2)).err().unwrap().to_string();
    assert!(error.contains("unpacks to more than"), "{error}");
}

#[test]
fn noise_after_the_header_is_refused_or_read_but_never_panics() {
    let folder = TempDir::new().unwrap();
    let mut state = 7u64;
    for _ in 0..300 {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize
        };
        let path = broken(&folder, |bytes| {
            for _ in 0..4 {
                // The header, and the directory behind it.
                let at = 8 + next() % 250;
                bytes[at] = next() as u8;
            }
        });
        if let Ok(archive) = Archive::open(&path) {
            for coord in coords(2) {
                let _ = archive.tile(coord);
            }
        }
    }
}

fn database(folder: &TempDir, statements: &str) -> PathBuf {
    let path = folder.path().join("made.mbtiles");
    let _ = fs::remove_file(&path);
    rusqlite::Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    path
}

const TABLE: &str = "CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data); CREATE TABLE metadata (name, value);";

#[test]
fn an_mbtiles_file_that_says_little_is_read() {
    let folder = TempDir::new().unwrap();
    let path = database(&folder, &format!("{TABLE} INSERT INTO tiles VALUES (3, 1, 6, x'1f8b00'), (5, 0, 0, x'1f8b01')"));
    let archive = Archive::open(&path).unwrap();
    let about = archive.about();
    assert_eq!((about.content, about.min_zoom, about.max_zoom, about.bounds), (Content::Mvt, 3, 5, BoxDeg::WORLD));
    let found = archive.tile(TileCoord::new(3, 1, 1).unwrap()).unwrap().unwrap();
    assert_eq!(found, Stored { bytes: vec![0x1f, 0x8b, 0], stored_as: StoredAs::Gzip });
}

#[test]
fn tiles_that_zlib_has_packed_are_unpacked_within_bounds() {
    let zlib = |plain: &[u8]| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let (tile, bomb) = (zlib(b"a tile that is long enough"), zlib(&vec![0; 65 << 20]));
    let folder = TempDir::new().unwrap();
    let rows = format!("INSERT INTO tiles VALUES (0, 0, 0, x'{tile}'), (1, 0, 0, x'{bomb}'), (1, 1, 0, x'789c00')");
    let archive = Archive::open(&database(&folder, &format!("{TABLE} {rows}"))).unwrap();
    assert_eq!(archive.about().content, Content::Mvt);
    let found = archive.tile(TileCoord::WORLD).unwrap().unwrap();
    assert_eq!(found, Stored { bytes: b"a tile that is long enough".to_vec(), stored_as: StoredAs::Plain });
    let refused = |x| archive.tile(TileCoord::new(1, x, 1).unwrap()).unwrap_err().to_string();
    assert!(refused(0).contains("more than 67108864 bytes"), "{}", refused(0));
    assert!(refused(1).contains("cannot be unpacked"), "{}", refused(1));
}

#[test]
fn an_mbtiles_file_that_cannot_be_served_is_refused_with_the_reason() {
    let folder = TempDir::new().unwrap();
    let row = |name: &str, value: &str| format!("{TABLE} INSERT INTO metadata VALUES ('{name}', '{value}');");
    let zooms = "INSERT INTO metadata VALUES ('minzoom', '0'), ('maxzoom', '2');";
    for (statements, says) in [
        (row("format", "jpg"), "format 'jpg'"),
        (TABLE.to_owned(), "'format' is missing"),
        (
            "CREATE TABLE tiles (a); CREATE VIEW metadata AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
             SELECT i AS name, i AS value FROM n"
                .to_owned(),
            "",
        ),
        (format!("{}INSERT INTO metadata VALUES ('minzoom', '7'), ('maxzoom', '2')", row("format", "pbf")), "7 to 2"),
        ("CREATE TABLE metadata (name, value); INSERT INTO metadata VALUES ('format', 'pbf')".to_owned(), "no such table: tiles"),
        (
            format!("CREATE TABLE tiles (a);{zooms}").replace("INSERT", "CREATE TABLE metadata (name, value); INSERT"),
            "no such column",
        ),
    ] {
        let error = Archive::open(&database(&folder, &statements)).err().unwrap_or_else(|| panic!("{says}")).to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
    let noise = folder.path().join("noise.mbtiles");
    fs::write(&noise, vec![b'x'; 5000]).unwrap();
    assert!(Archive::open(&noise).err().unwrap().to_string().contains("not a database"));
}

#[test]
fn a_view_that_computes_for_ever_is_stopped() {
    let folder = TempDir::new().unwrap();
    let statements = "CREATE TABLE metadata (name, value);
        INSERT INTO metadata VALUES ('format', 'pbf'), ('minzoom', '0'), ('maxzoom', '2');
        CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, x'00' AS tile_data FROM n WHERE i < 0";
    let archive = Archive::open(&database(&folder, statements)).unwrap();
    let error = archive.tile(TileCoord::WORLD).unwrap_err().to_string();
    assert!(error.contains("too many steps"), "{error}");
}
