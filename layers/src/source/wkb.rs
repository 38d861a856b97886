//! Well-known binary geometry (ISO 19125, and PostGIS' flags for further dimensions), as GeoPackage holds it.
//!
//! Counts are believed only as far as there are bytes. What lies beyond x and y in a position is passed over.

use super::rings::Rings;
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

/// Collections within collections that are followed at all; what is accepted is for the edge to say.
const DEEPEST: usize = 16;
/// PostGIS' flags in a type code: z, m, and a reference system number that follows.
const Z_FLAG: u32 = 0x8000_0000;
const M_FLAG: u32 = 0x4000_0000;
const SRID_FLAG: u32 = 0x2000_0000;

/// Reads one geometry; `None` for a point without a position, which is written as two NaN.
pub(super) fn geometry(bytes: &[u8], rings: &mut Rings) -> Result<Option<Geometry<f64>>, String> {
    let found = Reader { rest: bytes, little: true }.geometry(0, rings)?;
    Ok(match found {
        Geometry::Point(at) if at.x().is_nan() && at.y().is_nan() => None,
        other => Some(other),
    })
}

struct Reader<'a> {
    rest: &'a [u8],
    little: bool,
}

impl Reader<'_> {
    fn geometry(&mut self, depth: usize, rings: &mut Rings) -> Result<Geometry<f64>, String> {
        let (kind, width) = self.header()?;
        Ok(match kind {
            1 => Point(self.position(width)?).into(),
            2 => self.line(width)?.into(),
            3 => self.polygon(width, rings)?.into(),
            4 => MultiPoint(self.parts(1, |reader, width| reader.position(width).map(Point))?).into(),
            5 => MultiLineString(self.parts(2, Self::line)?).into(),
            6 => MultiPolygon(self.parts(3, |reader, width| reader.polygon(width, rings))?).into(),
            7 if depth < DEEPEST => {
                let count = self.count(5)?;
                let parts: Result<_, _> = (0..count).map(|_| self.geometry(depth + 1, rings)).collect();
                Geometry::GeometryCollection(GeometryCollection(parts?))
            }
            7 => return Err(format!("collections within collections, more than {DEEPEST} deep")),
            other => return Err(unsupported(other)),
        })
    }

    /// The base type, and bytes of one position.
    fn header(&mut self) -> Result<(u32, usize), String> {
        self.little = match self.bytes::<1>()? {
            [0] => false,
            [1] => true,
            [other] => return Err(format!("byte order {other} does not exist")),
        };
        let code = self.whole()?;
        if code & SRID_FLAG != 0 {
            self.whole()?;
        }
        let flags = [Z_FLAG, M_FLAG].into_iter().filter(|flag| code & flag != 0).count();
        let code = code & !(Z_FLAG | M_FLAG | SRID_FLAG);
        let iso = match code / 1000 {
            0 => 0,
            1 | 2 => 1,
            3 => 2,
            _ => return Err(unsupported(code)),
        };
        Ok((code % 1000, 8 * (2 + flags.max(iso))))
    }

    /// Parts that all are of one type, each with a header of its own.
    fn parts<T>(&mut self, kind: u32, mut read: impl FnMut(&mut Self, usize) -> Result<T, String>) -> Result<Vec<T>, String> {
        let count = self.count(5)?;
        let part = |_| match self.header()? {
            (found, width) if found == kind => read(self, width),
            (found, _) if (1..=7).contains(&found) => Err(format!("a part is of type {found} where all are of type {kind}")),
            (found, _) => Err(unsupported(found)),
        };
        (0..count).map(part).collect()
    }

    fn polygon(&mut self, width: usize, rings: &mut Rings) -> Result<Polygon<f64>, String> {
        let count = self.count(4)?;
        let found: Result<Vec<_>, _> = (0..count).map(|_| self.line(width)).collect();
        Ok(rings.polygon(found?))
    }

    fn line(&mut self, width: usize) -> Result<LineString<f64>, String> {
        let count = self.count(width)?;
        (0..count).map(|_| self.position(width)).collect::<Result<_, _>>().map(LineString)
    }

    fn position(&mut self, width: usize) -> Result<Coord<f64>, String> {
        let (x, y) = (self.number()?, self.number()?);
        self.rest = self.rest.get(width - 16..).ok_or_else(cut)?;
        Ok(Coord { x, y })
    }

    /// A count of things of at least so many bytes each.
    fn count(&mut self, bytes_each: usize) -> Result<u32, String> {
        let count = self.whole()?;
        match count as usize <= self.rest.len() / bytes_each {
            true => Ok(count),
            false => Err(format!("it announces {count} parts or positions, which do not fit the {} bytes left", self.rest.len())),
        }
    }

    fn whole(&mut self) -> Result<u32, String> {
        let bytes = self.bytes()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn number(&mut self) -> Result<f64, String> {
        let bytes = self.bytes()?;
        Ok(if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or_else(cut)?;
        self.rest = rest;
        Ok(*bytes)
    }
}

fn cut() -> String {
    "it ends too early".to_owned()
}

fn unsupported(kind: u32) -> String {
    match kind {
        8..=14 => "curves are not supported; linearise them with ogr2ogr -nlt CONVERT_TO_LINEAR".to_owned(),
        _ => format!("geometry type {kind} is not supported; there are points, lines, polygons and collections of these"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Little-endian WKB from a type and what follows.
    fn wkb(kind: u32, rest: &[&[u8]]) -> Vec<u8> {
        [&[1][..], &kind.to_le_bytes(), &rest.concat()].concat()
    }

    fn numbers(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn read(bytes: &[u8]) -> Result<Option<Geometry<f64>>, String> {
        geometry(bytes, &mut Rings::default())
    }

    #[test]
    fn further_dimensions_are_passed_over_however_they_are_announced() {
        for (kind, more) in [(1, 0), (1001, 1), (2001, 1), (3001, 2), (0x8000_0001, 1), (0xC000_0001, 2)] {
            let values = [&[-8.0, 12.6][..], &[9.0, 9.0][..more]].concat();
            assert_eq!(read(&wkb(kind, &[&numbers(&values)])), Ok(Some(Point::new(-8.0, 12.6).into())), "{kind}");
        }
        assert_eq!(read(&wkb(1, &[&numbers(&[f64::NAN, f64::NAN])])), Ok(None));
        let big = [&[0, 0, 0, 0, 1][..], &1.0f64.to_be_bytes(), &2.0f64.to_be_bytes()].concat();
        assert_eq!(read(&big), Ok(Some(Point::new(1.0, 2.0).into())));
    }

    #[test]
    fn curves_are_refused_wherever_they_hide() {
        let arc = wkb(8, &[&3u32.to_le_bytes(), &numbers(&[0.0, 0.0, 1.0, 1.0, 2.0, 0.0])]);
        for bytes in [arc.clone(), wkb(7, &[&1u32.to_le_bytes(), &arc]), wkb(5, &[&1u32.to_le_bytes(), &arc])] {
            assert!(read(&bytes).unwrap_err().contains("CONVERT_TO_LINEAR"));
        }
        assert!(read(&wkb(17, &[])).unwrap_err().contains("17"));
    }

    #[test]
    fn a_count_is_believed_only_as_far_as_there_are_bytes() {
        let error = read(&wkb(2, &[&u32::MAX.to_le_bytes(), &numbers(&[0.0, 0.0])])).unwrap_err();
        assert!(error.contains("4294967295"), "{error}");
    }

    proptest! {
        #[test]
        fn mangled_bytes_never_panic(kind in 0u32..20, bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&wkb(kind, &[&bytes]));
            let _ = read(&bytes);
        }
    }
}
