//! Which rings touch each other, or themselves, and how. Edges are swept along x, or along y if they are much shorter there, so that each is held only against
//! those that it lies beside: `O(n log n)` for ordinary rings.

use super::orientation;
use geo::kernels::Orientation;
use geo_types::Coord;

/// What a sweep finds.
pub(super) enum Touching {
    /// Two edges of a ring that do not follow each other share a position.
    Itself(usize),
    /// Two rings share what no two may, whatever else there is.
    Wrongly(usize, usize, Contact),
    /// Rings touch each other in single positions only. Says of each whether it touches any.
    InPoints(Vec<bool>),
}

/// How two edges touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contact {
    /// One ends on the other.
    Point,
    /// They lie along each other.
    Line,
    /// Each goes on beyond the other.
    Crossing,
}

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

/// How the edges of some rings touch, each of which follows itself.
pub(super) fn touching(rings: &[Vec<Coord<f64>>]) -> Touching {
    let extent = |axis: fn(&Coord<f64>) -> f64| {
        let of_ring = |ring: &Vec<Coord<f64>>| ring.windows(2).map(|edge| (axis(&edge[1]) - axis(&edge[0])).abs()).sum::<f64>();
        rings.iter().map(of_ring).sum::<f64>()
    };
    // Turning copies all corners, and is of no use to what is about as long on both axes.
    if extent(|at| at.x) <= 2.0 * extent(|at| at.y) {
        return swept(rings);
    }
    let turned = |ring: &Vec<Coord<f64>>| ring.iter().map(|at| Coord { x: at.y, y: at.x }).collect();
    swept(&rings.iter().map(turned).collect::<Vec<_>>())
}

fn swept(rings: &[Vec<Coord<f64>>]) -> Touching {
    let mut edges: Vec<Edge> = (0u32..).zip(rings).flat_map(|(ring, corners)| edges(ring, corners)).collect();
    edges.sort_unstable_by(|a, b| a.west.total_cmp(&b.west));
    let (mut beside, mut touch): (Vec<(&Edge, Sides)>, _) = (Vec::new(), vec![false; rings.len()]);
    for edge in &edges {
        beside.retain(|(other, _)| other.east >= edge.west);
        let sides = Sides::of(edge.ends(rings));
        for (other, others) in &beside {
            let Some(contact) = contact((edge, &sides), (other, others), rings) else { continue };
            let (one, other) = (edge.ring.min(other.ring) as usize, edge.ring.max(other.ring) as usize);
            match contact {
                _ if one == other => return Touching::Itself(one),
                Contact::Line | Contact::Crossing => return Touching::Wrongly(one, other, contact),
                Contact::Point => [one, other].into_iter().for_each(|ring| touch[ring] = true),
            }
        }
        beside.push((edge, sides));
    }
    Touching::InPoints(touch)
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

/// Of edges beside each other in x that do not follow each other.
fn contact((one, sides): (&Edge, &Sides), (other, others): (&Edge, &Sides), rings: &[Vec<Coord<f64>>]) -> Option<Contact> {
    if sides.south > others.north || others.south > sides.north {
        return None;
    }
    let apart = one.number.abs_diff(other.number) as usize;
    if one.ring == other.ring && (apart == 1 || apart + 1 == rings[one.ring as usize].len()) {
        return None;
    }
    let across = across(sides.ends, others.ends)?;
    match (across, self::across(others.ends, sides.ends)?) {
        (Across::Along, _) => {
            let is_long = other.east.min(one.east) > other.west.max(one.west)
                || others.north.min(sides.north) > others.south.max(sides.south);
            Some(if is_long { Contact::Line } else { Contact::Point })
        }
        (Across::Beyond, Across::Beyond) => Some(Contact::Crossing),
        _ => Some(Contact::Point),
    }
}

/// How an edge lies to the line through another.
enum Across {
    /// On it.
    Along,
    /// With an end on it.
    To,
    /// On both sides.
    Beyond,
}

/// How `other` lies to the line through an edge; `None` if both of its ends lie on one side, and not on it.
fn across([a, b]: [Coord<f64>; 2], other: [Coord<f64>; 2]) -> Option<Across> {
    match other.map(|end| orientation(a, b, end)) {
        [Orientation::Collinear, Orientation::Collinear] => Some(Across::Along),
        [first, last] if first == Orientation::Collinear || last == Orientation::Collinear => Some(Across::To),
        [first, last] => (first != last).then_some(Across::Beyond),
    }
}
