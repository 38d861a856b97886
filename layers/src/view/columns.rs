//! The columns of the domain layers: name, kind of value, title, which layers have it, and how it is read off a record.

use super::is_vague;
use crate::record::{Area, Blockade, Body, Corridor, Location, Place, Record, Records, Segment, Source};
use crate::time::Instant;
use crate::value::{Column, ColumnKind, Value};
use crate::vocab::{Certainty, Effect, Kind, RouteClass, Temporality};
use serde_json::json;
use std::sync::Arc;

/// One column.
pub(super) struct Spec {
    name: &'static str,
    kind: ColumnKind,
    title: &'static str,
    of: &'static [Kind],
    /// Whether it travels in tiles.
    pub(super) in_tiles: bool,
    /// Its value for a record, resolved among what the audience sees.
    pub(super) value: fn(&Record, &Records) -> Value,
}

impl Spec {
    pub(super) fn column(&self) -> Column {
        Column { name: self.name.into(), kind: self.kind, title: self.title.to_owned() }
    }

    const fn tile(
        name: &'static str,
        kind: ColumnKind,
        title: &'static str,
        of: &'static [Kind],
        value: fn(&Record, &Records) -> Value,
    ) -> Self {
        Self { name, kind, title, of, in_tiles: true, value }
    }

    const fn item(
        name: &'static str,
        kind: ColumnKind,
        title: &'static str,
        of: &'static [Kind],
        value: fn(&Record, &Records) -> Value,
    ) -> Self {
        Self { name, kind, title, of, in_tiles: false, value }
    }
}

/// Columns of the layer of a kind, in order.
pub(super) fn of(kind: Kind) -> impl Iterator<Item = &'static Spec> {
    COLUMNS.iter().filter(move |spec| spec.of.contains(&kind))
}

const ALL: &[Kind] = &[Kind::Blockade, Kind::Area, Kind::Corridor, Kind::Segment, Kind::Place];
const REPORTS: &[Kind] = &[Kind::Blockade, Kind::Area];
const BLOCKADE: &[Kind] = &[Kind::Blockade];
const AREA: &[Kind] = &[Kind::Area];
const CORRIDOR: &[Kind] = &[Kind::Corridor];
const SEGMENT: &[Kind] = &[Kind::Segment];
const ROADS: &[Kind] = &[Kind::Corridor, Kind::Segment];
const PLACE: &[Kind] = &[Kind::Place];

static COLUMNS: &[Spec] = &[
    Spec::tile("id", ColumnKind::Text, "Stable name", ALL, |record, _| record.common.id.as_str().into()),
    Spec::tile("kind", ColumnKind::Text, "What it is", ALL, |record, _| record.body.kind().as_str().into()),
    Spec::tile("subtype", ColumnKind::Text, "What it is, more closely", ALL, subtype),
    Spec::tile("name", ColumnKind::Text, "Name", ALL, |record, _| record.common.name.as_str().into()),
    Spec::tile("name_fr", ColumnKind::Text, "French name", ALL, |record, _| record.common.name_fr.as_deref().into()),
    Spec::tile("phase", ColumnKind::Text, "Freshness on the asked day: active, recent, past", BLOCKADE, |record, _| {
        // Events get theirs from their windows; a state is active as long as it is valid.
        blockade(record, |blockade| (blockade.temporality == Temporality::State).then_some("active").into())
    }),
    Spec::tile("effect", ColumnKind::Text, "closes, restricts, advisory, passage", BLOCKADE, |record, _| {
        blockade(record, |blockade| effect_shown(blockade).as_str().into())
    }),
    Spec::tile("severity", ColumnKind::Int, "ACAPS 0 none to 5 extreme", BLOCKADE, |record, _| {
        blockade(record, |blockade| i64::from(blockade.severity).into())
    }),
    Spec::tile("certainty", ColumnKind::Text, "observed, likely, possible, unlikely", ALL, |record, _| {
        let certainty = record.common.certainty;
        (certainty != Certainty::Unknown).then(|| certainty.as_str()).into()
    }),
    Spec::tile("actor", ColumnKind::Text, "Code of the actor", REPORTS, actor),
    Spec::item("attribution", ColumnKind::Text, "On what the naming of the actor rests", REPORTS, attribution),
    Spec::tile("valid_from", ColumnKind::Time, "Holds from", ALL, |record, _| time(record.common.valid.from)),
    Spec::tile("valid_to", ColumnKind::Time, "Holds until, exclusive", ALL, |record, _| time(record.common.valid.to)),
    Spec::tile("valid_from_s", ColumnKind::Int, "Holds from, seconds since 1970", ALL, |record, _| {
        seconds(record.common.valid.from)
    }),
    Spec::tile("valid_to_s", ColumnKind::Int, "Holds until, seconds since 1970", ALL, |record, _| {
        seconds(record.common.valid.to)
    }),
    Spec::item("recorded_at", ColumnKind::Time, "Known since", ALL, |record, _| time(record.common.known.from)),
    Spec::item("superseded_at", ColumnKind::Time, "Known until, exclusive", ALL, |record, _| time(record.common.known.to)),
    Spec::item("last_confirmed", ColumnKind::Time, "Last said to hold", REPORTS, |record, _| time(record.common.last_confirmed)),
    Spec::item("version", ColumnKind::Int, "Number of the version", ALL, |record, _| i64::from(record.common.version).into()),
    Spec::item("temporality", ColumnKind::Text, "event or state", BLOCKADE, |record, _| {
        blockade(record, |blockade| blockade.temporality.as_str().into())
    }),
    Spec::item("time_precision", ColumnKind::Int, "1 day, 2 week, 3 month", BLOCKADE, |record, _| {
        blockade(record, |blockade| i64::from(blockade.time_precision).into())
    }),
    Spec::item("commodity", ColumnKind::Json, "What it is about", BLOCKADE, |record, _| {
        blockade(record, |blockade| list(blockade.commodity.iter().map(|commodity| commodity.as_str())))
    }),
    Spec::item("direction", ColumnKind::Text, "Which way of the road", BLOCKADE, |record, _| {
        blockade(record, |blockade| blockade.direction.as_str().into())
    }),
    Spec::item("escorted", ColumnKind::Bool, "Passage under escort", BLOCKADE, |record, _| {
        blockade(record, |blockade| blockade.escorted.into())
    }),
    Spec::item("counts", ColumnKind::Json, "Vehicles and fatalities as published", BLOCKADE, |record, _| {
        blockade(record, |blockade| blockade.counts.clone().map_or(Value::Null, Value::from_json))
    }),
    Spec::item("location", ColumnKind::Json, "How it is located", BLOCKADE, |record, _| {
        blockade(record, |blockade| Value::from_json(location(&blockade.location)))
    }),
    Spec::tile("area_class", ColumnKind::Text, "control, support, contested, attack", AREA, |record, _| {
        area(record, |area| area.class.as_str().into())
    }),
    Spec::item("claimed", ColumnKind::Bool, "The actor claims it", AREA, |record, _| area(record, |area| area.claimed.into())),
    Spec::item("basis", ColumnKind::Text, "Where the shape comes from", AREA, |record, _| {
        area(record, |area| area.basis.as_str().into())
    }),
    Spec::item("adm2_codes", ColumnKind::Json, "P-codes of the cercles meant", AREA, |record, _| {
        area(record, |area| list(area.adm2_codes.iter().map(String::as_str)))
    }),
    Spec::tile("route_class", ColumnKind::Text, "Primary or Secondary", ROADS, |record, all| route_class(record, all)),
    Spec::item("mode", ColumnKind::Text, "What moves along it", CORRIDOR, |record, _| {
        corridor(record, |chain| chain.mode.as_str().into())
    }),
    Spec::item("nodes", ColumnKind::Json, "Places in order towards the destination", CORRIDOR, |record, _| {
        corridor(record, |chain| list(chain.nodes.iter().map(String::as_str)))
    }),
    Spec::item("segments", ColumnKind::Json, "Segments in order", CORRIDOR, |record, _| {
        corridor(record, |chain| list(chain.segments.iter().map(String::as_str)))
    }),
    Spec::item("road_refs", ColumnKind::Json, "Road numbers", CORRIDOR, |record, _| {
        corridor(record, |chain| list(chain.road_refs.iter().map(String::as_str)))
    }),
    Spec::item("published_length_km", ColumnKind::Float, "Length as published, km", CORRIDOR, |record, _| {
        corridor(record, |chain| chain.published_length_km.into())
    }),
    Spec::item("a", ColumnKind::Text, "One end", SEGMENT, |record, _| segment(record, |leg| leg.a.as_str().into())),
    Spec::item("b", ColumnKind::Text, "Other end", SEGMENT, |record, _| segment(record, |leg| leg.b.as_str().into())),
    Spec::item("geometry_accuracy_m", ColumnKind::Float, "How far the line may lie from the road, m", SEGMENT, |record, _| {
        segment(record, |leg| leg.geometry_accuracy_m.into())
    }),
    Spec::item("is_supply_node", ColumnKind::Bool, "Supplies come from here", PLACE, |record, _| {
        place(record, |place| place.is_supply_node.into())
    }),
    Spec::item("accuracy_m", ColumnKind::Float, "Radius of the true position, m", ALL, |record, _| {
        record.common.accuracy_m.into()
    }),
    Spec::item("adm0", ColumnKind::Text, "Country, ISO 3166-1 alpha-3", ALL, |record, _| record.common.adm0.as_deref().into()),
    Spec::item("adm2_code", ColumnKind::Text, "P-code of the cercle", ALL, |record, _| record.common.adm2_code.as_deref().into()),
    Spec::item("cod_version", ColumnKind::Text, "Edition of the p-codes", ALL, |record, _| {
        record.common.cod_version.as_deref().into()
    }),
    Spec::item("sources", ColumnKind::Json, "Who says so", ALL, |record, all| Value::from_json(sources(record, all))),
    Spec::item("notes", ColumnKind::Text, "For readers", ALL, |record, _| record.common.notes.as_deref().into()),
];

/// What a report does to a road as far as its location allows: somewhere in a cercle, or along whole corridors, is advisory.
pub fn effect_shown(blockade: &Blockade) -> Effect {
    if is_vague(blockade) { Effect::Advisory } else { blockade.effect }
}

fn subtype(record: &Record, all: &Records) -> Value {
    match &record.body {
        Body::Blockade(blockade) => blockade.subtype.as_str().into(),
        Body::Area(area) => area.class.as_str().into(),
        Body::Place(place) => place.role.as_str().into(),
        Body::Corridor(_) | Body::Segment(_) => route_class(record, all),
    }
}

/// Of a segment: the class of the most important corridor that uses it.
fn route_class(record: &Record, all: &Records) -> Value {
    let using = |chain: &&Corridor| chain.segments.contains(&record.common.id);
    match &record.body {
        Body::Corridor(chain) => chain.route_class.as_str().into(),
        Body::Segment(_) => {
            let corridors = all.of(Kind::Corridor).filter_map(|other| all.corridor(&other.common.id)).filter(using);
            corridors.map(|chain| chain.route_class).min().map(RouteClass::as_str).into()
        }
        _ => Value::Null,
    }
}

fn actor(record: &Record, _: &Records) -> Value {
    match &record.body {
        Body::Blockade(blockade) => blockade.actor.as_str().into(),
        Body::Area(area) => area.actor.as_str().into(),
        _ => Value::Null,
    }
}

fn attribution(record: &Record, _: &Records) -> Value {
    match &record.body {
        Body::Blockade(blockade) => blockade.attribution.as_str().into(),
        Body::Area(area) => area.attribution.as_str().into(),
        _ => Value::Null,
    }
}

fn blockade(record: &Record, read: impl FnOnce(&Blockade) -> Value) -> Value {
    if let Body::Blockade(blockade) = &record.body { read(blockade) } else { Value::Null }
}

fn area(record: &Record, read: impl FnOnce(&Area) -> Value) -> Value {
    if let Body::Area(area) = &record.body { read(area) } else { Value::Null }
}

fn corridor(record: &Record, read: impl FnOnce(&Corridor) -> Value) -> Value {
    if let Body::Corridor(chain) = &record.body { read(chain) } else { Value::Null }
}

fn segment(record: &Record, read: impl FnOnce(&Segment) -> Value) -> Value {
    if let Body::Segment(leg) = &record.body { read(leg) } else { Value::Null }
}

fn place(record: &Record, read: impl FnOnce(&Place) -> Value) -> Value {
    if let Body::Place(place) = &record.body { read(place) } else { Value::Null }
}

fn time(instant: Option<Instant>) -> Value {
    instant.map_or(Value::Null, |instant| Value::Text(instant.to_string().into()))
}

fn seconds(instant: Option<Instant>) -> Value {
    instant.map(Instant::seconds).into()
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    Value::Json(Arc::new(words.collect::<Vec<_>>().into()))
}

fn location(location: &Location) -> serde_json::Value {
    match location {
        Location::Between { corridor, from, to } => json!({"method": "between", "corridor": corridor, "from": from, "to": to}),
        Location::Point { segment, near, .. } => json!({"method": "point", "segment": segment, "near": near}),
        Location::Places(places) => json!({"method": "places", "places": places}),
        Location::Area(code) => json!({"method": "area", "adm2": code}),
        Location::Corridors(names) => json!({"method": "corridors", "corridors": names}),
    }
}

/// The sources of a record in full; where none of the table is named, what else the content rests on.
fn sources(record: &Record, all: &Records) -> serde_json::Value {
    let named = record.common.sources.iter().filter_map(|id| all.sources.get(id)).map(source);
    let noted = record.common.basis_note.iter().map(|note| json!({"title": note}));
    named.chain(noted).collect()
}

fn source(source: &Source) -> serde_json::Value {
    let day = source.published_on.map(|day| day.to_string().chars().take("2025-10-22".len()).collect::<String>());
    json!({
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published_on": day,
        "lang": source.lang,
        "scale": source.scale,
        "reliability": source.reliability,
    })
}
