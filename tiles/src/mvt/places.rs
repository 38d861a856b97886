//! Sorting by place: features are written in the order in which they lie in memory, and stand in that of their layer.

/// So many bits of a place are looked at at a time: counts of each value take 8 KiB, which stay in the nearest cache.
const DIGIT_BITS: u32 = 11;

/// Fewer are compared with each other, sooner than counts are made.
const WORTH_COUNTING: usize = 384;

/// Lowest place first; those of one place stay as they are. Many are counted, not compared: a pass for each digit that any place has, the last
/// digit first. `O(n)`.
pub(super) fn put_in_order<T: Copy>(items: &mut Vec<T>, place: impl Fn(&T) -> u32) {
    if items.len() < WORTH_COUNTING {
        return items.sort_by_key(place);
    }
    let highest = items.iter().map(&place).max().unwrap_or(0);
    let mut sorted = items.clone();
    for shift in (0..u32::BITS - highest.leading_zeros()).step_by(DIGIT_BITS as usize) {
        let digit = |item: &T| (place(item) >> shift) as usize % (1 << DIGIT_BITS);
        let mut next = [0u32; 1 << DIGIT_BITS];
        items.iter().for_each(|item| next[digit(item)] += 1);
        let mut before = 0;
        next.iter_mut().for_each(|slot| before += std::mem::replace(slot, before));
        for item in &*items {
            let slot = &mut next[digit(item)];
            sorted[*slot as usize] = *item;
            *slot += 1;
        }
        std::mem::swap(items, &mut sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counting_gives_the_order_of_comparing(
            places in proptest::collection::vec((any::<u32>(), 0u32..33), 0..2 * WORTH_COUNTING),
            highest in 0u32..33,
        ) {
            // Of every size, and each of them more than once.
            let place = |(place, bits): &(u32, u32)| (u64::from(*place) % (1 << (*bits).min(highest))) as u32;
            let mut expected: Vec<(u32, usize)> = places.iter().map(place).zip(0..).collect();
            let mut counted = expected.clone();
            expected.sort();
            put_in_order(&mut counted, |(place, _)| *place);
            prop_assert_eq!(counted, expected);
        }
    }
}
