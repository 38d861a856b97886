use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn interval(from: &str, to: &str) -> Interval {
    Interval::new(Some(at(from)), Some(at(to))).unwrap()
}

#[test]
fn a_moment_is_written_in_20_characters() {
    for (text, expected) in [
        ("2025-10-22", "2025-10-22T00:00:00Z"),
        ("2025-10-22T12:00:00Z", "2025-10-22T12:00:00Z"),
        ("2025-10-22t12:00:00z", "2025-10-22T12:00:00Z"),
        ("2025-10-22T14:00:00+02:00", "2025-10-22T12:00:00Z"),
        ("2025-10-22T14:00:00 02:00", "2025-10-22T12:00:00Z"),
        ("2025-10-22T12:00:00.999Z", "2025-10-22T12:00:00Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("9999-12-31", "9999-12-31T00:00:00Z"),
    ] {
        assert_eq!(at(text).to_string(), expected, "{text}");
        assert_eq!(at(text).to_string().len(), 20);
    }
}

#[test]
fn what_is_no_time_is_refused_with_what_would_be_right() {
    for text in [
        "",
        "2025-13-01",
        "2025-02-30",
        "22/10/2025",
        "2025-10-22T12:00:00",
        "yesterday",
        "2025-10-22T25:00:00Z",
        "1e9",
        "20251022T120000Z",
        "2025-10-22T12:00Z",
        "2025-10-22T12:00:00Z[UTC]",
        "2025-10-22T12:00:00,5Z",
        "2025-10-22T12:00:00+01",
        "2025-10-22T12:00:00+25:00",
        "2025-10-22T12:00:00.Z",
        "2025-10-22T12:00:00.1.2Z",
        "2025-10-22 12:00:00Z",
    ] {
        let error = Instant::parse(text).unwrap_err().to_string();
        assert!(error.contains("2025-10-22T12:00:00Z"), "{text}: {error}");
    }
}

#[test]
fn the_grammar_of_datetime() {
    let day = interval("2025-10-22", "2025-10-23");
    let after = Interval { from: Some(at("2025-10-22")), to: None };
    let until = Interval { from: None, to: Some(at("2025-10-23")) };
    for (text, expected) in [
        ("2025-10-22T12:00:00Z", Datetime::At(at("2025-10-22T12:00:00Z"))),
        ("2025-10-22", Datetime::During(day)),
        ("2025-10-22/2025-10-22", Datetime::During(day)),
        ("2025-10-22/..", Datetime::During(after)),
        ("2025-10-22/", Datetime::During(after)),
        ("../2025-10-22", Datetime::During(until)),
        ("/2025-10-22", Datetime::During(until)),
    ] {
        assert_eq!(Datetime::parse(text), Ok(expected), "{text}");
    }
    for text in
        ["", "/", "../..", "..", "a/b", "2025-10-23/2025-10-21", "2025-10-22//2025-10-23", "2025-10-22/2025-10-23/2025-10-24"]
    {
        assert!(Datetime::parse(text).is_err(), "{text}");
    }
}

#[test]
fn validity_is_half_open() {
    let valid = interval("2025-10-22", "2025-10-24");
    assert!(valid.contains(at("2025-10-22")));
    assert!(valid.contains(at("2025-10-23T23:59:59Z")));
    assert!(!valid.contains(at("2025-10-24")));
    assert!(!valid.intersects(&interval("2025-10-24", "2025-10-25")));
    assert!(!valid.intersects(&interval("2025-10-20", "2025-10-22")));
    assert!(Datetime::parse("2025-10-24").unwrap().selects(&Interval::ALWAYS));
    assert!(!Datetime::parse("2025-10-24").unwrap().selects(&valid));
}

#[test]
fn an_interval_may_not_end_before_it_starts() {
    assert!(Interval::new(Some(at("2025-10-22")), Some(at("2025-10-22"))).is_err());
}

#[test]
fn a_known_at_date_means_the_end_of_the_day() {
    let known = parse_known_at("2025-09-21").unwrap();
    assert!(known >= at("2025-09-21T23:59:59.999999Z"));
    assert!(known < at("2025-09-22"));
    assert_eq!(parse_known_at("2025-09-21T10:00:00Z").unwrap(), at("2025-09-21T10:00:00Z"));
}

proptest! {
    #[test]
    fn whole_seconds_survive_text(seconds in 0i64..250_000_000_000) {
        let moment = Instant::from_micros(seconds * 1_000_000);
        prop_assert_eq!(Instant::parse(&moment.to_string()).unwrap(), moment);
    }

    #[test]
    fn intersecting_is_sharing_a_moment(a in 0i64..50, b in 1i64..50, c in 0i64..50, d in 1i64..50) {
        let stretch = |from: i64, length: i64| Interval { from: Some(Instant::from_micros(from)), to: Some(Instant::from_micros(from + length)) };
        let (one, two) = (stretch(a, b), stretch(c, d));
        let shared = (0..100).map(Instant::from_micros).any(|at| one.contains(at) && two.contains(at));
        prop_assert_eq!(one.intersects(&two), shared);
        prop_assert_eq!(two.intersects(&one), shared);
    }
}
