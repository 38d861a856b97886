//! Phrases of which sentences are made: names of places, lengths, days, and reports with whoever says so.

use crate::http::words::Language;
use roadblock_layers::access::Rank;
use roadblock_layers::record::{Record, Records};
use roadblock_layers::time::{Datetime, Instant, Interval};

/// Causes that a sentence names; the rest are in the list.
const MOST_CAUSES: usize = 2;
/// Places that a sentence names.
const MOST_PLACES: usize = 2;

/// A leg by the ids of its places.
pub(super) type Leg<'r> = (&'r str, &'r str);

/// Whoever tells: in a language, by the names of a network.
pub(super) struct Teller<'r> {
    pub(super) language: Language,
    pub(super) network: &'r Records,
}

impl Teller<'_> {
    /// A text of the catalogue, its gaps filled.
    pub(super) fn fill(&self, word: &str, gaps: &[(&str, &str)]) -> String {
        self.language.fill(word, gaps)
    }

    /// The name of a place or a road.
    pub(super) fn name<'n>(&'n self, id: &'n str) -> &'n str {
        self.network.get(id).map_or(id, |record| self.called(record))
    }

    fn called<'n>(&self, record: &'n Record) -> &'n str {
        let common = record.common();
        common.name_fr.as_deref().filter(|_| self.language == Language::French).unwrap_or(&common.name)
    }

    /// How bad a road is, at the beginning of a sentence.
    pub(super) fn begins(&self, rank: Rank) -> &'static str {
        self.language.say(&format!("why.{}", word(rank)))
    }

    /// The same within one; nothing is what is not on record.
    pub(super) fn status(&self, rank: Option<Rank>) -> &'static str {
        self.language.say(&format!("next.{}", rank.map_or("absent", word)))
    }

    /// Where a road is as bad as that, why, and who says so.
    pub(super) fn grounds(&self, rank: Rank, legs: &[Leg<'_>], causes: &[&Record]) -> String {
        let mut text = String::new();
        if !legs.is_empty() {
            text += &self.fill("why.between", &[("places", &self.places(legs))]);
        }
        let causes: Vec<String> = causes.iter().take(MOST_CAUSES).map(|record| self.report(record)).collect();
        if rank == Rank::Unknown {
            text += self.language.say("why.because");
            text += self.language.say("why.no_news");
        } else if !causes.is_empty() {
            text += self.language.say("why.because");
            text += &causes.join(self.language.say("why.and"));
        }
        text.push('.');
        text
    }

    /// Legs as what lies between two places.
    pub(super) fn places(&self, legs: &[Leg<'_>]) -> String {
        let and = self.language.say("and");
        self.named(legs, |(from, to)| format!("{} {and} {}", self.name(from), self.name(to)))
    }

    /// Legs as from one place to another.
    pub(super) fn legs(&self, legs: &[Leg<'_>]) -> String {
        self.named(legs, |(from, to)| self.fill("leg", &[("from", self.name(from)), ("to", self.name(to))]))
    }

    fn named(&self, legs: &[Leg<'_>], name: impl Fn(Leg<'_>) -> String) -> String {
        let mut named: Vec<String> = legs.iter().take(MOST_PLACES).copied().map(name).collect();
        if legs.len() > MOST_PLACES {
            named.push(self.fill("why.more", &[("n", &(legs.len() - MOST_PLACES).to_string())]));
        }
        named.join(", ")
    }

    /// Between which places some segments are.
    pub(super) fn ends<'n>(&'n self, segments: impl IntoIterator<Item = &'n str>) -> Vec<Leg<'n>> {
        let ends = |id: &'n str| self.network.get(id)?.body().segment().map(|segment| (segment.a.as_str(), segment.b.as_str()));
        segments.into_iter().filter_map(ends).collect()
    }

    /// A report by its name, and who said so when.
    pub(super) fn report(&self, record: &Record) -> String {
        let name = self.called(record);
        let source = record.common().sources.iter().find_map(|id| self.network.source(id));
        source.map_or_else(
            || name.to_owned(),
            |source| match source.published_on {
                Some(day) => format!("{name} ({}, {})", source.publisher, self.language.day(day)),
                None => format!("{name} ({})", source.publisher),
            },
        )
    }

    /// A stretch of time, with a blank before it; nothing if it is all of time.
    pub(super) fn stretch(&self, time: &Interval) -> String {
        let day = |at: Option<Instant>| at.map(|at| self.language.day(at));
        match (day(time.from), day(time.to)) {
            (Some(from), Some(to)) if from == to => self.fill("time.on", &[("date", &from)]),
            (Some(from), Some(to)) => self.fill("time.during", &[("from", &from), ("to", &to)]),
            (Some(from), None) => self.fill("time.from", &[("from", &from)]),
            (None, Some(to)) => self.fill("time.until", &[("to", &to)]),
            (None, None) => String::new(),
        }
    }

    /// The same of what is asked: its last day is the one that it ends in.
    pub(super) fn when(&self, datetime: &Datetime) -> String {
        let last = |to: Instant| Instant::from_micros(to.micros().saturating_sub(1));
        self.stretch(&match *datetime {
            Datetime::All => Interval::ALWAYS,
            Datetime::At(at) => Interval { from: Some(at), to: Some(at) },
            Datetime::During(asked) => Interval { from: asked.from, to: asked.to.map(last) },
        })
    }

    /// A length as people say it: in metres below one kilometre, in tenths below ten.
    pub(super) fn length(&self, length_m: f64) -> String {
        let tenths = (length_m / 100.0).round() as u64;
        match (length_m, tenths) {
            (..1_000.0, _) if length_m.round() < 1_000.0 => format!("{} m", length_m.round()),
            (_, ..100) => format!("{}{}{} km", tenths / 10, self.language.say("number.decimal"), tenths % 10),
            _ => format!("{} km", self.number((length_m / 1_000.0).round() as u64)),
        }
    }

    fn number(&self, number: u64) -> String {
        match number {
            ..1_000 => number.to_string(),
            _ => format!("{}{}{:03}", self.number(number / 1_000), self.language.say("number.thousands"), number % 1_000),
        }
    }
}

const fn word(rank: Rank) -> &'static str {
    match rank {
        Rank::Open => "open",
        Rank::Escort => "escort",
        Rank::Unknown => "unknown",
        Rank::Restricted => "restricted",
        Rank::Closed => "closed",
    }
}
