//! `/viewer.json`: what the map page needs to know of the world before it draws.

use super::call::Call;
use super::document;
use super::links::JSON;
use super::media::Media;
use crate::problem::Problem;
use crate::viewer::Asset;
use crate::world::{Dataset, Published, World, builtin};
use axum::response::Response;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{GeometryKind, LayerKind, PHASE_COLUMN};
use roadblock_layers::time::Instant;
use serde_json::{Value, json};

const DAY_S: i64 = 86_400;
/// Most bars that a time bar can show apart.
const MAX_BINS: i64 = 200;

/// Answers the state of the world.
pub async fn state(call: Call) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    Ok(document::answer(&call, Media::Json, JSON, "", &describe(&call.world)))
}

fn describe(world: &World) -> Value {
    let Dataset { title, description, default_datetime, disclaimer, french, .. } = &world.dataset;
    let range = range(&world.dataset);
    json!({
        "title": title,
        "description": description,
        "disclaimer": disclaimer,
        "title_fr": french.title,
        "description_fr": french.description,
        "disclaimer_fr": french.disclaimer,
        "default_datetime": default_datetime,
        "range": range.map(|(from, to)| json!({"from": from, "to": to})),
        "bounds": world.bounds().map(corners),
        "focus": focus(world).map(corners),
        "basemap": world.layer(builtin::BASEMAP).map(|basemap| json!({"attribution": basemap.layer.meta.attribution})),
        "layers": world.data_layers().map(|published| layer(published)).collect::<Vec<_>>(),
        "licences": Asset::address("licences.txt"),
        "histogram": range.map(|range| histogram(world, range)),
    })
}

fn corners(bounds: Bounds) -> [f64; 4] {
    [bounds.west, bounds.south, bounds.east, bounds.north]
}

/// What the first look is at: the reports and the areas, rather than a port a thousand kilometres away; all, where neither is.
fn focus(world: &World) -> Option<Bounds> {
    let is_subject = |published: &Published| is_reports(published) || published.layer.geometry_kind() == GeometryKind::Polygon;
    let domain = world.data_layers().filter(|published| published.layer.meta.kind == LayerKind::Domain);
    let subjects = domain.filter(|published| is_subject(published)).filter_map(|published| published.layer.bounds());
    subjects.reduce(|a, b| a.union(&b)).or_else(|| world.bounds())
}

fn layer(published: &Published) -> Value {
    let (layer, meta) = (&published.layer, &published.layer.meta);
    json!({
        "name": meta.name.as_str(),
        "title": meta.title,
        "description": meta.description,
        "kind": match meta.kind { LayerKind::Domain => "domain", LayerKind::Reference => "reference" },
        "geometry": layer.geometry_kind().as_str(),
        "attribution": meta.attribution,
        "count": layer.len(),
        "min_zoom": meta.min_zoom,
        "max_zoom": meta.max_zoom,
        "reports": is_reports(published),
    })
}

/// Whether the features of a layer are reports, which age.
pub fn is_reports(published: &Published) -> bool {
    published.layer.meta.kind == LayerKind::Domain && published.layer.schema.position(PHASE_COLUMN).is_some()
}

/// The stretch of time that the data speak about, if it has two ends.
fn range(dataset: &Dataset) -> Option<(Instant, Instant)> {
    dataset.time_range.from.zip(dataset.time_range.to)
}

/// How many reports begin in each step of the range: a day, or as many days as keep the bars apart.
fn histogram(world: &World, (from, to): (Instant, Instant)) -> Value {
    let days = (to.seconds() - from.seconds()).div_euclid(DAY_S).max(1);
    let step_s = (days + MAX_BINS - 1) / MAX_BINS * DAY_S;
    let bins = (to.seconds() - from.seconds() + step_s - 1) / step_s;
    let mut counts = vec![0_u32; usize::try_from(bins).unwrap_or_default()];
    let events = world
        .data_layers()
        .flat_map(|published| published.layer.features())
        .map(|(_, feature)| feature)
        .filter(|feature| feature.phases().is_some());
    for begin in events.filter_map(|event| event.valid().from) {
        let bin = usize::try_from((begin.seconds() - from.seconds()).div_euclid(step_s));
        if let Some(count) = bin.ok().and_then(|bin| counts.get_mut(bin)) {
            *count += 1;
        }
    }
    json!({"step_s": step_s, "counts": counts})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_of_the_built_in_data_that_begins_in_the_range_stands_in_a_bar() {
        let world = builtin::world(crate::http::sample::at("2026-02-01")).unwrap();
        let state = describe(&world);
        let counts: Vec<u64> = state["histogram"]["counts"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        assert_eq!(counts.len(), 91);
        let events = world
            .data_layers()
            .flat_map(|published| published.layer.features())
            .map(|(_, feature)| feature)
            .filter(|one| one.phases().is_some());
        let range = world.dataset.time_range;
        let begun = events.filter(|one| one.valid().from.is_some_and(|from| range.contains(from))).count();
        assert_eq!(counts.iter().sum::<u64>(), begun as u64);
        assert!(begun > 20, "{begun}");
    }
}
