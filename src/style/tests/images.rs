//! What map clients need beside the document: every image that it can name is in the sprite, as large as the index says.

use crate::style::{Named, Styles};
use roadblock_layers::vocab::{AreaClass, Effect, Role, Subtype};
use roadblock_tiles::raster::Canvas;
use serde_json::Value;
use std::collections::BTreeSet;

/// Names of images that the rules can make of what records and clusters say.
fn names(named: &Named) -> BTreeSet<String> {
    let effects = || Effect::ALL.iter().map(|effect| effect.as_str());
    let mut names: BTreeSet<String> = ["town", "city", "capital", "cluster", "cluster-place"].map(str::to_owned).into();
    names.extend(Role::ALL.iter().map(|role| role.as_str().to_owned()));
    names.extend(AreaClass::ALL.iter().map(|class| format!("hatch-{}", class.as_str())));
    for mark in effects().flat_map(|effect| [effect.to_owned(), format!("{effect}-recent")]) {
        names.extend([format!("mark-{mark}"), format!("cluster-{mark}")]);
        names.extend(Subtype::ALL.iter().map(|subtype| format!("mark-{mark}-{}", subtype.as_str())));
    }
    names.extend(Subtype::ALL.iter().map(|subtype| format!("kind-{}", subtype.as_str())));
    let _ = named;
    names
}
