//! Rules of places, segments and corridors.

use super::{members, position};
use crate::draft::Draft;
use crate::record::{Assertion, Corridor, Place, Segment};
use crate::vocab::{Certainty, OpStatus};
use std::collections::BTreeSet;

pub(super) fn place(draft: &mut Draft<'_>) -> Option<Place> {
    let (role, at) = (draft.needed_word("role"), position(draft));
    Some(Place { is_supply_node: draft.flag("is_supply_node"), role: role?, at: at? })
}

pub(super) fn segment(draft: &mut Draft<'_>) -> Option<Segment> {
    let (a, b) = (draft.needed_text("a"), draft.needed_text("b"));
    let accuracy = draft.number("geometry_accuracy_m", 0.0..=1_000_000.0);
    let accuracy = draft.needed("geometry_accuracy_m", accuracy);
    if let (Some(a), Some(b)) = (&a, &b)
        && a >= b
    {
        let message = format!("'{b}' must sort after '{a}': a segment is written once, its ends in order of their ids");
        draft.refuse("b", "ends_out_of_order", message);
    }
    Some(Segment {
        practicability: draft.whole("practicability", 0..=6).filter(|class| *class > 0),
        surface: draft.text("surface"),
        seasonal: draft.flag("seasonal"),
        assertions: draft.parts("assertions", assertion),
        geometry_accuracy_m: accuracy?,
        a: a?,
        b: b?,
    })
}

fn assertion(draft: &mut Draft<'_>) -> Option<Assertion> {
    let code = draft.whole::<usize>("op_status", 0..=4);
    let code = draft.needed("op_status", code);
    Some(Assertion {
        valid: members::interval(draft, "valid_from", "valid_to"),
        certainty: draft.word("certainty").unwrap_or(Certainty::Unknown),
        review_after: draft.instant("review_after"),
        sources: draft.needed_texts("sources"),
        op_status: *OpStatus::ALL.get(code?)?,
    })
}

pub(super) fn corridor(draft: &mut Draft<'_>) -> Option<Corridor> {
    let (mode, route_class) = (draft.needed_word("mode"), draft.needed_word("route_class"));
    let (nodes, segments) = (draft.needed_texts("nodes"), draft.needed_texts("segments"));
    if !nodes.is_empty() && !segments.is_empty() && nodes.len() != segments.len() + 1 {
        let (places, legs) = (nodes.len(), segments.len());
        let message = format!("{places} places and {legs} segments do not make a chain; give one more place than segments");
        draft.refuse("segments", "no_chain", message);
    }
    let mut seen = BTreeSet::new();
    if let Some(again) = nodes.iter().find(|node| !seen.insert(node.as_str())) {
        draft.refuse("nodes", "passes_twice", format!("'{again}' comes twice; a corridor passes a place once"));
    }
    Some(Corridor {
        road_refs: draft.texts("road_refs"),
        published_length_km: draft.number("published_length_km", 0.0..=40_075.0),
        mode: mode?,
        route_class: route_class?,
        nodes,
        segments,
    })
}
