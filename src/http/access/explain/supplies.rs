//! A place that no supplies reach, and what would help.

use super::put;
use roadblock_layers::access::{CutOff, Inquiry, Threshold};
use serde_json::{Map, Value};

/// Adds the sentence of a place that is cut off.
pub(in super::super) fn cut_off(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, cut: &CutOff<'_>, threshold: Threshold) {
    put(members, &inquiry.roads.network, |teller| {
        let place = ("place", teller.name(cut.place));
        let Some(fewest) = &cut.fewest else { return teller.fill("cut.no_road", &[place]) };
        let by = teller.places(&teller.ends(cut.by.iter().copied()));
        let what = teller.fill(&format!("cut.{}", threshold.as_str()), &[place, ("legs", &by)]);
        let restoring = teller.ends(cut.restored_by.iter().copied());
        let (word, legs) = match restoring.as_slice() {
            [] => ("cut.fewest", teller.ends(fewest.iter().copied())),
            [_] => ("cut.restored_by.one", restoring),
            _ => ("cut.restored_by.any", restoring),
        };
        let helps = teller.fill(word, &[("n", &legs.len().to_string()), ("legs", &teller.legs(&legs))]);
        format!("{what} {helps}")
    });
}
