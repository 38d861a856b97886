//! What changed between two moments: in the world, or only in what is known of it.

use super::put;
use super::roads::held_up;
use super::teller::{Leg, Teller};
use roadblock_layers::access::{Axis, Change, How, Inquiry, Moment, Rank, Subject};
use roadblock_layers::record::Record;
use serde_json::{Map, Value};

/// Adds the sentence of a change from one moment to another.
pub(in super::super) fn change(
    members: &mut Map<String, Value>,
    inquiry: &Inquiry<'_>,
    change: &Change,
    from: Moment,
    to: Moment,
) {
    let report = [&change.after, &change.before].into_iter().flatten().find_map(|how| match how {
        How::Holds(record) => Some(record),
        How::Is(_) => None,
    });
    match report {
        Some(record) => put(members, &inquiry.roads.network, |teller| {
            let word = format!("report.{}.{}", change.axis.as_str(), change.kind());
            moments(teller, &word, from, to, &[("report", &teller.report(record))])
        }),
        None => road(members, inquiry, change, from, to),
    }
}

fn road(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, change: &Change, from: Moment, to: Moment) {
    let rank = |how: &Option<How>| match how {
        Some(How::Is(rank)) => Some(*rank),
        Some(How::Holds(_)) | None => None,
    };
    let (before, after) = (rank(&change.before), rank(&change.after));
    let (legs, causes) = after.map(|_| grounds(inquiry, change, from, to)).unwrap_or_default();
    put(members, &inquiry.roads.network, |teller| {
        let axis = change.axis.as_str();
        let gaps = [("name", teller.name(&change.id)), ("before", teller.status(before)), ("after", teller.status(after))];
        let changed = moments(teller, &format!("change.{axis}"), from, to, &gaps);
        let grounds = teller.grounds(after.unwrap_or(Rank::Open), &legs, &causes);
        format!("{changed}{grounds} {}", teller.language.say(&format!("change.in.{axis}")))
    });
}

/// Where a road is as it is after a change, and the reports by which it is.
fn grounds<'r>(inquiry: &Inquiry<'r>, change: &Change, from: Moment, to: Moment) -> (Vec<Leg<'r>>, Vec<&'r Record>) {
    let datetime = match change.axis {
        Axis::World => to.datetime,
        Axis::Knowledge => from.datetime,
    };
    let status = match change.subject {
        Subject::Corridor => inquiry.chain(&change.id).map(|chain| inquiry.corridor(chain, &datetime)),
        Subject::Segment | Subject::Report => None,
    };
    match status {
        Some(status) => (held_up(&status), status.deciding()),
        None => {
            let segment = inquiry.segment(&change.id, &datetime);
            (Vec::new(), segment.map(|part| part.status.deciding().collect()).unwrap_or_default())
        }
    }
}

/// A text that tells of both moments.
fn moments(teller: &Teller<'_>, word: &str, from: Moment, to: Moment, more: &[(&str, &str)]) -> String {
    let (asked_from, asked_to) = (teller.when(&from.datetime), teller.when(&to.datetime));
    let (known_from, known_to) = (teller.language.day(from.known_at), teller.language.day(to.known_at));
    // What only became known is about the earlier of the two moments.
    let about = if word.ends_with("knowledge") { &asked_from } else { &asked_to };
    let gaps = [("from", asked_from.as_str()), ("to", about), ("known_from", &known_from), ("known_to", &known_to)];
    teller.fill(word, &[&gaps, more].concat())
}
