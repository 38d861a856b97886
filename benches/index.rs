//! The index alone, of what holds always: `cargo bench --bench index`.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on fails by panicking")]

use divan::{Bencher, black_box};
use roadblock_layers::index::{Bounds, Entry, Index};
use roadblock_layers::time::{Datetime, Instant, Interval};

fn main() {
    divan::main();
}

/// Boxes of up to a tenth of a degree, spread evenly by the golden ratio.
fn entries(count: u32) -> Vec<Entry> {
    let share = |number: u32, step: f64| (f64::from(number) * step).fract();
    let entry = |number: u32| {
        let (west, south) = (360.0 * share(number, 0.618_033_988_7) - 180.0, 160.0 * share(number, 0.754_877_666_2) - 80.0);
        let side = 0.1 * share(number, 0.569_840_291);
        let bounds = Bounds::new(west, south, west + side, south + side).unwrap();
        Entry { bounds, rank: 0, feature: number, valid: Interval::ALWAYS, known: Interval::ALWAYS }
    };
    (0..count).map(entry).collect()
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 10)]
fn build(bencher: Bencher<'_, '_>, count: u32) {
    let entries = entries(count);
    bencher.bench_local(|| Index::build(black_box(&entries)));
}

/// A box that holds about `1e-4` of a million: a tile at zoom 8.
#[divan::bench(args = [10_000, 100_000, 1_000_000])]
fn query(bencher: Bencher<'_, '_>, count: u32) {
    let index = Index::build(&entries(count));
    let asked = [Bounds::new(2.8, 15.4, 4.2, 16.8).unwrap()];
    let mut hits = Vec::new();
    bencher.bench_local(|| {
        hits.clear();
        index.places(black_box(&asked), u8::MAX, &Datetime::All, Instant::from_micros(0), usize::MAX, &mut hits);
        hits.len()
    });
}
