//! A draft: JSON that claims to be a record, not believed yet.
//!
//! Read field by field; everything wrong becomes a finding with a JSON pointer, and reading goes on, so that one look tells all.

use crate::finding::Finding;
use crate::time::Instant;
use crate::vocab::Vocabulary;
use serde_json::{Map, Value};

/// Reads the fields of one JSON object and gathers what is wrong with them.
pub struct Draft<'a> {
    object: &'a Map<String, Value>,
    pointer: String,
    read: Vec<&'static str>,
    findings: Vec<Finding>,
}

impl<'a> Draft<'a> {
    /// A draft at a place in the input; refuses what is no object.
    pub fn new(value: &'a Value, pointer: impl Into<String>) -> Result<Self, Finding> {
        let pointer = pointer.into();
        match value {
            Value::Object(object) => Ok(Self { object, pointer, read: Vec::new(), findings: Vec::new() }),
            _ => Err(Finding::error("not_an_object", pointer, "a record is a JSON object")),
        }
    }

    /// Ends reading: findings, with a warning for each field nobody asked for.
    pub fn finish(mut self) -> Vec<Finding> {
        for name in self.object.keys().filter(|name| !self.read.contains(&name.as_str())) {
            let pointer = format!("{}/{}", self.pointer, escaped(name));
            self.findings.push(Finding::warning("unknown_field", pointer, format!("there is no field '{name}'; it is left out")));
        }
        self.findings
    }

    /// Whether nothing refused so far.
    pub fn is_acceptable(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != crate::finding::Severity::Error)
    }

    /// Notes something wrong with a field.
    pub fn refuse(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        let pointer = format!("{}/{}", self.pointer, escaped(field));
        self.findings.push(Finding::error(code, pointer, message));
    }

    /// Notes something worth knowing about a field that is accepted all the same.
    pub fn note(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        let pointer = format!("{}/{}", self.pointer, escaped(field));
        self.findings.push(Finding::warning(code, pointer, message));
    }

    /// A field as it stands; null is as good as missing.
    pub fn raw(&mut self, field: &'static str) -> Option<&'a Value> {
        self.read.push(field);
        self.object.get(field).filter(|value| !value.is_null())
    }

    /// An optional text of at most 16 KB.
    pub fn text(&mut self, field: &'static str) -> Option<String> {
        match self.raw(field)? {
            Value::String(text) if text.len() <= LONGEST_TEXT => Some(text.clone()),
            Value::String(_) => self.refused(field, "too_long", format!("longer than {LONGEST_TEXT} bytes")),
            _ => self.refused(field, "not_a_text", "write a text in quotes".to_owned()),
        }
    }

    /// A text that must be there.
    pub fn needed_text(&mut self, field: &'static str) -> String {
        let text = self.text(field).filter(|text| !text.trim().is_empty());
        self.needed(field, text).unwrap_or_default()
    }

    /// Notes a missing field.
    pub fn needed<T>(&mut self, field: &'static str, value: Option<T>) -> Option<T> {
        let found_wrong = self.findings.iter().any(|finding| finding.pointer == format!("{}/{field}", self.pointer));
        if value.is_none() && !found_wrong {
            self.refuse(field, "missing", format!("'{field}' is needed"));
        }
        value
    }

    /// A word of a closed list.
    pub fn word<V: Vocabulary>(&mut self, field: &'static str) -> Option<V> {
        let text = self.text(field)?;
        match V::parse(&text) {
            Some(word) => Some(word),
            None => self.refused(field, "unknown_word", format!("'{text}' is no {}; there are: {}", V::TITLE, V::all())),
        }
    }

    /// Words of a closed list.
    pub fn words<V: Vocabulary>(&mut self, field: &'static str) -> Vec<V> {
        let mut words = Vec::new();
        for text in self.texts(field) {
            match V::parse(&text) {
                Some(word) => words.push(word),
                None => self.refuse(field, "unknown_word", format!("'{text}' is no {}; there are: {}", V::TITLE, V::all())),
            }
        }
        words
    }

    /// A list of texts.
    pub fn texts(&mut self, field: &'static str) -> Vec<String> {
        let Some(value) = self.raw(field) else { return Vec::new() };
        let texts =
            value.as_array().map(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>());
        texts.flatten().or_else(|| self.refused(field, "not_a_list", "write a list of texts".to_owned())).unwrap_or_default()
    }

    /// A moment; a date is midnight UTC.
    pub fn instant(&mut self, field: &'static str) -> Option<Instant> {
        let text = self.text(field)?;
        match Instant::parse(&text) {
            Ok(instant) => Some(instant),
            Err(error) => self.refused(field, "bad_time", error.to_string()),
        }
    }

    /// A whole number within bounds.
    pub fn integer(&mut self, field: &'static str, low: i64, high: i64) -> Option<i64> {
        let number = self.raw(field)?.as_i64().filter(|number| (low..=high).contains(number));
        number.or_else(|| self.refused(field, "bad_number", format!("write a whole number from {low} to {high}")))
    }

    /// A number within bounds.
    pub fn number(&mut self, field: &'static str, low: f64, high: f64) -> Option<f64> {
        let number = self.raw(field)?.as_f64().filter(|number| (low..=high).contains(number));
        number.or_else(|| self.refused(field, "bad_number", format!("write a number from {low} to {high}")))
    }

    /// Yes or no; no if missing.
    pub fn flag(&mut self, field: &'static str) -> bool {
        let Some(value) = self.raw(field) else { return false };
        value.as_bool().or_else(|| self.refused(field, "not_a_flag", "write true or false".to_owned())).unwrap_or(false)
    }

    fn refused<T>(&mut self, field: &str, code: &'static str, message: String) -> Option<T> {
        self.refuse(field, code, message);
        None
    }
}

/// Bytes a text may have.
const LONGEST_TEXT: usize = 16 << 10;

/// A name as a JSON pointer writes it (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Effect;
    use serde_json::json;

    #[test]
    fn one_look_tells_everything_that_is_wrong() {
        let value = json!({"effect": "explodes", "severity": 9, "valid_from": "yesterday", "extra/field": 1});
        let mut draft = Draft::new(&value, "/features/3").unwrap();
        draft.word::<Effect>("effect");
        draft.integer("severity", 0, 5);
        draft.instant("valid_from");
        draft.needed_text("name");
        let findings = draft.finish();
        let pointers: Vec<&str> = findings.iter().map(|finding| finding.pointer.as_str()).collect();
        let expected = [
            "/features/3/effect",
            "/features/3/severity",
            "/features/3/valid_from",
            "/features/3/name",
            "/features/3/extra~1field",
        ];
        assert_eq!(pointers, expected);
        assert!(findings[0].message.contains("closes, restricts"), "{}", findings[0]);
    }

    #[test]
    fn a_wrong_field_is_not_also_missing() {
        let value = json!({"name": 7});
        let mut draft = Draft::new(&value, "").unwrap();
        draft.needed_text("name");
        assert_eq!(draft.finish().len(), 1);
    }
}
