//! What shows in a picture.

/// Whether something of a radius shows in a picture of a size, style pixels.
pub(super) fn near(at: [f64; 2], radius: f64, size: [f64; 2]) -> bool {
    at.iter().zip(size).all(|(axis, side)| *axis > -radius && *axis < side + radius)
}
