//! Rules of blockade points: what happened, how many, and where.

use super::{members, position};
use crate::draft::Draft;
use crate::record::{Blockade, Claim, Counts, Location};
use crate::vocab::Direction;

pub(super) fn blockade(draft: &mut Draft<'_>) -> Option<Blockade> {
    let (subtype, temporality) = (draft.needed_word("subtype"), draft.needed_word("temporality"));
    let (effect, severity) = (draft.needed_word("effect"), draft.whole("severity", 0..=5));
    let severity = draft.needed("severity", severity);
    let (actor, attribution) = (members::actor(draft), draft.needed_word("attribution"));
    let location = draft.part("location", location);
    let location = draft.needed("location", location);
    Some(Blockade {
        time_precision: draft.whole("time_precision", 1..=3).unwrap_or(1),
        commodity: draft.words("commodity"),
        direction: draft.word("direction").unwrap_or(Direction::Both),
        escorted: draft.flag("escorted"),
        counts: draft.part("counts", counts),
        subtype: subtype?,
        temporality: temporality?,
        effect: effect?,
        severity: severity?,
        actor: actor?,
        attribution: attribution?,
        location: location?,
    })
}

fn location(draft: &mut Draft<'_>) -> Option<Location> {
    match draft.needed_text("method")?.as_str() {
        "between" => between(draft),
        "point" => {
            let (segment, near) = (draft.text("segment"), draft.text("near"));
            position(draft).map(|at| Location::Point { at, segment, near })
        }
        "place" => draft.needed_text("place").map(|place| Location::Places(vec![place])),
        "places" => Some(Location::Places(draft.needed_texts("places"))),
        "area" => {
            let cercle = draft.text("adm2");
            if cercle.is_none() {
                draft.note("adm2", "unlocated", "not even the cercle is known: the report has no place on the map");
            }
            Some(Location::Area(cercle))
        }
        "corridors" => Some(Location::Corridors(draft.needed_texts("corridors"))),
        other => {
            let message = format!("'{other}' is no way to locate; there are: between, point, place, places, area, corridors");
            draft.refuse("method", "unknown_word", message);
            None
        }
    }
}

fn between(draft: &mut Draft<'_>) -> Option<Location> {
    let corridor = draft.text("corridor");
    let (from, to) = (draft.needed_text("from"), draft.needed_text("to"));
    let (from, to) = (from?, to?);
    if from == to {
        draft.refuse(
            "to",
            "no_stretch",
            format!("nothing lies between '{from}' and itself; write method 'place' if it is there"),
        );
    }
    if corridor.is_none() {
        let message = "no corridor is named: drawn as a straight line, matches no segment";
        draft.note("corridor", "between_without_corridor", message);
    }
    Some(Location::Between { corridor, from, to })
}

/// `vehicles_low`, `vehicles_high` and so on for whatever is counted, and the claims behind them.
fn counts(draft: &mut Draft<'_>) -> Option<Counts> {
    let mut counts = Counts { claims: draft.parts("claims", claim), ..Counts::default() };
    for field in draft.fields() {
        if let Some(counted) = field.strip_suffix("_low") {
            counts.ranges.entry(counted.to_owned()).or_default().low = number(draft, field);
        } else if let Some(counted) = field.strip_suffix("_high") {
            counts.ranges.entry(counted.to_owned()).or_default().high = number(draft, field);
        }
    }
    for (counted, range) in &counts.ranges {
        if let (Some(low), Some(high)) = (range.low, range.high)
            && low > high
        {
            draft.refuse(
                &format!("{counted}_high"),
                "range_backwards",
                format!("{high} is less than {counted}_low, which is {low}"),
            );
        }
    }
    Some(counts)
}

fn number<'a>(draft: &mut Draft<'a>, field: &'a str) -> Option<u32> {
    draft.whole(field, 0..=i64::from(u32::MAX))
}

fn claim(draft: &mut Draft<'_>) -> Option<Claim> {
    let value = number(draft, "value");
    let (value, source) = (draft.needed("value", value), draft.needed_text("source"));
    Some(Claim { kind: draft.text("kind"), note: draft.text("note"), value: value?, source: source? })
}
