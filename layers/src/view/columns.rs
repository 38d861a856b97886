//! The columns of the domain layers: name, kind of value, title, which layers have it, and how it is read off a record.

use super::nested;
use crate::record::{Area, Blockade, Body, Cell, Corridor, Location, Network, Place, Record, Segment};
use crate::time::Instant;
use crate::value::{Column, ColumnKind, Value};
use crate::vocab::{Audience, Certainty, Kind, RouteClass, Temporality, actor_name};
use crate::windows::effect_shown;

/// One column.
pub(super) struct Spec {
    name: &'static str,
    kind: ColumnKind,
    title: &'static str,
    of: &'static [Kind],
    /// Whether it travels in tiles.
    pub(super) in_tiles: bool,
    /// Its value for a record, resolved among what the audience sees.
    pub(super) value: fn(&Record, &dyn Network) -> Value,
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
        value: fn(&Record, &dyn Network) -> Value,
    ) -> Self {
        Self { name, kind, title, of, in_tiles: true, value }
    }

    const fn item(
        name: &'static str,
        kind: ColumnKind,
        title: &'static str,
        of: &'static [Kind],
        value: fn(&Record, &dyn Network) -> Value,
    ) -> Self {
        Self { name, kind, title, of, in_tiles: false, value }
    }
}

/// Columns of the layer of a kind as an audience sees it, in order.
pub(super) fn of(kind: Kind, audience: Audience) -> impl Iterator<Item = &'static Spec> {
    let for_editors = EDITORS.iter().filter(move |_| audience == Audience::Editor);
    COLUMNS.iter().chain(for_editors).filter(move |spec| spec.of.contains(&kind))
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
    Spec::tile("id", ColumnKind::Text, "Stable name", ALL, |record, _| (&record.common().id).into()),
    Spec::tile("kind", ColumnKind::Text, "What it is", ALL, |record, _| record.body().kind().as_str().into()),
    Spec::tile("subtype", ColumnKind::Text, "What it is, more closely", ALL, subtype),
    Spec::tile("name", ColumnKind::Text, "Name", ALL, |record, _| (&record.common().name).into()),
    Spec::tile("name_fr", ColumnKind::Text, "French name", ALL, |record, _| record.common().name_fr.as_deref().into()),
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
        let certainty = record.common().certainty;
        (certainty != Certainty::Unknown).then(|| certainty.as_str()).into()
    }),
    Spec::tile("actor", ColumnKind::Text, "Code of the actor", REPORTS, |record, _| actor_code(record).into()),
    Spec::item("actor_name", ColumnKind::Text, "Actor", REPORTS, |record, _| actor_code(record).and_then(actor_name).into()),
    Spec::tile("attribution", ColumnKind::Text, "On what the naming of the actor rests", REPORTS, attribution),
    Spec::tile("valid_from", ColumnKind::Time, "Holds from", ALL, |record, _| time(record.common().valid.from)),
    Spec::tile("valid_to", ColumnKind::Time, "Holds until, exclusive", ALL, |record, _| time(record.common().valid.to)),
    Spec::tile("valid_from_s", ColumnKind::Int, "Holds from, seconds since 1970", ALL, |record, _| {
        seconds(record.common().valid.from)
    }),
    Spec::tile("valid_to_s", ColumnKind::Int, "Holds until, seconds since 1970", ALL, |record, _| {
        seconds(record.common().valid.to)
    }),
    Spec::item("recorded_at", ColumnKind::Time, "Known since", ALL, |record, _| exact(record.common().known.from)),
    Spec::item("superseded_at", ColumnKind::Time, "Known until, exclusive", ALL, |record, _| exact(record.common().known.to)),
    Spec::item("last_confirmed", ColumnKind::Time, "Last said to hold", ALL, |record, _| time(record.common().last_confirmed)),
    Spec::item("version", ColumnKind::Int, "Number of the version", ALL, |record, _| i64::from(record.common().version).into()),
    Spec::item("temporality", ColumnKind::Text, "event or state", BLOCKADE, |record, _| {
        blockade(record, |blockade| blockade.temporality.as_str().into())
    }),
    Spec::item("time_precision", ColumnKind::Int, "1 day, 2 week, 3 month", BLOCKADE, |record, _| {
        blockade(record, |blockade| i64::from(blockade.time_precision).into())
    }),
    Spec::item("commodity", ColumnKind::Json, "What it is about", BLOCKADE, |record, _| {
        blockade(record, |blockade| nested::list(blockade.commodity.iter().map(|commodity| commodity.as_str())))
    }),
    Spec::item("direction", ColumnKind::Text, "Which way of the road", BLOCKADE, |record, _| {
        blockade(record, |blockade| blockade.direction.as_str().into())
    }),
    Spec::item("escorted", ColumnKind::Bool, "Passage under escort", BLOCKADE, |record, _| {
        blockade(record, |blockade| blockade.escorted.into())
    }),
    Spec::item("counts", ColumnKind::Json, "Vehicles and fatalities as published", BLOCKADE, |record, _| {
        blockade(record, |blockade| nested::counts(blockade.counts.as_ref()))
    }),
    Spec::item("location", ColumnKind::Json, "How it is located", BLOCKADE, |record, all| {
        blockade(record, |blockade| nested::location(&blockade.location, all))
    }),
    Spec::tile("area_class", ColumnKind::Text, "control, support, contested, attack", AREA, |record, _| {
        area(record, |area| area.class.as_str().into())
    }),
    Spec::tile("claimed", ColumnKind::Bool, "The actor claims it", AREA, |record, _| area(record, |area| area.claimed.into())),
    Spec::item("basis", ColumnKind::Text, "Where the shape comes from", AREA, |record, _| {
        area(record, |area| area.basis.as_str().into())
    }),
    Spec::item("adm2_codes", ColumnKind::Json, "P-codes of the cercles meant", AREA, |record, _| {
        area(record, |area| nested::list(area.adm2_codes.iter().map(String::as_str)))
    }),
    Spec::tile("route_class", ColumnKind::Text, "Primary or Secondary", ROADS, route_class),
    Spec::item("mode", ColumnKind::Text, "What moves along it", CORRIDOR, |record, _| {
        corridor(record, |chain| chain.mode.as_str().into())
    }),
    Spec::item("nodes", ColumnKind::Json, "Places in order towards the destination", CORRIDOR, |record, all| {
        corridor(record, |chain| nested::list(nested::seen(&chain.nodes, all)))
    }),
    Spec::item("segments", ColumnKind::Json, "Segments in order", CORRIDOR, |record, all| {
        corridor(record, |chain| nested::list(nested::seen(&chain.segments, all)))
    }),
    Spec::item("road_refs", ColumnKind::Json, "Road numbers", CORRIDOR, |record, _| {
        corridor(record, |chain| nested::list(chain.road_refs.iter().map(String::as_str)))
    }),
    Spec::item("published_length_km", ColumnKind::Float, "Length as published, km", CORRIDOR, |record, _| {
        corridor(record, |chain| chain.published_length_km.into())
    }),
    Spec::item("a", ColumnKind::Text, "One end", SEGMENT, |record, all| segment(record, |leg| end(&leg.a, all))),
    Spec::item("b", ColumnKind::Text, "Other end", SEGMENT, |record, all| segment(record, |leg| end(&leg.b, all))),
    Spec::item("corridors", ColumnKind::Json, "Corridors that use it", SEGMENT, |record, all| {
        nested::list(all.corridors_over(record.id()).into_iter().map(|(id, _)| id))
    }),
    Spec::item("practicability", ColumnKind::Int, "UNSDI-T, 1 non-motorised to 6 truck and trailer", SEGMENT, |record, _| {
        segment(record, |leg| leg.practicability.map(i64::from).into())
    }),
    Spec::item("surface", ColumnKind::Text, "Surface", SEGMENT, |record, _| segment(record, |leg| leg.surface.as_deref().into())),
    Spec::item("seasonal", ColumnKind::Bool, "Not passable in the rains", SEGMENT, |record, _| {
        segment(record, |leg| leg.seasonal.into())
    }),
    Spec::item("assertions", ColumnKind::Json, "What people state about it", SEGMENT, |record, all| {
        segment(record, |leg| nested::assertions(&leg.assertions, all))
    }),
    Spec::item("geometry_accuracy_m", ColumnKind::Float, "How far the line may lie from the road, m", SEGMENT, |record, _| {
        segment(record, |leg| leg.geometry_accuracy_m.into())
    }),
    Spec::item("is_supply_node", ColumnKind::Bool, "Supplies come from here", PLACE, |record, _| {
        place(record, |place| place.is_supply_node.into())
    }),
    Spec::tile("accuracy_m", ColumnKind::Float, "Radius of the true position, m", ALL, |record, _| {
        record.common().accuracy_m.into()
    }),
    Spec::item("adm0", ColumnKind::Text, "Country, ISO 3166-1 alpha-3", ALL, |record, _| record.common().adm0.as_deref().into()),
    Spec::item("adm1_code", ColumnKind::Text, "P-code of the region", ALL, |record, _| {
        record.common().adm1_code.as_deref().into()
    }),
    Spec::item("adm2_code", ColumnKind::Text, "P-code of the cercle", ALL, |record, _| {
        record.common().adm2_code.as_deref().into()
    }),
    Spec::item("cod_version", ColumnKind::Text, "Edition of the p-codes", ALL, |record, _| {
        record.common().cod_version.as_deref().into()
    }),
    Spec::item("sources", ColumnKind::Json, "Who says so", ALL, nested::sources),
    Spec::item("notes", ColumnKind::Text, "For readers", ALL, |record, _| record.common().notes.as_deref().into()),
    Spec::item("sensitivity", ColumnKind::Text, "Who may see it in full", ALL, |record, _| {
        record.common().sensitivity.as_str().into()
    }),
    Spec::tile("generalised", ColumnKind::Bool, "Shown in less detail than it is known", BLOCKADE, |record, _| {
        record.common().generalised.then_some(true).into()
    }),
    Spec::item("cell_m", ColumnKind::Int, "Side of the cell in which it lies, m", BLOCKADE, |record, _| {
        blockade(record, |blockade| matches!(blockade.location, Location::Cell(_)).then_some(i64::from(Cell::SIDE_M)).into())
    }),
];

/// What only editors see.
static EDITORS: &[Spec] = &[
    Spec::item("notes_internal", ColumnKind::Text, "For editors", ALL, |record, _| {
        record.common().notes_internal.as_deref().into()
    }),
    Spec::item("public_from", ColumnKind::Time, "Not for the public before", ALL, |record, _| time(record.common().public_from)),
];

fn subtype(record: &Record, all: &dyn Network) -> Value {
    match record.body() {
        Body::Blockade(blockade) => blockade.subtype.as_str().into(),
        Body::Area(area) => area.class.as_str().into(),
        Body::Place(place) => place.role.as_str().into(),
        Body::Corridor(_) | Body::Segment(_) => route_class(record, all),
    }
}

/// Of a segment: the class of the most important corridor that uses it.
fn route_class(record: &Record, all: &dyn Network) -> Value {
    let class = match record.body() {
        Body::Corridor(chain) => Some(chain.route_class),
        _ => all.corridors_over(record.id()).into_iter().map(|(_, chain)| chain.route_class).min(),
    };
    class.map(RouteClass::as_str).into()
}

/// An end of a segment, if it is seen.
fn end(place: &str, all: &dyn Network) -> Value {
    all.body(place).map(|_| place).into()
}

fn actor_code(record: &Record) -> Option<&str> {
    match record.body() {
        Body::Blockade(blockade) => Some(&blockade.actor),
        Body::Area(area) => Some(&area.actor),
        _ => None,
    }
}

fn attribution(record: &Record, _: &dyn Network) -> Value {
    match record.body() {
        Body::Blockade(blockade) => blockade.attribution.as_str().into(),
        Body::Area(area) => area.attribution.as_str().into(),
        _ => Value::Null,
    }
}

fn blockade(record: &Record, read: impl FnOnce(&Blockade) -> Value) -> Value {
    if let Body::Blockade(blockade) = record.body() { read(blockade) } else { Value::Null }
}

fn area(record: &Record, read: impl FnOnce(&Area) -> Value) -> Value {
    if let Body::Area(area) = record.body() { read(area) } else { Value::Null }
}

fn corridor(record: &Record, read: impl FnOnce(&Corridor) -> Value) -> Value {
    if let Body::Corridor(chain) = record.body() { read(chain) } else { Value::Null }
}

fn segment(record: &Record, read: impl FnOnce(&Segment) -> Value) -> Value {
    if let Body::Segment(leg) = record.body() { read(leg) } else { Value::Null }
}

fn place(record: &Record, read: impl FnOnce(&Place) -> Value) -> Value {
    if let Body::Place(place) = record.body() { read(place) } else { Value::Null }
}

fn time(instant: Option<Instant>) -> Value {
    instant.map_or(Value::Null, |instant| Value::Text(instant.to_string().into()))
}

fn exact(instant: Option<Instant>) -> Value {
    instant.map_or(Value::Null, |instant| Value::Text(instant.exact().into()))
}

fn seconds(instant: Option<Instant>) -> Value {
    instant.map(Instant::seconds).into()
}
