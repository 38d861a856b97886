//! Which rings touch each other, or themselves. Edges are swept along x, so that each is held only against those that it lies beside: `O(n log n)` for
//! ordinary rings.

use super::orientation;
use geo::kernels::Orientation;
use geo_types::Coord;
use std::collections::BTreeSet;

/// A stretch of a ring between two different positions: how far it goes from west to east, and where it stands. No more, for it is moved
/// about while edges are sorted.
struct Edge {
    west: f64,
    east: f64,
    /// Which ring, and which of its edges.
    ring: u32,
    number: u32,
}

impl Edge {
    fn ends(&self, rings: &[Vec<Coord<f64>>]) -> [Coord<f64>; 2] {
        let (ring, number) = (&rings[self.ring as usize], self.number as usize);
        [ring[number], ring[(number + 1) % ring.len()]]
    }
}

/// The rings of which an edge shares a position with one of another ring, in pairs, lower number first. `Err` is a ring of which two edges that do not
/// follow each other do; then nobody else is looked for.
pub(super) fn touching(rings: &[Vec<Coord<f64>>]) -> Result<BTreeSet<(usize, usize)>, usize> {
    let mut pairs = BTreeSet::new();
    let mut edges: Vec<Edge> = (0u32..).zip(rings).flat_map(|(ring, corners)| edges(ring, corners)).collect();
    edges.sort_unstable_by(|a, b| a.west.total_cmp(&b.west));
    let mut beside: Vec<(&Edge, Sides)> = Vec::new();
    for edge in &edges {
        beside.retain(|(other, _)| other.east >= edge.west);
        let sides = Sides::of(edge.ends(rings));
        for (other, _) in beside.iter().filter(|(other, others)| touch((edge, &sides), (other, others), rings)) {
            if edge.ring == other.ring {
                return Err(edge.ring as usize);
            }
            pairs.insert((edge.ring.min(other.ring) as usize, edge.ring.max(other.ring) as usize));
        }
        beside.push((edge, sides));
    }
    Ok(pairs)
}

fn edges(ring: u32, corners: &[Coord<f64>]) -> impl Iterator<Item = Edge> {
    (0u32..).zip(corners).zip(corners.iter().cycle().skip(1)).map(move |((number, a), b)| Edge {
        west: a.x.min(b.x),
        east: a.x.max(b.x),
        ring,
        number,
    })
}

/// An edge among those beside each other: its ends, and how far it goes from south to north.
struct Sides {
    ends: [Coord<f64>; 2],
    south: f64,
    north: f64,
}

impl Sides {
    fn of([a, b]: [Coord<f64>; 2]) -> Self {
        Self { ends: [a, b], south: a.y.min(b.y), north: a.y.max(b.y) }
    }
}

/// For edges beside each other in x.
fn touch((one, sides): (&Edge, &Sides), (other, others): (&Edge, &Sides), rings: &[Vec<Coord<f64>>]) -> bool {
    if sides.south > others.north || others.south > sides.north {
        return false;
    }
    let apart = one.number.abs_diff(other.number) as usize;
    if one.ring == other.ring && (apart == 1 || apart + 1 == rings[one.ring as usize].len()) {
        return false;
    }
    !is_on_one_side(sides.ends, others.ends) && !is_on_one_side(others.ends, sides.ends)
}

/// Whether both ends of `other` lie on the same side of the line through `edge`, and not on it.
fn is_on_one_side([a, b]: [Coord<f64>; 2], other: [Coord<f64>; 2]) -> bool {
    let [first, last] = other.map(|end| orientation(a, b, end));
    first == last && first != Orientation::Collinear
}
