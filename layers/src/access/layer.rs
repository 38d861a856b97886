//! The layer `access`: each segment as it is by the rules as they stand unless asked otherwise, for any moment on both axes of time.
//!
//! A segment is a feature for each stretch of time in which its status is the same, and for each stretch of knowledge in which that was
//! known so; so it has times like every other layer, and tiles, items and downloads of it need nothing of their own.

use super::Access;
use super::cause::Cause;
use super::leg::Leg;
use super::look::{By, Look};
use super::parted::Turned;
use super::roads::Roads;
use super::rules::Terms;
use super::status::{Rank, Status};
use super::timeline::Stretch;
use crate::feature::{Feature, FeatureId};
use crate::features::Features;
use crate::layer::{Edit, Layer, LayerKind, LayerMeta, LayerName};
use crate::time::{Instant, Interval};
use crate::value::{Column, ColumnKind, Schema, Value};
use crate::view::{MAX_ZOOM, ViewLayer};
use crate::vocab::RouteClass;
use geo_types::Geometry;
use std::collections::{BTreeSet, HashMap};

/// Name of the layer.
pub const LAYER: &str = "access";

/// Name, kind, title and whether it travels in tiles.
const COLUMNS: [(&str, ColumnKind, &str, bool); 24] = [
    ("id", ColumnKind::Text, "Segment", true),
    ("kind", ColumnKind::Text, "What it is", true),
    ("name", ColumnKind::Text, "From and to", true),
    ("status", ColumnKind::Text, "open, restricted, closed, unknown", true),
    ("op_status", ColumnKind::Int, "UNSDI-T: 1 open, 2 restricted, 3 closed, 0 unknown", true),
    ("condition", ColumnKind::Text, "escort: passed under escort", true),
    ("certainty", ColumnKind::Text, "How sure what decided is", true),
    ("since", ColumnKind::Time, "Has been so since", true),
    ("expires_at", ColumnKind::Time, "Changes without any news at", false),
    ("stale", ColumnKind::Bool, "What decided has not been confirmed for long", true),
    ("rule", ColumnKind::Text, "The rule that applied", false),
    ("causes", ColumnKind::Int, "How many reports and statements count", true),
    ("cause_ids", ColumnKind::Json, "The reports that count, the gravest 50", false),
    ("route_class", ColumnKind::Text, "Primary or Secondary", true),
    ("corridors", ColumnKind::Json, "Corridors that use it", false),
    ("a", ColumnKind::Text, "One end", false),
    ("b", ColumnKind::Text, "Other end", false),
    ("length_m", ColumnKind::Float, "Geodesic length, m", false),
    ("valid_from", ColumnKind::Time, "Holds from", true),
    ("valid_to", ColumnKind::Time, "Holds until, exclusive", true),
    ("valid_from_s", ColumnKind::Int, "Holds from, seconds since 1970", true),
    ("valid_to_s", ColumnKind::Int, "Holds until, seconds since 1970", true),
    ("known_from", ColumnKind::Time, "Known so since", false),
    ("known_to", ColumnKind::Time, "Known so until, exclusive", false),
];

/// How many columns, the last, say when it was known so.
const KNOWN_COLUMNS: usize = 2;

/// Reports that a feature names, the gravest and nearest; it says how many there are.
const MOST_IDS: usize = 50;

/// The layer of an audience's access. `O(features)` beside the timelines of all segments.
pub fn layer(access: &Access, attribution: &str) -> ViewLayer {
    let ids: BTreeSet<&str> = access.leg_ids().collect();
    let features: Vec<Feature> = ids.into_iter().flat_map(|id| versions(access, id, None, Vec::new())).collect();
    let schema =
        Schema::new(COLUMNS.iter().map(|&(name, kind, title, _)| Column { name: name.into(), kind, title: title.to_owned() }));
    let tile_columns = (0..).zip(&COLUMNS).filter(|(_, (.., in_tiles))| *in_tiles).map(|(position, _)| position).collect();
    let meta = LayerMeta {
        name: LayerName::from_text(LAYER),
        title: "Access".to_owned(),
        description: "Road segments by whether they can be passed, worked out from reports and statements; no news is never open"
            .to_owned(),
        attribution: attribution.to_owned(),
        kind: LayerKind::Domain,
        tile_columns,
        min_zoom: 0,
        max_zoom: MAX_ZOOM,
        is_simplified: true,
    };
    ViewLayer { features: Features::of(features, COLUMNS.len()), meta, schema }
}

/// What the layer says from now on of each segment of which something else is told: what was known before stays. Costs as much as is told of these
/// segments from then on.
pub fn edits(access: &Access, turned: &Turned, shown: &Layer) -> Vec<Edit> {
    let edit = |(id, since): (&String, &Option<Instant>)| {
        let (name, since) = (FeatureId::Text(id.as_str().into()), *since);
        let standing = since.map_or_else(Vec::new, |since| standing(shown, &name, since));
        Edit { id: name, since, versions: versions(access, id, since, standing) }
    };
    turned.iter().map(edit).collect()
}

/// What is shown of a segment and was known until a moment, or is still, as if it had ended then.
fn standing(shown: &Layer, id: &FeatureId, at: Instant) -> Vec<Feature> {
    let numbers = shown.versions_since(id, Some(at)).into_iter();
    let features = numbers.filter_map(|number| shown.feature(number)).filter(|feature| feature.known().from < Some(at));
    features.map(|feature| cut(feature.to_feature(), at)).collect()
}

/// The versions of a segment that are known at a moment or later, at all moments without one; `standing` until the moment, and of those what goes
/// on goes on.
fn versions(access: &Access, id: &str, since: Option<Instant>, mut standing: Vec<Feature>) -> Vec<Feature> {
    let asked = Interval { from: since, to: None };
    for roads in access.epochs() {
        if let Some(leg) = roads.leg(id).and_then(|number| roads.legs.get(number)) {
            of_leg(leg, roads, &asked, &mut standing);
        }
    }
    standing.into_iter().map(dated).collect()
}

/// A stretch of a leg's time with the run of stretches as bad as it, by what is known since the last turn, and where its feature is.
struct Told<'r> {
    status: Status<'r>,
    run: Interval,
    feature: usize,
}

/// Adds what is told of a leg while the network is known as it is, as far as that is asked for; what goes on from before goes on.
fn of_leg(leg: &Leg, roads: &Roads, asked: &Interval, features: &mut Vec<Feature>) {
    let Some(known) = roads.known.common(&leg.known).and_then(|known| known.common(asked)) else { return };
    let evidence = leg.evidence.iter().flat_map(|evidence| [evidence.known().from, evidence.known().to]).flatten();
    let turns: BTreeSet<Instant> = evidence.filter(|turn| known.contains(*turn) && Some(*turn) != known.from).collect();
    let begins = std::iter::once(known.from).chain(turns.iter().copied().map(Some));
    let ends = turns.iter().copied().map(Some).chain([known.to]);
    let mut before: HashMap<Interval, Told<'_>> = HashMap::new();
    for (from, to) in begins.zip(ends) {
        let known_at = from.unwrap_or(Instant::MIN);
        let look = Look { leg, terms: Terms::default(), known_at, by: By::Known, audience: roads.audience };
        let stretches = look.stretches();
        let mut now = HashMap::new();
        for (number, stretch) in stretches.iter().enumerate() {
            let (time, run) = (stretch.time, run(&stretches, number));
            let goes_on = before.remove(&time).filter(|told| told.run == run && told.status == stretch.status);
            let place = goes_on
                .map_or_else(|| place(features, feature(leg, roads, stretch, run, Interval { from, to })), |told| told.feature);
            features.get_mut(place).into_iter().for_each(|feature| feature.known.to = to);
            now.insert(time, Told { status: stretch.status.clone(), run, feature: place });
        }
        before = now;
    }
}

/// Where a feature is: that which says the same and ends as this one begins, else at the end.
fn place(features: &mut Vec<Feature>, new: Feature) -> usize {
    let is_same = |before: &Feature| {
        before.known.to == new.known.from
            && before.valid == new.valid
            && before.geometry == new.geometry
            && before.values == new.values
    };
    // Neither is dated yet.
    let before = new.known.from.and_then(|_| features.iter().rposition(is_same));
    before.unwrap_or_else(|| {
        features.push(new);
        features.len() - 1
    })
}

/// The stretches around one that are as bad as it.
fn run(all: &[Stretch<'_>], number: usize) -> Interval {
    let rank = all.get(number).map(|stretch| stretch.status.rank);
    let is_same = |other: &&Stretch<'_>| Some(other.status.rank) == rank;
    let from = all.iter().take(number + 1).rev().take_while(is_same).last().and_then(|first| first.time.from);
    let to = all.iter().skip(number).take_while(is_same).last().and_then(|last| last.time.to);
    Interval { from, to }
}

fn feature(leg: &Leg, roads: &Roads, stretch: &Stretch<'_>, run: Interval, known: Interval) -> Feature {
    let status = &stretch.status;
    let counted = || status.causes.iter().filter(|cause| cause.counted);
    let ids: BTreeSet<&str> = counted().filter_map(Cause::id).take(MOST_IDS).collect();
    let network = &roads.network;
    let class = network.corridors_over(&leg.id).map(|(_, corridor)| corridor.route_class).min();
    let values: [Value; COLUMNS.len()] = [
        leg.id.as_str().into(),
        LAYER.into(),
        format!("{} – {}", network.name_of(&leg.a), network.name_of(&leg.b)).as_str().into(),
        status.rank.as_str().into(),
        i64::from(status.rank.op_status().code()).into(),
        status.is_escorted.then_some("escort").into(),
        (status.rank != Rank::Unknown).then(|| status.certainty.as_str()).into(),
        time(run.from),
        time(run.to),
        status.is_stale.into(),
        status.rule.as_str().into(),
        i64::try_from(counted().count()).unwrap_or(i64::MAX).into(),
        list(ids.into_iter()),
        class.map(RouteClass::as_str).into(),
        list(network.corridors_over(&leg.id).map(|(id, _)| id)),
        leg.a.as_str().into(),
        leg.b.as_str().into(),
        ((leg.length_m * 10.0).round() / 10.0).into(),
        time(stretch.time.from),
        time(stretch.time.to),
        stretch.time.from.map(Instant::seconds).into(),
        stretch.time.to.map(Instant::seconds).into(),
        Value::Null,
        Value::Null,
    ];
    Feature {
        id: FeatureId::Text(leg.id.as_str().into()),
        geometry: Some(Geometry::LineString(leg.line.clone())),
        values: values.into(),
        valid: stretch.time,
        known,
        phases: None,
    }
}

/// The feature as if it had been known until a moment, before that is written into it.
fn cut(mut feature: Feature, at: Instant) -> Feature {
    feature.known.to = Some(at);
    feature.values.iter_mut().rev().take(KNOWN_COLUMNS).for_each(|value| *value = Value::Null);
    feature
}

/// The feature with the stretch in which it was known, once that is known whole.
fn dated(mut feature: Feature) -> Feature {
    let ends: [_; KNOWN_COLUMNS] = [feature.known.to, feature.known.from];
    feature.values.iter_mut().rev().zip(ends).for_each(|(value, end)| *value = exact(end));
    feature
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    Value::from_json(words.map(serde_json::Value::from).collect())
}

fn time(at: Option<Instant>) -> Value {
    at.map(|at| at.to_string()).as_deref().into()
}

fn exact(at: Option<Instant>) -> Value {
    at.map(Instant::exact).as_deref().into()
}
