//! How long a report keeps its effect, in days since the event. The lengths are a choice, not a measurement.

use crate::phase::PhaseWindows;
use crate::record::{Blockade, Body, Location, Record};
use crate::vocab::{Effect, Subtype, Temporality};

/// Days until an event is no longer active, and until it is no longer recent.
type Days = (u16, u16);

const CLOSES: Days = (7, 21);
const RESTRICTS: Days = (14, 14);
/// A road blocked for a while is soon free again.
const ROADBLOCK: Days = (3, 3);
const PASSAGE: Days = (14, 14);
/// What has no effect on a road is still news for a week.
const ADVISORY: Days = (7, 7);

/// The windows of an event; states and what is no report have none.
pub(super) fn of(record: &Record) -> Option<PhaseWindows> {
    let Body::Blockade(blockade) = record.body() else { return None };
    if blockade.temporality == Temporality::State {
        return None;
    }
    let (active, recent) = match (effect_shown(blockade), blockade.subtype) {
        (Effect::Closes, _) => CLOSES,
        (Effect::Restricts, Subtype::Roadblock) => ROADBLOCK,
        (Effect::Restricts, _) => RESTRICTS,
        (Effect::Passage, _) => PASSAGE,
        (Effect::Advisory, _) => ADVISORY,
    };
    let longer = days_unsure(blockade);
    Some(PhaseWindows::from_days(record.common().valid.from?, active + longer, recent + longer))
}

/// Of a week or a month only the first day is known: the event may have been on the last.
pub(super) const fn days_unsure(blockade: &Blockade) -> u16 {
    match blockade.time_precision {
        2 => 6,
        3 => 30,
        _ => 0,
    }
}

/// What a report does to a road as far as its location allows: somewhere in a cercle, or along whole corridors, is advisory.
pub(super) const fn effect_shown(blockade: &Blockade) -> Effect {
    match blockade.location {
        Location::Area(_) | Location::Corridors(_) | Location::Cell(_) => Effect::Advisory,
        _ => blockade.effect,
    }
}
