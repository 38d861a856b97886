//! A geometry in few bytes, read back exactly as it was: what a layer keeps of its originals.
//!
//! Coordinates that are decimals of up to nine places, as most files hold them, become whole numbers, each as its difference from the
//! one before: about six bytes a vertex instead of sixteen. Others are kept as they are. The kinds `Line`, `Rect` and `Triangle` come
//! back as the line or polygon they are.

use crate::feature::GeometryKind;
use crate::positions;
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

/// Powers of ten that whole numbers are divided by: one for each number of decimals.
const SCALES: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Stands for coordinates kept as they are.
const AS_THEY_ARE: u8 = 15;
/// Whole numbers up to here survive the way through floating point, with a half added too.
const LARGEST_EXACT: f64 = 4_503_599_627_370_496.0;

const POINT: u8 = 1;
const LINE: u8 = 2;
const POLYGON: u8 = 3;
const POINTS: u8 = 4;
const LINES: u8 = 5;
const POLYGONS: u8 = 6;
const COLLECTION: u8 = 7;

/// Collections within collections that are unpacked: as deep as any file is read.
const DEEPEST: u8 = 16;
/// Places set aside before it is seen that so many are there.
const AT_ONCE: usize = 4096;

/// Appends a geometry. `O(n)`.
pub(crate) fn pack(geometry: &Geometry<f64>, out: &mut Vec<u8>) {
    let decimals = decimals(geometry);
    out.push(decimals.unwrap_or(AS_THEY_ARE));
    let scale = decimals.and_then(|decimals| SCALES.get(usize::from(decimals)).copied());
    Packer { out, scale, last: [0; 2] }.geometry(geometry);
}

/// What a packed geometry is, without unpacking it.
pub(crate) fn kind(bytes: &[u8]) -> GeometryKind {
    match bytes.get(1) {
        Some(&(POINT | POINTS)) => GeometryKind::Point,
        Some(&(LINE | LINES)) => GeometryKind::Line,
        Some(&(POLYGON | POLYGONS)) => GeometryKind::Polygon,
        Some(_) => GeometryKind::Mixed,
        None => GeometryKind::None,
    }
}

/// The geometry; `None` if the bytes are none.
pub(crate) fn unpack(bytes: &[u8]) -> Option<Geometry<f64>> {
    let (&decimals, rest) = bytes.split_first()?;
    let scale = match decimals {
        AS_THEY_ARE => None,
        decimals => Some(*SCALES.get(usize::from(decimals))?),
    };
    Unpacker { rest, scale, last: [0; 2], depth: 0 }.geometry()
}

/// The fewest decimals with which every coordinate comes back as the same number.
fn decimals(geometry: &Geometry<f64>) -> Option<u8> {
    let mut decimals = 0u8;
    let mut fits = |number| {
        while SCALES.get(usize::from(decimals)).is_some_and(|scale| !is_exact(number, *scale)) {
            decimals += 1;
        }
        usize::from(decimals) < SCALES.len()
    };
    positions::all(geometry, &mut |at| fits(at.x) && fits(at.y)).then_some(decimals)
}

fn is_exact(number: f64, scale: f64) -> bool {
    // By way of a whole number, as it is packed: that has no negative zero.
    (number * scale).abs() < LARGEST_EXACT && (whole(number, scale) as f64 / scale).to_bits() == number.to_bits()
}

/// The nearest whole number to a scaled one that is as good as whole. Processors of all ages do this in a few instructions; rounding is a call.
fn whole(number: f64, scale: f64) -> i64 {
    (number * scale + 0.5f64.copysign(number)) as i64
}

struct Packer<'a> {
    out: &'a mut Vec<u8>,
    scale: Option<f64>,
    last: [i64; 2],
}

impl Packer<'_> {
    fn geometry(&mut self, geometry: &Geometry<f64>) {
        match geometry {
            Geometry::Point(point) => self.tagged(POINT).position(point.0),
            Geometry::Line(line) => self.tagged(LINE).positions(&[line.start, line.end]),
            Geometry::LineString(line) => self.tagged(LINE).positions(&line.0),
            Geometry::Polygon(area) => self.tagged(POLYGON).rings(area),
            Geometry::Rect(rect) => self.tagged(POLYGON).rings(&rect.to_polygon()),
            Geometry::Triangle(triangle) => self.tagged(POLYGON).rings(&triangle.to_polygon()),
            Geometry::MultiPoint(points) => {
                self.tagged(POINTS).count(points.0.len());
                points.iter().for_each(|point| self.position(point.0));
            }
            Geometry::MultiLineString(lines) => {
                self.tagged(LINES).count(lines.0.len());
                lines.iter().for_each(|line| self.positions(&line.0));
            }
            Geometry::MultiPolygon(areas) => {
                self.tagged(POLYGONS).count(areas.0.len());
                areas.iter().for_each(|area| self.rings(area));
            }
            Geometry::GeometryCollection(members) => {
                self.tagged(COLLECTION).count(members.0.len());
                members.iter().for_each(|member| self.geometry(member));
            }
        }
    }

    fn tagged(&mut self, tag: u8) -> &mut Self {
        self.out.push(tag);
        self
    }

    fn count(&mut self, count: usize) {
        self.varint(count as u64);
    }

    fn rings(&mut self, area: &Polygon<f64>) {
        self.count(1 + area.interiors().len());
        self.positions(&area.exterior().0);
        area.interiors().iter().for_each(|ring| self.positions(&ring.0));
    }

    fn positions(&mut self, positions: &[Coord<f64>]) {
        self.count(positions.len());
        positions.iter().for_each(|position| self.position(*position));
    }

    fn position(&mut self, position: Coord<f64>) {
        let Some(scale) = self.scale else {
            self.out.extend_from_slice(&position.x.to_le_bytes());
            self.out.extend_from_slice(&position.y.to_le_bytes());
            return;
        };
        for (axis, number) in [position.x, position.y].into_iter().enumerate() {
            let whole = whole(number, scale);
            let step = whole - self.last[axis];
            self.last[axis] = whole;
            self.varint(((step << 1) ^ (step >> 63)).cast_unsigned());
        }
    }

    /// Seven bits a byte, lowest first; the high bit says that more follow.
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }
}

struct Unpacker<'a> {
    rest: &'a [u8],
    scale: Option<f64>,
    last: [i64; 2],
    depth: u8,
}

impl Unpacker<'_> {
    fn geometry(&mut self) -> Option<Geometry<f64>> {
        let (&tag, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match tag {
            POINT => Point(self.position()?).into(),
            LINE => self.line()?.into(),
            POLYGON => self.polygon()?.into(),
            POINTS => MultiPoint(self.many(|this| this.position().map(Point))?).into(),
            LINES => MultiLineString(self.many(Self::line)?).into(),
            POLYGONS => MultiPolygon(self.many(Self::polygon)?).into(),
            COLLECTION if self.depth <= DEEPEST => {
                self.depth += 1;
                let members = self.many(Self::geometry)?;
                self.depth -= 1;
                Geometry::GeometryCollection(GeometryCollection(members))
            }
            _ => return None,
        })
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(self.varint()?).ok()?;
        // Each takes a byte at least: no more is set aside than there can be, nor much before it is seen to be there.
        let mut all = Vec::with_capacity(count.min(self.rest.len()).min(AT_ONCE));
        for _ in 0..count {
            all.push(one(self)?);
        }
        Some(all)
    }

    fn line(&mut self) -> Option<LineString<f64>> {
        self.many(Self::position).map(LineString)
    }

    fn polygon(&mut self) -> Option<Polygon<f64>> {
        let mut rings = self.many(Self::line)?.into_iter();
        let exterior = rings.next()?;
        Some(Polygon::new(exterior, rings.collect()))
    }

    fn position(&mut self) -> Option<Coord<f64>> {
        let Some(scale) = self.scale else { return Some(Coord { x: self.number()?, y: self.number()? }) };
        for axis in 0..2 {
            let step = self.varint()?;
            self.last[axis] = self.last[axis].wrapping_add((step >> 1).cast_signed() ^ -(step & 1).cast_signed());
        }
        let [x, y] = self.last.map(|whole| whole as f64 / scale);
        Some(Coord { x, y })
    }

    fn number(&mut self) -> Option<f64> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(f64::from_le_bytes(*bytes)).filter(|number| number.is_finite())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;
    use proptest::prelude::*;

    fn packed(geometry: &Geometry<f64>) -> Vec<u8> {
        let mut out = Vec::new();
        pack(geometry, &mut out);
        out
    }

    #[test]
    fn every_kind_comes_back() {
        let line = LineString::from(vec![(-8.000_123, 12.65), (1.5, -2.0)]);
        let area = polygon!(
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.)],
            interiors: [[(x: 3., y: 1.), (x: 3., y: 2.), (x: 2.5, y: 1.)]],
        );
        let kinds: Vec<Geometry<f64>> = vec![
            Point::new(-11.44, 14.45).into(),
            line.clone().into(),
            area.clone().into(),
            MultiPoint::from(vec![(1.0, 2.0), (0.1 + 0.2, 3.0)]).into(),
            MultiLineString(vec![line.clone(), line]).into(),
            MultiPolygon(vec![area.clone(), area]).into(),
        ];
        for kind in kinds.iter().cloned().chain([Geometry::GeometryCollection(GeometryCollection(kinds.clone()))]) {
            assert_eq!(unpack(&packed(&kind)), Some(kind));
        }
    }

    #[test]
    fn decimals_take_a_third_of_the_room() {
        let decimal = |millionths: i32| f64::from(millionths) / 1e6;
        let line: LineString<f64> =
            (0..1000).map(|step| (decimal(1000 * step - 8_000_000), decimal(12_000_000 + step % 7))).collect();
        let length = packed(&line.into()).len();
        assert!(length < 1000 * 6, "{length}");
    }

    #[test]
    fn a_negative_zero_stays_one() {
        let Some(Geometry::Point(at)) = unpack(&packed(&Point::new(-0.0, 1.5).into())) else { panic!("a point") };
        assert!(at.x().is_sign_negative() && at.y() == 1.5);
    }

    #[test]
    fn cut_or_strange_bytes_are_no_geometry() {
        let whole = packed(&LineString::from(vec![(-8.0, 12.65), (1.5, -2.0)]).into());
        (0..whole.len()).for_each(|length| assert_eq!(unpack(&whole[..length]), None, "{length}"));
        assert_eq!(unpack(&[0, LINES, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), None);
        assert_eq!(unpack(&[0, 99]), None);
        let nested = |depth: usize| [&[0][..], &[COLLECTION, 1].repeat(depth), &[POINT, 0, 0]].concat();
        assert!(unpack(&nested(17)).is_some() && unpack(&nested(1_000_000)).is_none());
        let nowhere = [&[AS_THEY_ARE, POINT][..], &f64::NAN.to_le_bytes(), &f64::NAN.to_le_bytes()].concat();
        assert_eq!(unpack(&nowhere), None);
    }

    proptest! {
        #[test]
        fn numbers_come_back_bit_by_bit(numbers in proptest::collection::vec((any::<f64>(), -180.0f64..180.0, 0i64..1_000_000_000), 1..9)) {
            let both = numbers.iter().flat_map(|&(any, degrees, whole)| [(any, degrees), (whole as f64 / 1e7, -0.0)]);
            let line: LineString<f64> = both.filter(|(x, _)| x.is_finite()).collect();
            let bits = |line: &LineString<f64>| line.0.iter().map(|at| [at.x.to_bits(), at.y.to_bits()]).collect::<Vec<_>>();
            let Some(Geometry::LineString(back)) = unpack(&packed(&line.clone().into())) else { panic!("a line") };
            prop_assert_eq!(bits(&back), bits(&line));
            let decimal: LineString<f64> = numbers.iter().map(|&(.., whole)| (whole as f64 / 1e6, whole as f64 / 1e9)).collect();
            prop_assert_eq!(unpack(&packed(&decimal.clone().into())), Some(decimal.into()));
        }
    }
}
