//! What an import would change: what is new, what is said otherwise and in which members, what is as it was.

use super::read::Said;
use roadblock_layers::history::History;
use roadblock_layers::import::feature::Sent;
use roadblock_layers::store::{Expected, Version};
use roadblock_layers::time::Instant;
use roadblock_layers::validate;
use roadblock_layers::vocab::Kind;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;

/// Members that the store says of a version, and no draft.
const STORES_OWN: [&str; 4] = ["version", "recorded_at", "superseded_at", "withdrawn"];
/// Characters of a value that are shown.
const LONGEST: usize = 60;

/// What one draft would do to the record of its id.
pub(super) enum Difference {
    /// There is none.
    New,
    /// It says something else, in these members.
    Changed(u32, Vec<Member>),
    /// It says the same.
    Unchanged,
    /// It was taken back here, which an import does not undo.
    Withdrawn,
    /// The id is that of a record of another kind.
    Taken(Kind),
}

/// A member that is said otherwise.
pub struct Member {
    name: String,
    before: Option<Value>,
    after: Option<Value>,
}

impl Difference {
    /// Between what is sent and the newest version; `newest` is that version as the store keeps it.
    pub(super) fn of(history: &History, kind: Kind, said: &Said, newest: Option<&Version>) -> Self {
        let (Some(record), Some(newest)) = (history.record(&said.id).last(), newest) else { return Self::New };
        if record.body().kind() != kind {
            return Self::Taken(record.body().kind());
        }
        if record.common().withdrawn {
            return Self::Withdrawn;
        }
        let is_same = validate::record(&said.sent.draft, "").0.is_some_and(|sent| sent.says_as(record));
        let has_news = has_new_sources(history, &said.sent);
        if is_same && !has_news {
            return Self::Unchanged;
        }
        let before: Map<String, Value> = serde_json::from_str(&newest.draft).unwrap_or_default();
        let empty = Map::new();
        let after = said.sent.draft.as_object().unwrap_or(&empty);
        let mut members = changed(&before, after);
        if has_news {
            members.push(Member { name: "what sources say".to_owned(), before: None, after: Some("new".into()) });
        }
        Self::Changed(record.common().version, members)
    }

    /// The version that the change follows, if there is something to change.
    pub(super) const fn expected(&self) -> Option<Expected> {
        match self {
            Self::New => Some(Expected::New),
            Self::Changed(version, _) => Some(Expected::Version(*version)),
            Self::Unchanged | Self::Withdrawn | Self::Taken(_) => None,
        }
    }
}

/// Whether a source is sent that is unknown here, or known otherwise.
fn has_new_sources(history: &History, sent: &Sent) -> bool {
    let says_news =
        |draft: &Value| validate::source(draft, "").0.is_none_or(|source| history.source(&source.id) != Some(&source));
    sent.sources.iter().any(says_news)
}

fn changed(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Member> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let is_draft = |name: &&String| !STORES_OWN.contains(&name.as_str());
    let differs = |name: &&String| !is_equal(before.get(*name), after.get(*name));
    let member =
        |name: &String| Member { name: name.clone(), before: before.get(name).cloned(), after: after.get(name).cloned() };
    names.into_iter().filter(is_draft).filter(differs).map(member).collect()
}

/// Whether two members say the same; moments and numbers may be written in several ways, and null is nothing.
fn is_equal(one: Option<&Value>, other: Option<&Value>) -> bool {
    let moment = |value: &Value| value.as_str().and_then(|text| Instant::parse(text).ok());
    match (one.filter(|one| !one.is_null()), other.filter(|other| !other.is_null())) {
        (Some(one), Some(other)) => {
            let same_moment = moment(one).is_some_and(|at| moment(other) == Some(at));
            let same_number = one.as_f64().is_some_and(|number| other.as_f64() == Some(number));
            one == other || same_moment || same_number
        }
        (one, other) => one == other,
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {}", self.name, shown(self.before.as_ref()), shown(self.after.as_ref()))
    }
}

/// A value, shortened.
fn shown(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_that_say_the_same_in_other_words_are_no_difference() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let before = object(
            json!({"a": 1, "metres": 30000, "from": "2025-10-01", "gone": "x", "recorded_at": "2025-09-01", "none": null}),
        );
        let after = object(json!({"a": 2, "metres": 30000.0, "from": "2025-10-01T00:00:00Z", "long": "x".repeat(99)}));
        let told: Vec<String> = changed(&before, &after).iter().map(ToString::to_string).collect();
        assert_eq!(told[..2], ["a 1 -> 2", "gone \"x\" -> nothing"]);
        assert!(told.len() == 3 && told[2].starts_with("long nothing -> \"xxx") && told[2].ends_with('…'));
    }
}
