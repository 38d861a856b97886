//! Answers as feeds (Atom, RFC 4287): an entry for each row, which says its sentence. Written by hand, as all XML here is; none is read.

use super::explain;
use super::question::{Format, Question};
use crate::http::call::Call;
use crate::http::home;
use crate::http::html::escape;
use crate::http::links::{ATOM, JSON};
use crate::http::words::Language;
use roadblock_layers::access::Terms;
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What a row is in a feed.
pub(super) struct Entry {
    /// A name that stays the same whenever it is told.
    id: String,
    /// When it came to be told so.
    pub(super) updated: Instant,
    /// Where to read more.
    path: String,
}

impl Entry {
    /// Of what it is known by; the same is another one for other goods, ways, vehicles or evidence.
    pub(super) fn of(known_by: &[&str], terms: Terms, updated: Instant, path: String) -> Self {
        Self { id: urn(&[known_by, &[&query_of(terms)]].concat()), updated, path }
    }
}

/// The path of what can be asked of the roads at a moment, by what was known at another.
pub(super) fn path(of: &str, datetime: &Datetime, known_at: Instant, terms: Terms) -> String {
    format!("{of}?datetime={datetime}&known_at={}&{}", known_at.exact(), query_of(terms))
}

fn query_of(terms: Terms) -> String {
    let Terms { commodity, direction, vehicle_class, evidence } = terms;
    let class = vehicle_class.map(|class| format!("&vehicle_class={class}")).unwrap_or_default();
    format!("commodity={}&direction={}&evidence={evidence}{class}", commodity.as_str(), direction.as_str())
}

/// The entries of some rows, and the end of the feed.
pub(super) fn entries<'a>(
    call: &Call,
    language: Language,
    rows: impl Iterator<Item = (&'a Entry, &'a Map<String, Value>)>,
) -> String {
    let entry = |(entry, members): (&Entry, &Map<String, Value>)| {
        let sentence = members.get(explain::member(language)).and_then(Value::as_str).unwrap_or_default();
        let head = [element("id", &entry.id), element("updated", &entry.updated.exact()), element("title", sentence)].concat();
        let link = link("alternate", JSON, &call.href(&entry.path));
        format!("<entry>\n{head}{link}<content type=\"text\">{}</content>\n</entry>\n", text(sentence))
    };
    rows.map(entry).chain(["</feed>\n".to_owned()]).collect()
}

/// The beginning of the feed of a list of this name, of which something was updated last at a moment.
pub(super) fn head(
    call: &Call,
    question: &Question,
    asked: &Asked,
    list: &str,
    head: &Map<String, Value>,
    updated: Instant,
) -> String {
    let language = question.language;
    let mut known_by = vec![call.uri.path()];
    let pairs = call.query.pairs().iter().filter(|(name, _)| name != "f" && name != "lang");
    known_by.extend(pairs.flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    let about = [
        element("id", &urn(&known_by)),
        element("title", language.say(&format!("feed.{list}"))),
        element("subtitle", &home::disclaimer(call, asked, language).unwrap_or_default()),
        element("updated", &updated.exact()),
        element("rights", head.get("attribution").and_then(Value::as_str).unwrap_or_default()),
        format!("<author>{}</author>\n", element("name", &call.world.dataset.title)),
        link("self", ATOM, &call.href_with(&[("f", Some(Format::Atom.as_str()))])),
        link("alternate", JSON, &call.href_with(&[("f", Some(Format::Json.as_str())), ("lang", None)])),
    ];
    let tag = language.tag();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{tag}\">\n{}",
        about.concat()
    )
}

fn element(name: &str, content: &str) -> String {
    format!("<{name}>{}</{name}>\n", text(content))
}

fn link(rel: &str, media_type: &str, href: &str) -> String {
    format!("<link rel=\"{rel}\" type=\"{media_type}\" href=\"{}\"/>\n", text(href))
}

/// Text as it may stand in XML, which has no control characters however they are written.
fn text(text: &str) -> String {
    let is_forbidden = |character: char| match character {
        '\t' | '\n' | '\r' => false,
        character => character < ' ' || matches!(character, '\u{fffe}' | '\u{ffff}'),
    };
    escape(&text.replace(is_forbidden, "\u{fffd}"))
}

/// A name that is the same on every machine: a UUID of our own making (RFC 9562, version 8).
fn urn(known_by: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in known_by {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digits: u128 = digest.finalize().iter().take(16).fold(0, |digits, byte| digits << 8 | u128::from(*byte));
    let version = digits & !(0xf << 76) | 8 << 76;
    let digits = format!("{:032x}", version & !(3 << 62) | 2 << 62);
    let (mut name, mut digits) = ("urn:uuid".to_owned(), digits.chars());
    for (length, before) in [(8, ':'), (4, '-'), (4, '-'), (4, '-'), (12, '-')] {
        name.push(before);
        name.extend(digits.by_ref().take(length));
    }
    name
}
