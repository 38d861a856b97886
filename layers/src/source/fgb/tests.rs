use super::*;
use crate::source::judged;
use crate::source::tests::features;

#[test]
fn the_index_is_as_long_as_its_levels() {
    assert_eq!(index_bytes(0, 16), Some(0));
    assert_eq!(index_bytes(1, 16), Some(2 * 40));
    assert_eq!(index_bytes(16, 16), Some(17 * 40));
    assert_eq!(index_bytes(17, 16), Some((17 + 2 + 1) * 40));
    assert_eq!(index_bytes(u64::MAX, 2), None);
}

#[test]
fn a_size_that_is_not_there_takes_no_memory() {
    let mut bytes = Vec::new();
    assert!(matches!(piece(&mut &[0xff, 0xff, 0xff, 0x0f, 1, 2][..], u32::MAX, &mut bytes), Ok(Piece::Part)));
    assert!(bytes.capacity() < 1 << 20);
    assert!(matches!(piece(&mut &[9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9][..], 8, &mut bytes), Ok(Piece::TooLong)));
    assert!(matches!(piece(&mut &[][..], 8, &mut bytes), Ok(Piece::None)));
}

/// Two polygons with a hole each, as GDAL 3.6 writes them without an index.
const TRIANGLES: &[u8] = include_bytes!("triangles.fgb");

fn codes(bytes: &[u8]) -> Result<Vec<String>, SourceError> {
    let mut found = Vec::new();
    let mut report = |_: usize, finding: Finding| found.push(format!("{} {}", finding.code, finding.pointer));
    judged::<()>(1, |feed| table(bytes, "t", &SourceOptions::default(), feed), &mut report)?;
    Ok(found)
}

#[test]
fn a_whole_file_is_read_and_a_cut_one_told() {
    assert_eq!(codes(TRIANGLES).unwrap(), Vec::<String>::new());
    let mut report = |_: usize, _: Finding| ();
    let mut tables = judged(1, |feed| table(TRIANGLES, "t", &SourceOptions::default(), feed), &mut report).unwrap();
    let layer = tables.swap_remove(0).finish(Vec::new());
    assert_eq!((layer.name.as_str(), layer.features.len()), ("t", 2));
    assert!(matches!(&features(&layer)[1].geometry, Some(geo_types::Geometry::Polygon(area)) if area.interiors().len() == 1));
    for left in [1, 100, 200] {
        assert_eq!(codes(&TRIANGLES[..TRIANGLES.len() - left]).unwrap(), ["truncated /2"], "{left}");
    }
}

#[test]
fn mangled_bytes_cost_features_and_never_panic() {
    for at in 0..TRIANGLES.len() {
        for value in [0, 1, 127, 255] {
            let mut bytes = TRIANGLES.to_vec();
            bytes[at] = value;
            let _ = codes(&bytes);
        }
    }
}
