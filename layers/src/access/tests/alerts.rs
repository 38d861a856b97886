//! Alerts over the first data set: each is true when it is told, and none is missing.

use super::*;
use crate::vocab::Kind;

fn history() -> History {
    (&mali()).into()
}

fn watch(corridors: &[&str], places: &[&str]) -> Watch {
    let texts = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Watch { corridors: texts(corridors), places: texts(places) }
}

/// What a corridor is at a moment by what is known then.
fn rank(access: &Access, id: &str, at: Instant) -> Rank {
    let inquiry = access.known(at, Terms::default()).unwrap();
    inquiry.chains().find(|chain| chain.id == id).map_or(Rank::Unknown, |chain| inquiry.corridor(chain, &Datetime::At(at)).rank)
}

#[test]
fn between_two_alerts_nothing_changes() {
    let access = seen_by(Audience::Editor, &history());
    let (since, until) = (Instant::parse("2025-09-01").unwrap(), Instant::parse("2026-02-15").unwrap());
    let alerts = access.alerts(since, until, Terms::default(), &Watch::default());
    assert!(alerts.len() > 50 && alerts.windows(2).all(|pair| pair[0].at <= pair[1].at), "{}", alerts.len());
    for id in ["abj-zegoua-sikasso-bko", "dkr-kayes-bko", "gao-sevare-bko", "cky-kouremale-bko"] {
        for hour in 0..(167 * 24 / 7) {
            let at = Instant::from_micros(since.micros() + hour * 7 * 3_600_000_000);
            let told = alerts.iter().rfind(|alert| alert.id == id && alert.at <= at);
            assert_eq!(told.map_or(rank(&access, id, since), |alert| alert.after.rank), rank(&access, id, at), "{id} {at}");
        }
    }
    let parts = [since, Instant::parse("2025-10-21T12:00:00Z").unwrap(), until];
    let in_parts: Vec<Alert> =
        parts.windows(2).flat_map(|part| access.alerts(part[0], part[1], Terms::default(), &Watch::default())).collect();
    assert_eq!(in_parts, alerts, "who asks in parts hears the same");
}

#[test]
fn only_what_is_watched_is_told() {
    let access = seen_by(Audience::Editor, &history());
    let (since, until) = (Instant::parse("2025-10-01").unwrap(), Instant::parse("2025-11-15").unwrap());
    let told = |watch: Watch| access.alerts(since, until, Terms::default(), &watch);
    let corridor = told(watch(&["abj-zegoua-sikasso-bko"], &[]));
    assert!(!corridor.is_empty() && corridor.iter().all(|alert| alert.id == "abj-zegoua-sikasso-bko"));
    let place = told(watch(&[], &["lere"]));
    let ranks: Vec<(Rank, Rank)> = place.iter().map(|alert| (alert.before, alert.after.rank)).collect();
    assert_eq!(ranks, [(Rank::Unknown, Rank::Closed)], "the blockade of 27 October");
    assert!(!place[0].after.segments.is_empty());
}

#[test]
fn a_corridor_that_is_withdrawn_is_not_left_closed() {
    let mut history = history();
    let closed = Instant::parse("2025-10-22T12:00:00Z").unwrap();
    let record = history.of_kind(Kind::Corridor).find(|record| record.id() == "abj-zegoua-sikasso-bko").unwrap().clone();
    history.add(record.taken_back(), 2, closed);
    let access = seen_by(Audience::Editor, &history);
    let until = Instant::parse("2025-10-23").unwrap();
    let since = Instant::parse("2025-10-20").unwrap();
    let told = access.alerts(since, until, Terms::default(), &watch(&["abj-zegoua-sikasso-bko"], &[]));
    let last = told.last().unwrap();
    assert_eq!((last.at, last.before, last.after.rank), (closed, Rank::Closed, Rank::Unknown), "{told:?}");
}

#[test]
fn the_public_is_alerted_when_it_may_be_told() {
    let history = history();
    // The world as the public saw it at a moment.
    let seen_at = |now: Instant| {
        let viewer = Viewer { audience: Audience::Public, now, rekey: Rekey([0; 16]), attribution: "" };
        Access::of(view::told(&history, viewer), Audience::Public)
    };
    let (since, until) = (Instant::parse("2025-10-01").unwrap(), Instant::parse("2025-11-20").unwrap());
    let access = seen_at(until);
    let alerts = access.alerts(since, until, Terms::default(), &Watch::default());
    assert!(alerts.len() > 10, "{}", alerts.len());
    let mut closed = 0;
    for step in 0..(50 * 24 / 5) {
        let at = Instant::from_micros(since.micros() + step * 5 * 3_600_000_000);
        let then = seen_at(at);
        for id in ["abj-zegoua-sikasso-bko", "dkr-kayes-bko", "gao-sevare-bko", "cky-kouremale-bko"] {
            let told = alerts.iter().rfind(|alert| alert.id == id && alert.at <= at);
            let before = rank(&seen_at(since), id, since);
            assert_eq!(told.map_or(before, |alert| alert.after.rank), rank(&then, id, at), "{id} {at}");
            closed += usize::from(rank(&then, id, at) == Rank::Closed);
        }
    }
    assert!(closed > 0);
    let late = alerts.iter().filter(|alert| alert.after.rank > alert.before).any(|alert| {
        let causes = alert.after.causes.iter().filter_map(|id| history.record(id).first());
        causes.filter_map(|record| record.common().known.from).all(|known| known < alert.at)
    });
    assert!(late, "some became worse only when it might be told");
}
