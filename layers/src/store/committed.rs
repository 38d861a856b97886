//! The version that a change becomes, as the store writes it and as whoever asked can tell it without reading it again.

use super::batch::{Act, Change, Stamp};
use super::version::Version;
use serde_json::Value;

/// What the store says of a version, and no draft.
const STORES_OWN: [&str; 4] = ["version", "recorded_at", "superseded_at", "withdrawn"];

/// A draft as it is kept.
pub(super) fn without_ours(draft: &Value) -> String {
    let mut draft = draft.clone();
    if let Value::Object(members) = &mut draft {
        STORES_OWN.iter().for_each(|own| drop(members.shift_remove(*own)));
    }
    draft.to_string()
}

impl Version {
    /// The version that the store made of a change, which follows a draft if it takes it back.
    pub fn committed(change: &Change, stamp: &Stamp, who: &str, last: String) -> Self {
        let (draft, withdrawn) = match &change.act {
            Act::Put(draft) => (without_ours(draft), false),
            Act::Withdraw => (last, true),
        };
        Self {
            seq: stamp.seq,
            subject: change.subject,
            id: change.id.clone(),
            version: stamp.version,
            draft,
            known_from: Some(stamp.recorded_at),
            recorded_at: stamp.recorded_at,
            superseded_at: None,
            withdrawn,
            who: who.to_owned(),
        }
    }
}
