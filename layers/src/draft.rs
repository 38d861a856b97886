//! A draft: JSON that claims to be a record, not believed yet.
//!
//! Read field by field; everything wrong becomes a finding with a JSON pointer, and reading goes on, so that one look tells all.

use crate::finding::{Finding, Severity};
use crate::time::Instant;
use crate::vocab::Vocabulary;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// Bytes a text may have.
const LONGEST_TEXT: usize = 16 << 10;
/// Letters by which a name may be off to be taken for a slip.
const SLIP: usize = 2;

/// Reads the fields of one JSON object and gathers what is wrong with them. A field that is null is as good as missing.
pub struct Draft<'a> {
    object: &'a Map<String, Value>,
    pointer: String,
    read: Vec<&'a str>,
    findings: Vec<Finding>,
}

impl<'a> Draft<'a> {
    /// A draft at a place in the input; refuses what is no object.
    pub fn new(value: &'a Value, pointer: impl Into<String>) -> Result<Self, Finding> {
        let pointer = pointer.into();
        match value {
            Value::Object(object) => Ok(Self { object, pointer, read: Vec::new(), findings: Vec::new() }),
            other => Err(Finding::error("not_an_object", pointer, format!("write an object in braces, not {}", kind_of(other)))),
        }
    }

    /// Ends reading: all findings, with a warning for each field nobody asked for.
    pub fn finish(mut self) -> Vec<Finding> {
        for name in self.object.keys().filter(|name| !self.read.contains(&name.as_str())) {
            let message = match self.nearest(name) {
                Some(nearest) => format!("there is no field '{name}' here; '{nearest}' is near it"),
                None => format!("there is no field '{name}' here"),
            };
            self.findings.push(Finding::warning("unknown_field", self.pointer_to(name), message));
        }
        self.findings
    }

    /// The field that was asked for and is not there, whose name is a slip away.
    fn nearest(&self, name: &str) -> Option<&'a str> {
        let missing = self.read.iter().filter(|read| !self.object.contains_key(**read));
        let (off, nearest) = missing.map(|read| (letters_between(name, read), *read)).min()?;
        (off <= SLIP).then_some(nearest)
    }

    /// Ends reading early: what was found so far, without a word on fields not read.
    pub fn give_up(self) -> Vec<Finding> {
        self.findings
    }

    /// Whether nothing is refused so far.
    pub fn is_acceptable(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }

    /// Refuses a field.
    pub fn refuse(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.findings.push(Finding::error(code, self.pointer_to(field), message));
    }

    /// Notes something worth knowing about a field that is accepted all the same.
    pub fn note(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.findings.push(Finding::warning(code, self.pointer_to(field), message));
    }

    /// Refuses a field that must be there; not again if what stands there is refused already.
    pub fn needed<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        let pointer = self.pointer_to(field);
        let is_within = |finding: &Finding| {
            finding.pointer.strip_prefix(&pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if value.is_none() && !self.findings.iter().any(is_within) {
            self.refuse(field, "missing", format!("'{field}' is needed"));
        }
        value
    }

    /// A field as it stands.
    pub fn raw(&mut self, field: &'a str) -> Option<&'a Value> {
        self.read.push(field);
        self.object.get(field).filter(|value| !value.is_null())
    }

    /// A text of at most 16 KB.
    pub fn text(&mut self, field: &'a str) -> Option<String> {
        match self.raw(field)? {
            Value::String(text) if text.len() <= LONGEST_TEXT => Some(text.clone()),
            Value::String(_) => self.refused(field, "too_long", format!("longer than {LONGEST_TEXT} bytes")),
            other => self.refused(field, "not_a_text", format!("write a text in quotes, not {}", kind_of(other))),
        }
    }

    /// A text that must be there and say something.
    pub fn needed_text(&mut self, field: &'a str) -> Option<String> {
        let text = self.text(field).filter(|text| !text.trim().is_empty());
        self.needed(field, text)
    }

    /// A word of a closed list.
    pub fn word<V: Vocabulary>(&mut self, field: &'a str) -> Option<V> {
        let text = self.text(field)?;
        V::parse(&text).or_else(|| self.refused(field, "unknown_word", not_a_word::<V>(&text)))
    }

    /// A word of a closed list that must be there.
    pub fn needed_word<V: Vocabulary>(&mut self, field: &'a str) -> Option<V> {
        let word = self.word(field);
        self.needed(field, word)
    }

    /// Words of a closed list.
    pub fn words<V: Vocabulary>(&mut self, field: &'a str) -> Vec<V> {
        let texts = self.texts(field);
        let read = |(index, text): (usize, &String)| V::parse(text).ok_or_else(|| (index, not_a_word::<V>(text)));
        let (words, wrong): (Vec<_>, Vec<_>) = texts.iter().enumerate().map(read).partition(Result::is_ok);
        for (index, message) in wrong.into_iter().filter_map(Result::err) {
            self.refuse_item(field, index, "unknown_word", message);
        }
        words.into_iter().filter_map(Result::ok).collect()
    }

    /// A list of texts; empty if missing.
    pub fn texts(&mut self, field: &'a str) -> Vec<String> {
        let mut texts = Vec::new();
        for (index, item) in self.items(field).iter().enumerate() {
            match item {
                Value::String(text) if text.len() <= LONGEST_TEXT => texts.push(text.clone()),
                Value::String(_) => self.refuse_item(field, index, "too_long", format!("longer than {LONGEST_TEXT} bytes")),
                other => self.refuse_item(field, index, "not_a_text", format!("write a text in quotes, not {}", kind_of(other))),
            }
        }
        texts
    }

    /// A list of texts that must hold at least one.
    pub fn needed_texts(&mut self, field: &'a str) -> Vec<String> {
        let texts = Some(self.texts(field)).filter(|texts| !texts.is_empty());
        self.needed(field, texts).unwrap_or_default()
    }

    /// A moment; a date is midnight UTC.
    pub fn instant(&mut self, field: &'a str) -> Option<Instant> {
        let text = self.text(field)?;
        Instant::parse(&text).map_err(|error| self.refuse(field, "bad_time", error.to_string())).ok()
    }

    /// A whole number within bounds, which must fit the type.
    pub fn whole<T: TryFrom<i64>>(&mut self, field: &'a str, bounds: RangeInclusive<i64>) -> Option<T> {
        let number =
            self.raw(field)?.as_i64().filter(|number| bounds.contains(number)).and_then(|number| T::try_from(number).ok());
        let message = || format!("write a whole number from {} to {}", bounds.start(), bounds.end());
        number.or_else(|| self.refused(field, "bad_number", message()))
    }

    /// A number within bounds.
    pub fn number(&mut self, field: &'a str, bounds: RangeInclusive<f64>) -> Option<f64> {
        let number = self.raw(field)?.as_f64().filter(|number| bounds.contains(number));
        let message = || format!("write a number from {} to {}", bounds.start(), bounds.end());
        number.or_else(|| self.refused(field, "bad_number", message()))
    }

    /// Yes or no; no if missing.
    pub fn flag(&mut self, field: &'a str) -> bool {
        let Some(value) = self.raw(field) else { return false };
        value.as_bool().or_else(|| self.refused(field, "not_a_flag", "write true or false".to_owned())).unwrap_or(false)
    }

    /// An object within the draft, read by `read`; its findings become the draft's own.
    pub fn part<T>(&mut self, field: &'a str, read: impl FnOnce(&mut Draft<'a>) -> Option<T>) -> Option<T> {
        let value = self.raw(field)?;
        self.nested(value, self.pointer_to(field), read)
    }

    /// A list of objects within the draft, each read by `read`; empty if missing.
    pub fn parts<T>(&mut self, field: &'a str, read: impl Fn(&mut Draft<'a>) -> Option<T>) -> Vec<T> {
        let list = self.pointer_to(field);
        let items = self.items(field).iter().enumerate();
        items.filter_map(|(index, item)| self.nested(item, format!("{list}/{index}"), &read)).collect()
    }

    /// Names of all fields.
    pub fn fields(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.object.keys().map(String::as_str)
    }

    fn nested<T>(&mut self, value: &'a Value, at: String, read: impl FnOnce(&mut Draft<'a>) -> Option<T>) -> Option<T> {
        let mut inner = Draft::new(value, at).map_err(|finding| self.findings.push(finding)).ok()?;
        let made = read(&mut inner);
        self.findings.extend(inner.finish());
        made
    }

    fn items(&mut self, field: &'a str) -> &'a [Value] {
        match self.raw(field) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.refuse(field, "not_a_list", format!("write a list in brackets, not {}", kind_of(other)));
                &[]
            }
        }
    }

    fn refuse_item(&mut self, field: &str, index: usize, code: &'static str, message: String) {
        let pointer = format!("{}/{index}", self.pointer_to(field));
        self.findings.push(Finding::error(code, pointer, message));
    }

    fn refused<T>(&mut self, field: &str, code: &'static str, message: String) -> Option<T> {
        self.refuse(field, code, message);
        None
    }

    /// Where a field stands, its name written as RFC 6901 says.
    fn pointer_to(&self, field: &str) -> String {
        format!("{}/{}", self.pointer, field.replace('~', "~0").replace('/', "~1"))
    }
}

/// How many letters are to be changed, added or taken away to make one name of another (Levenshtein's distance).
fn letters_between(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (number, letter) in one.chars().enumerate() {
        let (mut above, mut left) = (number, number + 1);
        for (cell, counterpart) in row.iter_mut().skip(1).zip(other.chars()) {
            let same = above + usize::from(letter != counterpart);
            above = *cell;
            left = same.min(above + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = number + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

fn not_a_word<V: Vocabulary>(text: &str) -> String {
    format!("'{text}' is no {}; there are: {}", V::TITLE, V::all())
}

/// What a JSON value is, for messages.
const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
