//! Lines beside lines: each vertex moved to the right of the way, so that neighbouring tiles move the vertices they share alike.

/// How far beside its line a stroke may lie, style pixels: further out it would miss what a tile does not see.
pub(super) const FURTHEST_PX: f64 = 24.0;
/// A corner stands out by at most so many offsets; a sharper one is cut off.
const SHARPEST: f64 = 2.0;

/// The path so far to the right of a path, style pixels; to the left below zero. `closed` paths have their start at the end again.
pub(super) fn beside(path: &[[f64; 2]], offset: f64, closed: bool) -> Vec<[f64; 2]> {
    let offset = offset.clamp(-FURTHEST_PX, FURTHEST_PX);
    let mut path = path.to_vec();
    path.dedup();
    let normals: Vec<[f64; 2]> = path.windows(2).map(|pair| right_of(pair[0], pair[1])).collect();
    let (Some(first), Some(last)) = (normals.first(), normals.last()) else { return path };
    let around = |normal: &[f64; 2]| closed.then_some(*normal);
    let before = std::iter::once(around(last)).chain(normals.iter().copied().map(Some));
    let after = normals.iter().copied().map(Some).chain(std::iter::once(around(first)));
    let mut moved = Vec::with_capacity(path.len());
    for (at, sides) in path.iter().zip(before.zip(after)) {
        let (one, other) = match sides {
            (Some(one), Some(other)) => (one, other),
            (Some(only), None) | (None, Some(only)) => (only, only),
            (None, None) => return path,
        };
        let along = |normal: [f64; 2], by: f64| [at[0] + normal[0] * by, at[1] + normal[1] * by];
        // The mean of both normals, as long as it takes to lie beside both stretches; a way that turns back has none.
        let mean = [one[0] + other[0], one[1] + other[1]];
        let long = mean[0].hypot(mean[1]);
        if long >= 2.0 / SHARPEST {
            moved.push(along(mean, offset * 2.0 / (long * long)));
        } else {
            moved.extend([along(one, offset), along(other, offset)]);
        }
    }
    moved
}

/// The direction to the right of the way from one point to another, y down.
fn right_of(from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
    let run = [to[0] - from[0], to[1] - from[1]];
    let long = run[0].hypot(run[1]);
    [-run[1] / long, run[0] / long]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_east_has_its_right_below() {
        assert_eq!(beside(&[[0.0, 0.0], [10.0, 0.0]], 3.0, false), [[0.0, 3.0], [10.0, 3.0]]);
        assert_eq!(beside(&[[0.0, 0.0], [10.0, 0.0]], -3.0, false), [[0.0, -3.0], [10.0, -3.0]]);
    }

    #[test]
    fn a_way_that_turns_back_lies_on_both_sides() {
        assert_eq!(
            beside(&[[0.0, 0.0], [10.0, 0.0], [0.0, 0.0]], 3.0, false),
            [[0.0, 3.0], [10.0, 3.0], [10.0, -3.0], [0.0, -3.0]]
        );
    }

    #[test]
    fn a_corner_keeps_its_distance_from_both_sides() {
        let moved = beside(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]], 2.0, false);
        let expected = [[0.0, 2.0], [8.0, 2.0], [8.0, 10.0]];
        assert!(moved.iter().zip(expected).all(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-9), "{moved:?}");
    }

    #[test]
    fn a_ring_shrinks_on_all_sides() {
        let ring = [[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0], [0.0, 0.0]];
        let moved = beside(&ring, 5.0, true);
        assert!(moved.iter().flatten().all(|axis| (4.999..15.001).contains(axis)), "{moved:?}");
        assert_eq!(moved.first(), moved.last());
    }

    #[test]
    fn turning_back_is_no_spike() {
        let moved = beside(&[[0.0, 0.0], [50.0, 0.0], [0.0, 0.1]], 4.0, false);
        assert!(moved.iter().all(|at| at[0] < 55.0 && at.iter().all(|axis| axis.is_finite())), "{moved:?}");
        assert_eq!(beside(&[[1.0, 1.0], [1.0, 1.0]], 4.0, false), [[1.0, 1.0]]);
    }
}
