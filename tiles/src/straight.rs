//! Leaves out vertices that rounding has put on the straight way between their neighbours: what is shown stays the same, position for position.
//! And those that it has put a unit beside a way that goes on from where it was: nobody sees these, PostGIS has none either.

use crate::boxes::Ends;
use crate::spare::Positions;

/// A path without such vertices. What turns back further than a unit stays, and so do ends.
pub(crate) fn straighten(path: &mut Positions, ends: Ends) {
    let mut kept = 0;
    for next in 0..path.len() {
        let at = path[next];
        if kept > 1 && is_on_the_way([path[kept - 2], path[kept - 1], at]) {
            kept -= 1;
        }
        if kept > 1 && next + 1 < path.len() && path[kept - 2] == at && is_beside(path[kept - 1], at) {
            kept -= 1;
            continue;
        }
        path[kept] = at;
        kept += 1;
    }
    path.truncate(kept);
    if ends == Ends::Closed {
        if let [first, .., before, last] = path[..]
            && is_on_the_way([before, last, first])
        {
            path.pop();
        }
        if let [first, second, .., last] = path[..]
            && is_on_the_way([last, first, second])
        {
            path.remove(0);
        }
    }
}

/// Whether the middle one of three positions lies on the straight way from the first to the last.
fn is_on_the_way([from, at, to]: [[i32; 2]; 3]) -> bool {
    let step = |from: [i32; 2], to: [i32; 2]| [0, 1].map(|axis| i64::from(to[axis]) - i64::from(from[axis]));
    let [there, on] = [step(from, at), step(at, to)];
    there[0] * on[1] == there[1] * on[0] && there[0] * on[0] + there[1] * on[1] > 0
}

/// Whether two positions lie a unit or less from each other.
fn is_beside(one: [i32; 2], other: [i32; 2]) -> bool {
    (0..2).all(|axis| one[axis].abs_diff(other[axis]) <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn straight(path: &[[i32; 2]], ends: Ends) -> Positions {
        let mut path = path.to_vec();
        straighten(&mut path, ends);
        path
    }

    #[test]
    fn what_lies_on_the_way_goes_and_what_turns_stays() {
        assert_eq!(straight(&[[0, 0], [1, 1], [2, 2], [5, 5], [6, 5]], Ends::Open), [[0, 0], [5, 5], [6, 5]]);
        assert_eq!(straight(&[[0, 0], [5, 0], [3, 0]], Ends::Open), [[0, 0], [5, 0], [3, 0]]);
        assert_eq!(straight(&[[0, 0]], Ends::Open), [[0, 0]]);
        assert!(straight(&[], Ends::Closed).is_empty());
    }

    #[test]
    fn a_unit_out_and_back_goes_and_what_is_longer_or_an_end_stays() {
        assert_eq!(straight(&[[0, 0], [1, 1], [0, 0], [0, 9], [1, 9], [0, 9], [5, 5]], Ends::Open), [[0, 0], [0, 9], [5, 5]]);
        assert_eq!(straight(&[[0, 0], [2, 0], [0, 0], [0, 9]], Ends::Open), [[0, 0], [2, 0], [0, 0], [0, 9]]);
        assert_eq!(straight(&[[0, 0], [1, 0], [0, 0], [1, 0], [0, 0]], Ends::Open), [[0, 0], [1, 0], [0, 0]]);
        assert_eq!(straight(&[[0, 0], [1, 0], [0, 0], [1, 0]], Ends::Open), [[0, 0], [1, 0]]);
    }

    #[test]
    fn a_ring_has_no_such_vertex_where_it_closes_either() {
        assert_eq!(straight(&[[5, 0], [9, 0], [9, 9], [0, 9], [0, 4], [0, 0]], Ends::Closed), [[9, 0], [9, 9], [0, 9], [0, 0]]);
        assert_eq!(straight(&[[0, 0], [9, 0], [9, 9], [0, 9], [0, 4]], Ends::Closed), [[0, 0], [9, 0], [9, 9], [0, 9]]);
    }
}
