//! Rules of the table of sources.

use super::members;
use crate::draft::Draft;
use crate::finding::Finding;
use crate::record::Source;
use serde_json::Value;

/// One source from one draft, with everything found.
pub fn source(value: &Value, pointer: &str) -> (Option<Source>, Vec<Finding>) {
    match Draft::new(value, pointer) {
        Ok(mut draft) => (read(&mut draft).filter(|_| draft.is_acceptable()), draft.finish()),
        Err(finding) => (None, vec![finding]),
    }
}

fn read(draft: &mut Draft<'_>) -> Option<Source> {
    let (id, title, publisher) = (members::id(draft), draft.needed_text("title"), draft.needed_text("publisher"));
    let url = draft.text("url");
    // It becomes a link: anything but the web could run in the reader's page.
    if let Some(url) = url.as_deref().filter(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        draft.refuse("url", "bad_url", format!("'{url}' is no web address; it starts with https:// or http://"));
    }
    Some(Source {
        url,
        published_on: draft.instant("published_on"),
        accessed_on: draft.instant("accessed_on"),
        lang: draft.text("lang"),
        scale: draft.word("scale"),
        reliability: draft.word("reliability"),
        notes: draft.text("notes"),
        id: id?,
        title: title?,
        publisher: publisher?,
    })
}
