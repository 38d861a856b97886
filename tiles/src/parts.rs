//! Long lists worked on by several threads at once, each of which has a stretch of its own.

/// Entries that one thread has done before another would have begun.
const FEW: usize = 1024;

/// What `work` makes of each stretch, in the order of the list.
pub(crate) fn each<'l, T: Sync, R: Send>(list: &'l [T], threads: usize, work: impl Fn(&'l [T]) -> R + Sync) -> Vec<R> {
    let mut stretches = list.chunks(length(list, threads));
    let Some(first) = stretches.next() else { return Vec::new() };
    let work = &work;
    std::thread::scope(|scope| {
        let others: Vec<_> = stretches.map(|stretch| scope.spawn(move || work(stretch))).collect();
        let joined = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        [work(first)].into_iter().chain(joined).collect()
    })
}

/// Sorts a list; entries that are equal may change places. `O(n log n)`.
pub(crate) fn sort<T: Ord + Send>(list: &mut [T], threads: usize) {
    let length = length(list, threads);
    if length >= list.len() {
        return list.sort_unstable();
    }
    std::thread::scope(|scope| {
        list.chunks_mut(length).for_each(|stretch| drop(scope.spawn(|| stretch.sort_unstable())));
    });
    // This sort finds the stretches that are in order already, and merges them.
    list.sort();
}

fn length<T>(list: &[T], threads: usize) -> usize {
    list.len().div_ceil(threads.max(1)).max(FEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_in_one_stretch_and_stretches_keep_their_order() {
        for (count, threads) in [(0, 2), (5, 3), (10_000, 1), (10_000, 3), (10_000, 0)] {
            let list: Vec<usize> = (0..count).collect();
            let stretches = each(&list, threads, <[usize]>::to_vec);
            assert_eq!(stretches.concat(), list);
            assert!(stretches.len() <= threads.max(1));
        }
    }

    #[test]
    fn a_list_is_sorted_whatever_the_threads() {
        let list: Vec<u64> = (0..10_000u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52).collect();
        let mut expected = list.clone();
        expected.sort_unstable();
        for threads in [1, 2, 3, 7] {
            let mut sorted = list.clone();
            sort(&mut sorted, threads);
            assert_eq!(sorted, expected, "{threads}");
        }
    }
}
