//! Statuses as sentences that a logistician can read, in English and French: what it is, since when, where, why and who says so, and what becomes of
//! it if nothing new is heard.

use crate::http::words::Language;
use roadblock_layers::access::{Cause, CorridorStatus, Ground, Inquiry, Rank, SegmentStatus};
use roadblock_layers::record::{Record, Records};
use roadblock_layers::time::Instant;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Causes that a sentence names; the rest are in the list.
const MOST_CAUSES: usize = 2;
/// Places that a sentence names.
const MOST_PLACES: usize = 2;

/// What a sentence is made of.
struct Said<'r> {
    rank: Rank,
    since: Option<Instant>,
    /// Between which places it is held up.
    places: Vec<(&'r str, &'r str)>,
    causes: Vec<&'r Record>,
    /// What it becomes, and when.
    next: Option<(Rank, Instant)>,
}

/// Adds the sentence of a segment.
pub(super) fn segment(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, status: &SegmentStatus<'_>) {
    let after = |at: Instant| Some((inquiry.segment_rank(&status.leg.id, at)?, at));
    let said = Said {
        rank: status.status.rank,
        since: status.since,
        places: Vec::new(),
        causes: deciding(&status.status.causes),
        next: status.expires_at.and_then(after),
    };
    put(members, inquiry, &said);
}

/// Adds the sentence of a corridor.
pub(super) fn corridor(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, status: &CorridorStatus<'_>) {
    let parts = || status.bottlenecks();
    let after = |at: Instant| (inquiry.corridor_rank(status.chain, at), at);
    let causes = parts().filter_map(|part| part.status.as_ref()).flat_map(|part| deciding(&part.status.causes));
    let mut seen = BTreeSet::new();
    let said = Said {
        rank: status.rank,
        since: status.since,
        places: parts().map(|part| (part.link.from.as_str(), part.link.to.as_str())).collect(),
        causes: causes.filter(|record| seen.insert(record.id())).collect(),
        next: status.expires_at.map(after),
    };
    put(members, inquiry, &said);
}

/// The reports with the gravest effect among those that count.
fn deciding<'r>(causes: &[Cause<'r>]) -> Vec<&'r Record> {
    let counted = || causes.iter().filter(|cause| cause.counted);
    let gravest = counted().map(|cause| cause.effect).min();
    let records = counted().filter(|cause| Some(cause.effect) == gravest).filter_map(|cause| match cause.ground {
        Ground::Evidence(evidence) => Some(&*evidence.record),
        Ground::Statement(_) | Ground::Abandoned(_) | Ground::Vehicle(_) => None,
    });
    records.collect()
}

fn put(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, said: &Said<'_>) {
    let network = &inquiry.roads.network;
    let told = |language| json!(format!("{}{}", now(said, network, language), next(said, inquiry.known_at, language)));
    members.insert("explanation".to_owned(), told(Language::English));
    members.insert("explanation_fr".to_owned(), told(Language::French));
}

/// What it is.
fn now(said: &Said<'_>, network: &Records, language: Language) -> String {
    let mut text = language.say(&format!("why.{}", word(said.rank))).to_owned();
    if said.rank != Rank::Unknown {
        if let Some(since) = said.since {
            text += &language.say("why.since").replace("{date}", &language.day(since));
        }
        if !said.places.is_empty() {
            text += &language.say("why.between").replace("{places}", &places(&said.places, network, language));
        }
        let causes: Vec<String> = said.causes.iter().take(MOST_CAUSES).map(|record| cause(record, network, language)).collect();
        if !causes.is_empty() {
            text += language.say("why.because");
            text += &causes.join("; ");
        }
        text.push('.');
    }
    text
}

/// What it becomes; of what was to come when it was known it is only expected, and news may change it.
fn next(said: &Said<'_>, known_at: Instant, language: Language) -> String {
    let Some((rank, at)) = said.next else { return String::new() };
    let sentence = language.say(if at > known_at { "why.next" } else { "why.then" });
    let sentence = sentence.replace("{status}", language.say(&format!("next.{}", word(rank))));
    format!(" {}", sentence.replace("{date}", &language.day(at)))
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

fn places(legs: &[(&str, &str)], network: &Records, language: Language) -> String {
    let mut named: Vec<String> = legs
        .iter()
        .take(MOST_PLACES)
        .map(|(from, to)| format!("{} {} {}", network.name_of(from), language.say("and"), network.name_of(to)))
        .collect();
    if legs.len() > MOST_PLACES {
        named.push(language.say("why.more").replace("{n}", &(legs.len() - MOST_PLACES).to_string()));
    }
    named.join(", ")
}

/// A report by its name, and who said so when.
fn cause(record: &Record, network: &Records, language: Language) -> String {
    let common = record.common();
    let name = common.name_fr.as_ref().filter(|_| language == Language::French).unwrap_or(&common.name);
    let source = common.sources.iter().find_map(|id| network.source(id));
    source.map_or_else(
        || name.clone(),
        |source| match source.published_on {
            Some(day) => format!("{name} ({}, {})", source.publisher, language.day(day)),
            None => format!("{name} ({})", source.publisher),
        },
    )
}
