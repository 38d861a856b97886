//! What shows in a picture.

/// Whether something of a radius shows in a picture of a size, style pixels.
pub(super) fn near(at: [f64; 2], radius: f64, size: [f64; 2]) -> bool {
    at.iter().zip(size).all(|(axis, side)| *axis > -radius && *axis < side + radius)
}

/// From which to which share of its way a straight stretch lies between two sides on each axis, ends included: the method of Liang and
/// Barsky.
pub(super) fn between(from: [f64; 2], to: [f64; 2], sides: [[f64; 2]; 2]) -> Option<[f64; 2]> {
    let [mut start, mut end] = [0.0f64, 1.0];
    for (axis, [low, high]) in sides.into_iter().enumerate() {
        let run = to[axis] - from[axis];
        if run == 0.0 {
            if !(low..=high).contains(&from[axis]) {
                return None;
            }
            continue;
        }
        let [one, other] = [low, high].map(|side| (side - from[axis]) / run);
        (start, end) = (start.max(one.min(other)), end.min(one.max(other)));
    }
    (start <= end).then_some([start, end])
}
