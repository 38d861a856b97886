use super::*;
use proptest::prelude::*;

/// The oracle: every entry looked at.
fn scan(entries: &[Entry], boxes: &[Bounds], max_rank: u8, datetime: &Datetime, known_at: Instant) -> Vec<u32> {
    entries
        .iter()
        .filter(|entry| entry.rank <= max_rank && boxes.iter().any(|bounds| bounds.intersects(&entry.bounds)))
        .filter(|entry| entry.known.contains(known_at) && datetime.selects(&entry.valid))
        .map(|entry| entry.feature)
        .collect()
}

fn entry(feature: u32, bounds: Bounds) -> Entry {
    Entry { bounds, rank: 0, feature, valid: Interval::ALWAYS, known: Interval::ALWAYS }
}

/// The features that are found, ascending, each once.
fn found(index: &Index, boxes: &[Bounds], max_rank: u8, datetime: &Datetime, known_at: Instant) -> Vec<u32> {
    let mut places = Vec::new();
    assert!(index.places(boxes, max_rank, datetime, known_at, usize::MAX, &mut places));
    let mut found: Vec<u32> = places.iter().map(|place| index.order()[*place as usize]).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn ask(index: &Index, boxes: &[Bounds]) -> Vec<u32> {
    found(index, boxes, u8::MAX, &Datetime::All, Instant::from_micros(0))
}

/// Numbers that like edges: poles, the antimeridian, and a coarse grid on which boxes touch.
fn coordinate(limit: i32) -> impl Strategy<Value = f64> {
    prop_oneof![
        (-limit..=limit).prop_map(f64::from),
        Just(f64::from(limit)),
        Just(f64::from(-limit)),
        -f64::from(limit)..f64::from(limit)
    ]
}

fn bounds() -> impl Strategy<Value = Bounds> {
    (coordinate(180), coordinate(180), coordinate(90), coordinate(90)).prop_map(|(a, b, c, d)| Bounds {
        west: a.min(b),
        east: a.max(b),
        south: c.min(d),
        north: c.max(d),
    })
}

/// What a client asks: a plain box, or one over the antimeridian as two.
fn asked_boxes() -> impl Strategy<Value = Vec<Bounds>> {
    (bounds(), any::<bool>()).prop_map(|(asked, over)| match over {
        false => vec![asked],
        true => vec![Bounds { east: 180.0, west: asked.east, ..asked }, Bounds { west: -180.0, east: asked.west, ..asked }],
    })
}

fn interval() -> impl Strategy<Value = Interval> {
    (prop::option::of(0i64..20), prop::option::of(1i64..20)).prop_map(|(from, length)| Interval {
        from: from.map(Instant::from_micros),
        to: length.map(|length| Instant::from_micros(from.unwrap_or(0) + length)),
    })
}

fn datetime() -> impl Strategy<Value = Datetime> {
    prop_oneof![
        Just(Datetime::All),
        (0i64..40).prop_map(|at| Datetime::At(Instant::from_micros(at))),
        interval().prop_map(Datetime::During)
    ]
}

proptest! {
    #[test]
    fn the_tree_answers_as_a_scan_does(
        parts in prop::collection::vec((bounds(), 0u8..4, interval(), interval()), 0..120),
        boxes in asked_boxes(), rank in 0u8..5, datetime in datetime(), known_at in 0i64..40,
    ) {
        let entries: Vec<Entry> = (0u32..).zip(parts)
            .map(|(feature, (bounds, rank, valid, known))| Entry { bounds, rank, feature, valid, known })
            .collect();
        let index = Index::build(&entries);
        let known_at = Instant::from_micros(known_at);
        let hits = found(&index, &boxes, rank, &datetime, known_at);
        let mut met = Vec::new();
        index.any(&boxes, rank, &datetime, known_at, |feature| {
            met.push(feature);
            false
        });
        met.sort_unstable();
        met.dedup();
        prop_assert_eq!(&met, &hits, "what is asked for one by one is what is asked for at once");
        prop_assert_eq!(index.any(&boxes, rank, &datetime, known_at, |_| true), !hits.is_empty());
        prop_assert_eq!(hits, scan(&entries, &boxes, rank, &datetime, known_at));
    }
}

proptest! {
    #[test]
    fn what_holds_always_is_found_as_a_scan_finds_it(
        parts in prop::collection::vec((bounds(), 0u8..4), 0..600), boxes in asked_boxes(), rank in 0u8..5, most in 0usize..40,
    ) {
        let entries: Vec<Entry> = (0u32..).zip(parts).map(|(feature, (bounds, rank))| Entry { rank, ..entry(feature, bounds) }).collect();
        let (index, now) = (Index::build(&entries), Instant::from_micros(0));
        let (hits, mut few) = (found(&index, &boxes, rank, &Datetime::All, now), Vec::new());
        prop_assert_eq!(&hits, &scan(&entries, &boxes, rank, &Datetime::All, now));
        let are_few = index.places(&boxes, rank, &Datetime::All, now, most, &mut few);
        // One that touches both boxes counts twice.
        prop_assert!(are_few || hits.len() * boxes.len() > most);
        if are_few {
            prop_assert!(few.len() <= most);
            prop_assert!(boxes.len() > 1 || few.is_sorted());
            few.iter_mut().for_each(|place| *place = index.order()[*place as usize]);
            few.sort_unstable();
            few.dedup();
            prop_assert_eq!(few, hits);
        }
        for Entry { feature, bounds, rank, .. } in &entries {
            prop_assert_eq!(index.rank_of(*feature, bounds), Some(*rank));
        }
        let mut located: Vec<(u32, Bounds, u8)> = index.located().collect();
        located.sort_by_key(|(feature, ..)| *feature);
        prop_assert!(located.into_iter().eq(entries.iter().map(|entry| (entry.feature, entry.bounds, entry.rank))));
        prop_assert_eq!(index.bounds(), entries.iter().map(|entry| entry.bounds).reduce(|one, other| one.union(&other)));
    }
}

#[test]
fn a_touching_edge_is_a_hit() {
    let index = Index::build(&[entry(0, Bounds::new(0.0, 0.0, 1.0, 1.0).unwrap())]);
    for touching in [(1.0, 0.0, 2.0, 1.0), (0.0, 1.0, 1.0, 2.0), (1.0, 1.0, 2.0, 2.0), (-1.0, -1.0, 0.0, 0.0)] {
        let (west, south, east, north) = touching;
        assert_eq!(ask(&index, &[Bounds::new(west, south, east, north).unwrap()]), [0], "{touching:?}");
    }
    assert!(ask(&index, &[Bounds::new(1.000_001, 0.0, 2.0, 1.0).unwrap()]).is_empty());
}

#[test]
fn poles_and_the_antimeridian_are_places_like_any_other() {
    let point = |feature, lon: f64, lat: f64| entry(feature, Bounds::new(lon, lat, lon, lat).unwrap());
    let index = Index::build(&[point(0, 180.0, 0.0), point(1, -180.0, 0.0), point(2, 0.0, 90.0), point(3, 0.0, -90.0)]);
    let over = [Bounds::new(179.0, -1.0, 180.0, 1.0).unwrap(), Bounds::new(-180.0, -1.0, -179.0, 1.0).unwrap()];
    assert_eq!(ask(&index, &over), [0, 1]);
    assert_eq!(ask(&index, &[Bounds::WORLD]), [0, 1, 2, 3]);
}

#[test]
fn an_empty_layer_answers_nothing() {
    let index = Index::build(&[]);
    assert!(ask(&index, &[Bounds::WORLD]).is_empty());
    assert_eq!(index.bounds(), None);
}

#[test]
fn a_feature_in_both_halves_is_answered_once() {
    let index = Index::build(&[entry(7, Bounds::WORLD)]);
    let halves = [Bounds::new(-180.0, -90.0, 0.0, 90.0).unwrap(), Bounds::new(0.0, -90.0, 180.0, 90.0).unwrap()];
    assert_eq!(ask(&index, &halves), [7]);
}

#[test]
fn what_the_tree_cannot_hold_is_refused() {
    for (west, south, east, north) in
        [(f64::NAN, 0.0, 1.0, 1.0), (0.0, 0.0, f64::INFINITY, 1.0), (1.0, 0.0, 0.0, 1.0), (0.0, 2.0, 1.0, 1.0)]
    {
        assert!(Bounds::new(west, south, east, north).is_none());
    }
}

/// A small generator of numbers in 0..1: the test wants the same million boxes every time.
struct Weyl(u64);

impl Weyl {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap()) / f64::from(u32::MAX)
    }

    fn bounds(&mut self, largest: f64) -> Bounds {
        let (west, south) = (self.next() * 360.0 - 180.0, self.next() * 180.0 - 90.0);
        let (width, height) = (self.next() * largest, self.next() * largest);
        Bounds { west, south, east: (west + width).min(180.0), north: (south + height).min(90.0) }
    }
}

#[test]
fn a_million_random_boxes_answer_200_queries_as_a_full_scan_does() {
    let mut numbers = Weyl(7);
    let entries: Vec<Entry> = (0..1_000_000).map(|feature| entry(feature, numbers.bounds(0.5))).collect();
    let index = Index::build(&entries);
    for _ in 0..200 {
        let asked = [numbers.bounds(5.0)];
        assert_eq!(ask(&index, &asked), scan(&entries, &asked, 0, &Datetime::All, Instant::from_micros(0)));
    }
}
