//! Morton order (G. M. Morton 1966): the bits of x and y in turn, so that every cell of every level is one stretch of the order.

/// The key of a grid position: bit i of x at 2i, of y at 2i + 1.
pub(crate) fn key([x, y]: [u32; 2]) -> u64 {
    spread(x) | spread(y) << 1
}

/// The grid position of a key.
pub(crate) fn position(key: u64) -> [u32; 2] {
    [gather(key), gather(key >> 1)]
}

/// Puts a zero before each bit.
fn spread(bits: u32) -> u64 {
    let steps = [(16, 0x0000_FFFF_0000_FFFF), (8, 0x00FF_00FF_00FF_00FF), (4, 0x0F0F_0F0F_0F0F_0F0F)];
    let steps = steps.into_iter().chain([(2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)]);
    steps.fold(u64::from(bits), |bits, (shift, mask)| (bits | bits << shift) & mask)
}

/// Takes every second bit.
fn gather(bits: u64) -> u32 {
    let steps = [(1, 0x3333_3333_3333_3333), (2, 0x0F0F_0F0F_0F0F_0F0F), (4, 0x00FF_00FF_00FF_00FF)];
    let steps = steps.into_iter().chain([(8, 0x0000_FFFF_0000_FFFF), (16, 0x0000_0000_FFFF_FFFF)]);
    let gathered = steps.fold(bits & 0x5555_5555_5555_5555, |bits, (shift, mask)| (bits | bits >> shift) & mask);
    u32::try_from(gathered).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_holds_its_position(x: u32, y: u32, bit in 0u8..32) {
            prop_assert_eq!(position(key([x, y])), [x, y]);
            prop_assert_eq!(key([x, y]) >> (2 * bit) & 3, u64::from(x >> bit & 1) | u64::from(y >> bit & 1) << 1);
        }
    }
}
