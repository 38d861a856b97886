//! The name of a cell: one number for its level and place, the same in every process and at every time.

/// Stands above every bit of a cell, so that a file's own numbers below 2^52 never meet the id of a cluster.
const FLAG: u64 = 1 << 52;

/// A cell of the global grid. As a number below 2^53, which every client keeps exact: a flag, a one that marks the level, then
/// two bits for each level from the whole world down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterId(u64);

impl ClusterId {
    /// The cell of a level that holds the position of a Morton key.
    pub(super) fn of(level: u8, key: u64) -> Self {
        let prefix = key.checked_shr(64 - 2 * u32::from(level)).unwrap_or(0);
        Self(FLAG | 1 << (2 * level) | prefix)
    }

    /// The cell that a number names; `None` if it names none.
    pub fn from_number(number: u64) -> Option<Self> {
        let marked = number ^ FLAG;
        let level = marked.checked_ilog2()?;
        (level.is_multiple_of(2) && level <= 2 * u32::from(super::FINEST)).then_some(Self(number))
    }

    /// The number of the cell, below 2^53.
    pub fn number(self) -> u64 {
        self.0
    }

    /// First and last Morton key in the cell.
    pub(super) fn keys(self) -> [u64; 2] {
        let marked = self.0 ^ FLAG;
        let bits = marked.ilog2();
        let first = (marked ^ 1 << bits).checked_shl(64 - bits).unwrap_or(0);
        [first, first | u64::MAX.checked_shr(bits).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::FINEST;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_names_one_cell(level in 0..=FINEST, key: u64) {
            let id = ClusterId::of(level, key);
            prop_assert!(id.number() < 1 << 53);
            prop_assert_eq!(ClusterId::from_number(id.number()), Some(id));
            let [first, last] = id.keys();
            prop_assert!(first <= key && key <= last);
            prop_assert!(ClusterId::of(level, first) == id && ClusterId::of(level, last) == id);
            prop_assert!(first == 0 || ClusterId::of(level, first - 1) != id);
            prop_assert!(last == u64::MAX || ClusterId::of(level, last + 1) != id);
        }
    }

    #[test]
    fn other_numbers_name_none() {
        for number in [0, 1, 7, FLAG, FLAG | 2, FLAG | 3, FLAG | 1 << 51, FLAG << 1, u64::MAX, FLAG | FLAG << 1] {
            assert_eq!(ClusterId::from_number(number), None, "{number}");
        }
        assert!(ClusterId::from_number(FLAG | 1).is_some(), "the whole world");
    }
}
