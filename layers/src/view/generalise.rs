//! Records said in less detail than they are known: a fixed cell or a leg for the place, a week or a day for the time, no words, another id.
//!
//! Nothing is drawn at random: what is random is averaged away. A cell depends on the position alone, and nothing depends on the question.

use crate::geometry;
use crate::record::{Blockade, Body, Cell, Common, Location, Network, Record};
use crate::time::{Instant, Interval};
use crate::vocab::Direction;
use geo_types::Geometry;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// Secret with which ids that might tell something are replaced; whoever has it can find out what an id was by trying.
#[derive(Debug, Clone, Copy)]
pub struct Rekey(pub [u8; 16]);

/// Monday, in days after a Thursday: the first of 1970 was one.
const MONDAY: i64 = 4;
const DAY: i64 = 1;
const WEEK: i64 = 7;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// All of a record but what only editors read.
pub(super) fn without_internal(record: &Record) -> Record {
    match record.common().notes_internal {
        None => record.clone(),
        Some(_) => record.with(Common { notes_internal: None, ..record.common().clone() }),
    }
}

/// A report as somewhere in a cell in some week, or in words if its place is not known as well as that.
pub(super) fn to_cell(record: &Record, seen: &dyn Network, rekey: Rekey) -> Record {
    let mut common = wordless(record, rekey, WEEK);
    common.known = by_weeks(common.known);
    let Body::Blockade(blockade) = record.body() else { return Record::accepted(common, record.body().clone()) };
    let is_known_well = record.common().accuracy_m.is_none_or(|accuracy_m| accuracy_m <= f64::from(Cell::SIDE_M));
    let location = match geometry::of(record, seen).filter(|_| is_known_well) {
        Some(Geometry::Point(point)) => {
            // Where a cell and a cercle overlap is a smaller place than either.
            (common.adm1_code, common.adm2_code, common.cod_version) = (None, None, None);
            Location::Cell(Cell::around(point.0))
        }
        _ => somewhere(&blockade.location, &common),
    };
    let blockade = Blockade { time_precision: blockade.time_precision.max(2), escorted: false, location, ..uncounted(blockade) };
    Record::accepted(common, Body::Blockade(blockade))
}

/// A report as somewhere on a leg on some day, or in its cercle if no leg is known.
pub(super) fn to_leg(record: &Record, seen: &dyn Network, rekey: Rekey) -> Record {
    let common = wordless(record, rekey, DAY);
    let Body::Blockade(blockade) = record.body() else { return Record::accepted(common, record.body().clone()) };
    let leg = match &blockade.location {
        Location::Point { segment, .. } => segment.as_deref().and_then(|segment| leg(segment, seen)),
        Location::Between { .. } => Some(blockade.location.clone()),
        _ => None,
    };
    let location = leg.unwrap_or_else(|| somewhere(&blockade.location, &common));
    Record::accepted(common, Body::Blockade(Blockade { location, ..uncounted(blockade) }))
}

/// A segment as a stretch of a corridor that uses it.
fn leg(segment: &str, seen: &dyn Network) -> Option<Location> {
    let leg = seen.segment(segment)?;
    let (corridor, _) = seen.corridors_over(segment).into_iter().next()?;
    Some(Location::Between { corridor: Some(corridor.to_owned()), from: leg.a.clone(), to: leg.b.clone() })
}

/// A place in words only.
fn somewhere(location: &Location, common: &Common) -> Location {
    match location {
        Location::Area(_) | Location::Corridors(_) => location.clone(),
        _ => Location::Area(common.adm2_code.clone()),
    }
}

/// What all records have, without anything that a person wrote, and with times in the world rounded to so many days.
fn wordless(record: &Record, rekey: Rekey, days: i64) -> Common {
    let common = record.common();
    let subtype = match record.body() {
        Body::Blockade(blockade) => blockade.subtype.as_str(),
        body => body.kind().as_str(),
    };
    Common {
        id: opaque(&common.id, rekey).into(),
        version: common.version,
        name: format!("Report, details withheld: {}", subtype.replace('_', " ")).into(),
        name_fr: None,
        valid: widened(common.valid, days),
        sources: Vec::new(),
        basis_note: Some("Place, date and sources are withheld".to_owned()),
        notes: None,
        notes_internal: None,
        last_confirmed: None,
        accuracy_m: None,
        generalised: true,
        ..common.clone()
    }
}

fn uncounted(blockade: &Blockade) -> Blockade {
    Blockade { counts: None, direction: Direction::Both, ..blockade.clone() }
}

/// An interval of whole days or weeks around another.
fn widened(interval: Interval, days: i64) -> Interval {
    Interval { from: interval.from.map(|from| floor(from, days)), to: interval.to.map(|to| ceiling(to, days)) }
}

/// The last moment up to `at` at which a day, or a week of so many days, began.
fn floor(at: Instant, days: i64) -> Instant {
    let (length, offset) = (days * MICROS_A_DAY, if days == WEEK { MONDAY * MICROS_A_DAY } else { 0 });
    Instant::from_micros(at.micros() - (at.micros() - offset).rem_euclid(length))
}

fn ceiling(at: Instant, days: i64) -> Instant {
    let floor = floor(at, days);
    if floor == at { at } else { floor.plus_days(days) }
}

/// When something is told to have been known, to the week: nothing is known earlier than it was, nor forgotten.
pub(super) fn by_weeks(known: Interval) -> Interval {
    Interval { from: known.from.map(week_after), to: known.to.map(week_after) }
}

/// The end of the week of a moment, or the moment if it is one.
pub(super) fn week_after(at: Instant) -> Instant {
    ceiling(at, WEEK)
}

/// Digits of an id that tells nothing, as given at import.
const OPAQUE_DIGITS: usize = 16;

/// An id that tells nothing: the record's own if it is one, else a digest that only the secret leads back from.
pub(super) fn opaque(id: &str, Rekey(secret): Rekey) -> String {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if id.strip_prefix("r-").is_some_and(|digits| digits.len() == OPAQUE_DIGITS && digits.bytes().all(is_digit)) {
        return id.to_owned();
    }
    let mut hasher = SipHasher13::new_with_key(&secret);
    hasher.write(id.as_bytes());
    format!("r-{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn weeks_begin_on_monday() {
        for (day, monday, next) in [
            ("2025-10-05T12:00:00Z", "2025-09-29", "2025-10-06"),
            ("2025-10-06", "2025-10-06", "2025-10-06"),
            ("1969-12-31T23:59:59Z", "1969-12-29", "1970-01-05"),
        ] {
            assert_eq!((floor(at(day), WEEK), ceiling(at(day), WEEK)), (at(monday), at(next)), "{day}");
        }
        assert_eq!(floor(at("2025-10-05T12:00:00Z"), DAY), at("2025-10-05"));
    }

    #[test]
    fn an_id_that_tells_something_is_replaced_and_one_that_does_not_stays() {
        let rekey = Rekey([7; 16]);
        assert_eq!(opaque("r-2799c9a73451ad00", rekey), "r-2799c9a73451ad00");
        let hidden = opaque("ev-1003-segou-bko", rekey);
        assert_eq!(hidden, opaque("ev-1003-segou-bko", rekey));
        assert_ne!(hidden, opaque("ev-1003-segou-bko", Rekey([8; 16])));
        assert!(hidden.starts_with("r-") && hidden.len() == "r-".len() + OPAQUE_DIGITS);
    }
}
