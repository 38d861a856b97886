//! Words of the map page in the reader's language, from the catalogues that its scripts speak from.

use super::wishes::wishes;
use axum::http::{HeaderMap, header};
use roadblock_layers::time::Instant;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, also of whoever says nothing: programs, mostly.
    English,
    /// French, also of whoever speaks neither: most readers of the first data set do.
    French,
}

impl Language {
    /// The first language of `Accept-Language` that we speak.
    pub fn accepted(headers: &HeaderMap) -> Self {
        let said = wishes(headers, header::ACCEPT_LANGUAGE);
        // Whoever says nothing is not one who wants neither.
        if said.is_empty() {
            return Self::English;
        }
        let mut ranges: Vec<(&str, f32)> = said.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        ranges.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranges.iter().find_map(|(tag, _)| Self::of(tag)).unwrap_or(Self::French)
    }

    /// The language of a tag, if we speak it.
    pub fn of(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            _ => None,
        }
    }

    /// Its tag, as `lang` has it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// A text of the catalogue.
    pub fn say(self, word: &str) -> &'static str {
        self.find(word).unwrap_or_default()
    }

    /// A text of the catalogue with its gaps filled: `{name}` by what goes by that name. What is filled in is not searched for gaps.
    pub fn fill(self, word: &str, gaps: &[(&str, &str)]) -> String {
        let mut parts = self.say(word).split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (gap, rest) = part.split_once('}').unwrap_or((part, ""));
            text += gaps.iter().find(|(name, _)| *name == gap).map_or("", |(_, filling)| filling);
            text += rest;
        }
        text
    }

    /// A code of the data in words; the code itself where there are none.
    pub fn code(self, kind: &str, code: &str) -> String {
        self.find(&format!("{kind}.{code}")).map_or_else(|| code.replace('_', " "), str::to_owned)
    }

    /// A UTC date in words, as in "22 October 2025"; the text itself if it is none.
    pub fn day(self, at: Instant) -> String {
        let text = at.to_string();
        let mut parts = text.get(..10).unwrap_or_default().split('-').map(str::parse::<usize>);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => {
                let name = self.say("months").split(' ').nth(month.saturating_sub(1)).unwrap_or_default();
                let day = if day == 1 { self.say("day.first").to_owned() } else { day.to_string() };
                format!("{day} {name} {year}")
            }
            _ => text,
        }
    }

    fn find(self, word: &str) -> Option<&'static str> {
        static ENGLISH: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("../../viewer/src/words/en.json")));
        static FRENCH: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("../../viewer/src/words/fr.json")));
        let catalogue = match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        };
        catalogue.get(word).and_then(Value::as_str)
    }
}

fn read(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_first_language_that_we_speak_is_spoken() {
        for (wanted, expected) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Language::French),
            ("de, en;q=0.5, fr;q=0.4", Language::English),
            ("fr;q=0.1, en-GB", Language::English),
            ("en;q=0, bm", Language::French),
            ("", Language::English),
            (" ,;", Language::English),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wanted))]);
            assert_eq!(Language::accepted(&headers), expected, "{wanted}");
        }
        assert_eq!(Language::accepted(&HeaderMap::new()), Language::English);
    }

    #[test]
    fn both_catalogues_are_read_and_say_the_same_words() {
        let keys = |text| read(text).keys().cloned().collect::<Vec<_>>();
        let english = keys(include_str!("../../viewer/src/words/en.json"));
        assert!(english.len() > 100);
        assert_eq!(english, keys(include_str!("../../viewer/src/words/fr.json")));
        assert_eq!(Language::French.day(Instant::parse("2025-10-22T12:00:00Z").unwrap()), "22 octobre 2025");
        assert_eq!(Language::French.day(Instant::parse("2025-11-01T00:00:00Z").unwrap()), "1er novembre 2025");
        let filled = Language::French.fill("on", &[("title", "{date}"), ("date", "demain")]);
        assert_eq!(filled, "{date}, le demain", "what is filled in is not searched");
        assert_eq!(Language::English.code("effect", "closes"), "Closes the road");
        assert_eq!(Language::English.code("effect", "not_known"), "not known");
    }
}
