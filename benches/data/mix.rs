//! The generated mix of features over West Africa, as a GeoJSON text sequence. Standard library only: `benches/peers` compiles it alone.
//!
//! 60 % points, 25 % lines of 60 vertices, 15 % areas of 129; four features in ten thousand are areas of 5,000 to 20,000 vertices with one to
//! three holes. They gather round towns, more round larger ones. Fixed seed: a shorter file is the beginning of a longer one.

use std::f64::consts::TAU;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// West, south, east, north of the small towns.
const FRAME: [f64; 4] = [-17.0, 4.0, 15.0, 20.0];
const SMALL_TOWNS: usize = 120;
/// Bamako, Sikasso, Ségou, Kayes, Mopti, Gao, Timbuktu, Ouagadougou, Bobo-Dioulasso, Niamey, Zinder, Dakar, Tambacounda, Nouakchott, Abidjan,
/// Bouaké, Korhogo, Conakry, Kankan, Accra, Kumasi, Lomé, Lagos and Kano: longitude and latitude in degrees, and how many features gather there
/// for one at a small town.
const CITIES: [(f64, f64, u32); 24] = [
    (-8.0, 12.64, 12),
    (-5.67, 11.32, 5),
    (-6.26, 13.44, 4),
    (-11.44, 14.45, 4),
    (-4.19, 14.49, 4),
    (-0.04, 16.27, 4),
    (-3.01, 16.77, 3),
    (-1.53, 12.37, 8),
    (-4.29, 11.18, 5),
    (2.11, 13.51, 6),
    (8.99, 13.81, 3),
    (-17.44, 14.69, 8),
    (-13.67, 13.77, 3),
    (-15.98, 18.09, 5),
    (-4.0, 5.35, 12),
    (-5.03, 7.69, 4),
    (-5.63, 9.46, 4),
    (-13.68, 9.54, 6),
    (-9.31, 10.39, 3),
    (-0.2, 5.56, 8),
    (-1.62, 6.69, 6),
    (1.22, 6.13, 5),
    (3.39, 6.45, 14),
    (8.52, 12.0, 8),
];

/// Writes the first `count` features of the mix; under another name until the file is whole.
pub(crate) fn write(count: u32, path: &Path) -> io::Result<()> {
    let begun = path.with_extension("begun");
    let mut out = BufWriter::new(File::create(&begun)?);
    let mut random = Random(17);
    let towns = towns(&mut random);
    for number in 0..count {
        writeln!(out, "{}", feature(number, &towns, &mut random))?;
    }
    out.flush()?;
    std::fs::rename(&begun, path)
}

/// Each town as often as its share.
fn towns(random: &mut Random) -> Vec<[f64; 2]> {
    let mut towns: Vec<[f64; 2]> =
        CITIES.iter().flat_map(|&(lon, lat, share)| std::iter::repeat_n([lon, lat], share as usize)).collect();
    towns.extend((0..SMALL_TOWNS).map(|_| [random.between(FRAME[0], FRAME[2]), random.between(FRAME[1], FRAME[3])]));
    towns
}

fn feature(number: u32, towns: &[[f64; 2]], random: &mut Random) -> String {
    let town = towns[random.below(towns.len())];
    let spread = random.between(0.0, 1.0).powf(1.5) * 2.0;
    let angle = random.between(0.0, TAU);
    let place = [town[0] + spread * angle.cos(), town[1] + spread * angle.sin()];
    let (kind, coordinates) = match random.below(10_000) {
        0..4 => ("Polygon", huge_area(place, random)),
        4..6_000 => ("Point", position(place)),
        6_000..8_500 => ("LineString", walk(place, random)),
        _ => ("Polygon", area(place, random)),
    };
    format!(
        "{{\"type\":\"Feature\",\"id\":{number},\"geometry\":{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}},\"properties\":{{\
         \"name\":\"feature {number}\",\"class\":\"class {}\",\"count\":{}}}}}",
        random.below(12),
        random.below(5000)
    )
}

fn walk(start: [f64; 2], random: &mut Random) -> String {
    let (mut at, mut heading) = (start, random.between(0.0, TAU));
    let positions = (0..60).map(|_| {
        heading += random.between(-0.5, 0.5);
        at = [at[0] + 0.012 * heading.cos(), at[1] + 0.012 * heading.sin()];
        position(at)
    });
    format!("[{}]", positions.collect::<Vec<_>>().join(","))
}

fn area(middle: [f64; 2], random: &mut Random) -> String {
    let radius = 0.01 + random.between(0.0, 0.6).powi(2);
    format!("[{}]", Ring::new(middle, radius, 128, random).text(false))
}

/// As large as a region, ragged like a shore, holes round its middle.
fn huge_area(middle: [f64; 2], random: &mut Random) -> String {
    let radius = random.between(0.3, 1.5);
    let count = 4_500 + random.below(14_000) as u32;
    let mut rings = vec![Ring::new(middle, radius, count, random).text(false)];
    let holes = 1 + random.below(3);
    for hole in 0..holes {
        // Rings reach from 0.6 to 1.4 times their radius, so that holes stay inside and apart.
        let angle = TAU * hole as f64 / holes as f64;
        let place = [middle[0] + 0.35 * radius * angle.cos(), middle[1] + 0.35 * radius * angle.sin()];
        rings.push(Ring::new(place, 0.15 * radius, 500, random).text(true));
    }
    format!("[{}]", rings.join(","))
}

/// A wavy ring round a middle: star-shaped, so it never crosses itself.
struct Ring {
    middle: [f64; 2],
    radius: f64,
    count: u32,
    waves: f64,
    depth: f64,
}

impl Ring {
    fn new(middle: [f64; 2], radius: f64, count: u32, random: &mut Random) -> Self {
        Self { middle, radius, count, waves: 3.0 + random.below(5) as f64, depth: random.between(0.05, 0.3) }
    }

    fn text(&self, is_hole: bool) -> String {
        let corner = |step: u32| {
            let angle = TAU * f64::from(step % self.count) / f64::from(self.count) * if is_hole { -1.0 } else { 1.0 };
            let ragged = if self.count > 128 { 0.004 * (411.0 * angle).sin() } else { 0.0 };
            let reach = self.radius * (1.0 + self.depth * (self.waves * angle).sin() + 0.02 * (37.0 * angle).sin() + ragged);
            position([self.middle[0] + reach * angle.cos(), self.middle[1] + reach * angle.sin()])
        };
        format!("[{}]", (0..=self.count).map(corner).collect::<Vec<_>>().join(","))
    }
}

fn position([x, y]: [f64; 2]) -> String {
    let mut text = String::new();
    // Writing to a string never fails.
    let _ = write!(text, "[{x:.6},{y:.6}]");
    text
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
