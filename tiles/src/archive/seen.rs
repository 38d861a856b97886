//! Which tiles an archive holds already, so that equal ones are stored once, within bounded memory.
//!
//! Two generations: when the younger is full, the elder is forgotten. What keeps coming back stays; what it forgets is stored again.

use std::collections::HashMap;

/// Tiles of one generation: some 16 MiB.
const GENERATION: usize = 1 << 18;

/// Remembers where tiles are by their digests. What it answers depends on the order of calls alone.
#[derive(Debug)]
pub(super) struct Seen<T> {
    young: HashMap<u128, T>,
    old: HashMap<u128, T>,
}

impl<T: Copy> Seen<T> {
    pub(super) fn new() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }

    /// Where an equal tile is, if one is remembered.
    pub(super) fn find(&mut self, digest: u128) -> Option<T> {
        if let Some(place) = self.young.get(&digest) {
            return Some(*place);
        }
        let place = *self.old.get(&digest)?;
        self.remember(digest, place);
        Some(place)
    }

    pub(super) fn remember(&mut self, digest: u128, place: T) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(digest, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_is_kept_and_what_does_not_is_forgotten() {
        let mut seen = Seen::new();
        let most = GENERATION as u128;
        for digest in 0..3 * most {
            seen.remember(digest, digest);
            if digest.is_multiple_of(1000) {
                assert_eq!(seen.find(0), Some(0), "{digest}");
            }
        }
        assert_eq!(seen.find(1), None);
        assert_eq!(seen.find(3 * most - 1), Some(3 * most - 1));
        assert!(seen.young.len() + seen.old.len() <= 2 * GENERATION);
    }
}
