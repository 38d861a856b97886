//! Whether a change would change anything. What says the same makes no version.

use super::super::call::Call;
use super::super::item;
use crate::geojson::feature::write;
use crate::problem::Problem;
use roadblock_layers::import::feature::{self, Sent};
use roadblock_layers::layer::Asked;
use roadblock_layers::record::Source;
use roadblock_layers::store::{Subject, Version};
use roadblock_layers::time::Datetime;
use roadblock_layers::validate;
use serde_json::Value;

/// Whether a record says all that is sent, and its sources too, as those who ask are told of them.
pub(super) fn holds_already(call: &Call, layer: &str, newest: &Version, sent: &Sent) -> Result<bool, Problem> {
    let record = newest.record().map_err(|_damaged| Problem::internal())?;
    let is_same = !newest.withdrawn && validate::record(&sent.draft, "").0.is_some_and(|sent| sent.says_as(&record));
    if !is_same || sent.sources.is_empty() {
        return Ok(is_same);
    }
    let known = known_sources(call, layer, newest)?;
    Ok(sent.sources.iter().all(|draft| validate::source(draft, "").0.is_some_and(|source| known.contains(&source))))
}

/// The sources of a record in the world that is asked.
fn known_sources(call: &Call, layer: &str, newest: &Version) -> Result<Vec<Source>, Problem> {
    let Subject::Record(kind) = newest.subject else { return Ok(Vec::new()) };
    let published = call.layer(layer)?;
    let asked = Asked { datetime: Datetime::All, known_at: call.now, phases: None };
    let mut text = Vec::new();
    let feature = item::find(published, &newest.id, &asked).and_then(|number| published.layer.feature(number));
    let Some(feature) = feature else { return Ok(Vec::new()) };
    write(published, feature, &Datetime::All, &[], &mut text);
    let told: Value = serde_json::from_slice(&text).map_err(|_damaged| Problem::internal())?;
    let told = feature::draft(kind, Some(&newest.id), &told, "").map(|told| told.sources).unwrap_or_default();
    Ok(told.iter().filter_map(|draft| validate::source(draft, "").0).collect())
}
