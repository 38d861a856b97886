//! A GeoJSON feature as an editor or a GIS sends it, made a draft: the same names as in what is read, so that what was read can be sent back.
//!
//! What the server works out itself (phase, names of actors, times in seconds, what belongs to versions) is passed over when it comes back.
//! The geometry says where a place, an area or a point is; that of a segment, a corridor or a stretch follows from what they refer to.

use crate::finding::Finding;
use crate::vocab::{Effect, Kind};
use serde_json::{Map, Value, json};

/// What the server says of a record and nobody else.
const WORKED_OUT: [&str; 13] = [
    "phase",
    "actor_name",
    "valid_from_s",
    "valid_to_s",
    "recorded_at",
    "superseded_at",
    "version",
    "withdrawn",
    "generalised",
    "cell_m",
    "corridors",
    "kind",
    "id",
];

/// A draft, and the sources that came with it in full.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sent {
    /// The record.
    pub draft: Value,
    /// Drafts of sources.
    pub sources: Vec<Value>,
    /// Members that are null. They say nothing and are not in the draft, but a name can be misspelt.
    pub nulls: Vec<String>,
}

impl Sent {
    /// The draft with all members that were named, for who looks at names.
    pub fn named(&self) -> Value {
        let mut named = self.draft.clone();
        if let Some(members) = named.as_object_mut() {
            for name in &self.nulls {
                members.entry(name.as_str()).or_insert(Value::Null);
            }
        }
        named
    }
}

/// The draft that a feature says. `id` beats what the feature calls itself.
///
/// # Errors
/// When it is no feature; what it says is looked at by `validate`.
pub fn draft(kind: Kind, id: Option<&str>, feature: &Value, pointer: &str) -> Result<Sent, Finding> {
    let refuse = |code, place: &str, message: &str| Err(Finding::error(code, format!("{pointer}{place}"), message));
    if feature.get("type").and_then(Value::as_str) != Some("Feature") {
        return refuse(
            "not_a_feature",
            "/type",
            "write a GeoJSON feature: {\"type\": \"Feature\", \"geometry\": …, \"properties\": {…}}",
        );
    }
    let empty = Map::new();
    let properties = match feature.get("properties") {
        Some(Value::Object(properties)) => properties,
        None | Some(Value::Null) => &empty,
        Some(_) => return refuse("bad_properties", "/properties", "write an object in braces"),
    };
    if properties.get("generalised").is_some_and(|generalised| *generalised == true) {
        return refuse(
            "generalised",
            "/properties/generalised",
            "this is what others see of it; read it as an editor and send that back",
        );
    }
    let named = [feature.get("id"), properties.get("id")].into_iter().flatten().find_map(Value::as_str);
    let mut draft: Map<String, Value> = properties.clone();
    draft.retain(|name, _| !WORKED_OUT.contains(&name.as_str()));
    let mut nulls = draft.clone();
    nulls.retain(|_, value| value.is_null());
    draft.retain(|_, value| !value.is_null());
    [&mut draft, &mut nulls].into_iter().for_each(|members| named_as_in_drafts(kind, members));
    draft.extend(id.or(named).map(|id| ("id".to_owned(), id.into())));
    draft.insert("kind".to_owned(), kind.as_str().into());
    let sources = cited(&mut draft);
    located(kind, &mut draft, feature.get("geometry").unwrap_or(&Value::Null));
    Ok(Sent { draft: draft.into(), sources, nulls: nulls.into_iter().map(|(name, _)| name).collect() })
}

/// Leaves the effect of a report as its newest draft has it, where a view says it as weakly as its location is known: of what is located by
/// cercle only every view says `advisory`, and that would come back as a change that nobody meant.
pub fn keep_effect(sent: &mut Sent, newest: &str) {
    let before: Map<String, Value> = serde_json::from_str(newest).unwrap_or_default();
    let is_by_cercle = |draft: &Map<String, Value>| {
        draft.get("location").and_then(|location| location.get("method")).is_some_and(|method| method == "area")
    };
    if let (Some(after), Some(effect)) = (sent.draft.as_object_mut(), before.get("effect"))
        && is_by_cercle(&before)
        && is_by_cercle(after)
        && after.get("effect").is_some_and(|effect| effect == Effect::Advisory.as_str())
    {
        after.insert("effect".to_owned(), effect.clone());
    }
}

/// On reading, roads, towns and areas say what they are once more in `subtype`.
fn named_as_in_drafts(kind: Kind, members: &mut Map<String, Value>) {
    match kind {
        Kind::Blockade => (),
        Kind::Place => renamed(members, "subtype", "role"),
        Kind::Area | Kind::Corridor | Kind::Segment => drop(members.remove("subtype")),
    }
    if kind == Kind::Segment {
        members.remove("route_class");
    }
}

fn renamed(draft: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = draft.remove(from) {
        draft.entry(to).or_insert(value);
    }
}

/// Leaves the ids of the sources in the draft; those with a title are drafts of their own, and those without an id a note on the basis.
fn cited(draft: &mut Map<String, Value>) -> Vec<Value> {
    let (mut ids, mut drafts) = (Vec::new(), Vec::new());
    let Some(Value::Array(sources)) = draft.remove("sources") else { return drafts };
    for source in sources {
        match (source.get("id").cloned(), source.get("title").cloned()) {
            (Some(id), title) => {
                ids.push(id);
                drafts.extend(title.map(|_| source));
            }
            (None, Some(note)) => drop(draft.entry("basis_note").or_insert(note)),
            (None, None) => ids.push(source),
        }
    }
    draft.insert("sources".to_owned(), ids.into());
    drafts
}

/// Puts the position or the shape where drafts have it.
pub(super) fn located(kind: Kind, draft: &mut Map<String, Value>, geometry: &Value) {
    let position = || match (geometry.get("type").and_then(Value::as_str), geometry.get("coordinates")) {
        (Some("Point"), Some(Value::Array(at))) => Some((at.first()?.clone(), at.get(1)?.clone())),
        _ => None,
    };
    match kind {
        Kind::Place => {
            if let Some((lon, lat)) = position() {
                draft.extend([("lon".to_owned(), lon), ("lat".to_owned(), lat)]);
            }
        }
        Kind::Area => drop(draft.insert("geometry".to_owned(), geometry.clone())),
        Kind::Blockade => {
            let location = draft.entry("location").or_insert_with(|| json!({"method": "point"}));
            if let (Some(location), Some((lon, lat))) = (location.as_object_mut(), position())
                && location.get("method").is_some_and(|method| method == "point")
            {
                location.extend([("lon".to_owned(), lon), ("lat".to_owned(), lat)]);
            }
        }
        Kind::Corridor | Kind::Segment => (),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_says_where_a_report_is_and_a_stretch_does_not() {
        let feature = |location: Value| {
            json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [-8.5, 12.5]},
                   "properties": {"subtype": "ambush", "phase": "active", "version": 3, "name_fr": null, "location": location}})
        };
        let draft = |location| draft(Kind::Blockade, Some("ev-1"), &feature(location), "").unwrap().draft;
        assert_eq!(
            draft(Value::Null),
            json!({"id": "ev-1", "kind": "blockade", "subtype": "ambush", "location": {"method": "point", "lon": -8.5, "lat": 12.5}})
        );
        let between = json!({"method": "between", "from": "kati", "to": "kolokani"});
        assert_eq!(draft(between.clone())["location"], between);
    }

    #[test]
    fn sources_in_full_are_drafts_of_their_own() {
        let sources = json!([{"id": "rfi-1", "title": "RFI"}, {"id": "known"}, "plain", {"title": "Made by hand"}]);
        let feature = json!({"type": "Feature", "geometry": null, "properties": {"sources": sources}});
        let sent = draft(Kind::Area, Some("area-1"), &feature, "").unwrap();
        assert_eq!(sent.draft["sources"], json!(["rfi-1", "known", "plain"]));
        assert_eq!(sent.draft["basis_note"], "Made by hand");
        assert_eq!(sent.sources, [json!({"id": "rfi-1", "title": "RFI"})]);
    }

    #[test]
    fn what_is_no_feature_is_refused_with_its_place() {
        let refused = draft(Kind::Place, None, &json!({"type": "Point"}), "/features/3").unwrap_err();
        assert_eq!((refused.code, refused.pointer.as_str()), ("not_a_feature", "/features/3/type"));
    }
}
