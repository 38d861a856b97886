//! What a report does to a road as time passes, in days since it happened (`corridor-status/1`). The lengths are a choice, not a measurement.
//!
//! | event                | first          | then            |
//! |----------------------|----------------|-----------------|
//! | closes               | closes, 7 d    | restricts, 21 d |
//! | restricts            | restricts 14 d |                 |
//! | restricts, roadblock | restricts 3 d  |                 |
//! | passage              | passage 14 d   |                 |
//! | advisory             | advisory 7 d   |                 |
//!
//! All of it longer by the days that the date may be off. A state has its effect while it is valid.

use crate::phase::PhaseWindows;
use crate::record::{Blockade, Body, Location, Record};
use crate::time::{Instant, Interval};
use crate::vocab::{Effect, Subtype, Temporality};

/// An effect, and the days since the event until which it lasts.
pub(crate) type Window = (Effect, u16);

/// Of an event that closes a road.
pub(crate) const CLOSES: &[Window] = &[(Effect::Closes, 7), (Effect::Restricts, 21)];
/// Of one that restricts it.
pub(crate) const RESTRICTS: &[Window] = &[(Effect::Restricts, 14)];
/// A road blocked for a while is soon free again.
pub(crate) const ROADBLOCK: &[Window] = &[(Effect::Restricts, 3)];
/// Of a convoy that got through.
pub(crate) const PASSAGE: &[Window] = &[(Effect::Passage, 14)];
/// What has no effect on a road is still news for a week.
pub(crate) const ADVISORY: &[Window] = &[(Effect::Advisory, 7)];

/// No event has an effect for longer: the longest window, a month that the date may be off, a day that a generalised report begins too early.
pub(crate) const LONGEST_DAYS: i64 = 21 + 30 + 1;

/// The windows of an event by themselves; a state has none.
fn windows(blockade: &Blockade) -> Option<&'static [Window]> {
    (blockade.temporality == Temporality::Event).then(|| match (effect_shown(blockade), blockade.subtype) {
        (Effect::Closes, _) => CLOSES,
        (Effect::Restricts, Subtype::Roadblock) => ROADBLOCK,
        (Effect::Restricts, _) => RESTRICTS,
        (Effect::Passage, _) => PASSAGE,
        (Effect::Advisory, _) => ADVISORY,
    })
}

/// How an event ages; states, what is no report and what has no date do not.
pub(crate) fn phases(record: &Record) -> Option<PhaseWindows> {
    let Body::Blockade(blockade) = record.body() else { return None };
    let ends = windows(blockade)?.iter().map(|(_, days)| days + days_longer(record, blockade));
    Some(PhaseWindows::from_days(record.common().valid.from?, ends.clone().min()?, ends.max()?))
}

/// What a report does at a moment; `None` before it happened and after all its windows, and of what is no report. An event without a date
/// cannot be said to hinder anybody now.
pub(crate) fn effect_at(record: &Record, at: Instant) -> Option<Effect> {
    let Body::Blockade(blockade) = record.body() else { return None };
    let valid = record.common().valid;
    match (windows(blockade), valid.from) {
        (None, _) => valid.contains(at).then(|| effect_shown(blockade)),
        (Some(_), None) => Some(Effect::Advisory),
        (Some(_), Some(start)) if at < start => None,
        (Some(windows), Some(start)) => {
            let lasts = |days: u16| at < start.plus_days((days + days_longer(record, blockade)).into());
            windows.iter().find(|(_, days)| lasts(*days)).map(|(effect, _)| *effect)
        }
    }
}

/// The moments at which what a report does may change.
pub(crate) fn edges(record: &Record) -> Vec<Instant> {
    let Body::Blockade(blockade) = record.body() else { return Vec::new() };
    let valid = record.common().valid;
    match (windows(blockade), valid.from) {
        (None, _) => [valid.from, valid.to].into_iter().flatten().collect(),
        (Some(_), None) => Vec::new(),
        (Some(windows), Some(start)) => {
            let ends = windows.iter().map(|(_, days)| start.plus_days((days + days_longer(record, blockade)).into()));
            std::iter::once(start).chain(ends).collect()
        }
    }
}

/// How long it has any effect.
pub(crate) fn lasts(record: &Record) -> Interval {
    let edges = edges(record);
    let valid = record.common().valid;
    match record.body() {
        Body::Blockade(blockade) if blockade.temporality == Temporality::Event => {
            Interval { from: valid.from, to: edges.iter().max().copied() }
        }
        _ => valid,
    }
}

/// By how much the windows are longer: of a generalised report only the day of its start is told, and nothing may wear off too soon by that.
fn days_longer(record: &Record, blockade: &Blockade) -> u16 {
    let starts_early = record.common().generalised && matches!(blockade.location, Location::Between { .. });
    days_unsure(blockade) + u16::from(starts_early)
}

/// Of a week or a month only the first day is known: the event may have been on the last.
pub(crate) const fn days_unsure(blockade: &Blockade) -> u16 {
    match blockade.time_precision {
        2 => 6,
        3 => 30,
        _ => 0,
    }
}

/// What a report does to a road as far as its location allows: somewhere in a cercle, or along whole corridors, is advisory.
pub(crate) const fn effect_shown(blockade: &Blockade) -> Effect {
    match blockade.location {
        Location::Area(_) | Location::Corridors(_) | Location::Cell(_) => Effect::Advisory,
        _ => blockade.effect,
    }
}
