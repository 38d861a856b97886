//! What whoever watches is told: what a corridor became, or whether a place can be supplied.

use super::put;
use super::roads::{after, held_up, next};
use roadblock_layers::access::{Alert, CorridorStatus, Inquiry, Rank, Watched};
use serde_json::{Map, Value};

/// Adds the sentence of an alert; `status` is that of the corridor, unless it is a place or is not on record any more.
pub(in super::super) fn alert(
    members: &mut Map<String, Value>,
    inquiry: &Inquiry<'_>,
    alert: &Alert,
    status: Option<&CorridorStatus<'_>>,
) {
    put(members, &inquiry.roads.network, |teller| {
        let (name, date) = (teller.name(&alert.id), teller.language.day(alert.at));
        let gaps = [("name", name), ("date", date.as_str())];
        match (alert.watched, status) {
            (Watched::Corridor, status) => {
                let rank = status.map(|status| status.rank);
                let more = [("before", teller.status(Some(alert.before))), ("after", teller.status(rank))];
                let became = teller.fill("alert.corridor", &[gaps.as_slice(), &more].concat());
                let Some(status) = status else { return became + "." };
                let grounds = teller.grounds(status.rank, &held_up(status), &status.deciding());
                format!("{became}{grounds}{}", next(teller, after(inquiry, status), inquiry.known_at))
            }
            (Watched::Place, _) if alert.after.rank == Rank::Closed => {
                let legs = teller.places(&teller.ends(alert.after.segments.iter().map(String::as_str)));
                teller.fill("alert.cut_off", &[gaps.as_slice(), &[("legs", &legs)]].concat())
            }
            (Watched::Place, _) => teller.fill("alert.reachable", &gaps),
        }
    });
}
