//! Answers as sentences that a logistician can read, in English and French: what it is, since when, where, why and who says so, and what becomes of
//! it if nothing new is heard.

mod alerts;
mod changes;
mod near;
mod overlap;
mod roads;
mod routes;
mod supplies;
mod teller;

pub(super) use alerts::alert;
pub(super) use changes::change;
pub(super) use near::near;
pub(super) use overlap::overlap;
pub(super) use roads::{corridor, segment, spell};
pub(super) use routes::route;
pub(super) use supplies::cut_off;

use crate::http::words::Language;
use roadblock_layers::record::Records;
use serde_json::{Map, Value};
use teller::Teller;

/// In which member of a row its sentence is.
pub(super) const fn member(language: Language) -> &'static str {
    match language {
        Language::English => "explanation",
        Language::French => "explanation_fr",
    }
}

/// Adds a sentence in both languages.
fn put(members: &mut Map<String, Value>, network: &Records, sentence: impl Fn(&Teller<'_>) -> String) {
    for language in [Language::English, Language::French] {
        members.insert(member(language).to_owned(), sentence(&Teller { language, network }).into());
    }
}
