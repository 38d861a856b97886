//! A report near a corridor: how far, on which side, and where along it.

use super::put;
use roadblock_layers::access::{Chain, Inquiry, Near, Nearness};
use serde_json::{Map, Value};

/// Adds the sentence of a report within a distance; of one in a cell no distance is told.
pub(in super::super) fn near(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, chain: &Chain, near: &Near, within_m: f64) {
    put(members, &inquiry.roads.network, |teller| {
        let report = teller.report(&near.record);
        let (nearness, within) = (teller.language.say(&format!("near.{}", near.nearness.as_str())), teller.length(within_m));
        let origin = chain.corridor.nodes.first().map_or("", |place| teller.name(place));
        let gaps = [("report", report.as_str()), ("nearness", nearness), ("within", &within), ("place", origin)];
        let Some(at) = near.at else { return teller.fill("near.cell", &gaps) };
        let word = if at.distance_m.round() > 0.0 { "near.off" } else { "near.on" };
        let side = match at.side {
            0 => "",
            1 => teller.language.say("near.left"),
            _ => teller.language.say("near.right"),
        };
        // What may be nearer than it looks, or farther, is told to be.
        let accuracy = near.record.common().accuracy_m.filter(|_| near.nearness == Nearness::Possible);
        let accuracy = accuracy.map(|accuracy_m| teller.fill("near.accuracy", &[("accuracy", &teller.length(accuracy_m))]));
        let accuracy = accuracy.unwrap_or_default();
        let (distance, along) = (teller.length(at.distance_m), teller.length(at.along_m));
        let more = [("distance", distance.as_str()), ("along", &along), ("side", side), ("accuracy", &accuracy)];
        teller.fill(word, &[gaps.as_slice(), &more].concat())
    });
}
