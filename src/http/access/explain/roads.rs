//! What a segment or a corridor is like, at a moment or for a while.

use super::put;
use super::teller::{Leg, Teller};
use roadblock_layers::access::{Chain, CorridorStatus, Inquiry, Rank, SegmentStatus, Spell};
use roadblock_layers::record::Record;
use roadblock_layers::time::{Instant, Interval};
use serde_json::{Map, Value};

/// What the sentence of a moment is made of.
struct Said<'r> {
    rank: Rank,
    since: Option<Instant>,
    /// Where it is held up.
    legs: Vec<Leg<'r>>,
    causes: Vec<&'r Record>,
    /// What it becomes, and when.
    next: Option<(Rank, Instant)>,
}

/// Adds the sentence of a segment.
pub(in super::super) fn segment(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, status: &SegmentStatus<'_>) {
    let after = |at: Instant| Some((inquiry.segment_rank(&status.leg.id, at)?, at));
    let said = Said {
        rank: status.status.rank,
        since: status.since,
        legs: Vec::new(),
        causes: status.status.deciding().collect(),
        next: status.expires_at.and_then(after),
    };
    put(members, &inquiry.roads.network, |teller| sentence(teller, &said, inquiry.known_at));
}

/// Adds the sentence of a corridor.
pub(in super::super) fn corridor(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, status: &CorridorStatus<'_>) {
    let said = Said {
        rank: status.rank,
        since: status.since,
        legs: held_up(status),
        causes: status.deciding(),
        next: after(inquiry, status),
    };
    put(members, &inquiry.roads.network, |teller| sentence(teller, &said, inquiry.known_at));
}

/// Adds the sentence of a while of a corridor's time.
pub(in super::super) fn spell(
    members: &mut Map<String, Value>,
    inquiry: &Inquiry<'_>,
    chain: &Chain,
    spell: &Spell<'_>,
    held: &Interval,
) {
    let known_at = inquiry.known_at;
    let mut held_up = spell.segments.iter().peekable();
    let links = chain.links.iter().filter(|link| held_up.next_if(|segment| **segment == link.segment).is_some());
    let legs: Vec<Leg<'_>> = links.map(|link| (link.from.as_str(), link.to.as_str())).collect();
    put(members, &inquiry.roads.network, |teller| {
        let grounds = teller.grounds(spell.rank, &legs, &spell.deciding);
        let mut text = format!("{}{}{grounds}", teller.begins(spell.rank), teller.stretch(held));
        if held.to.is_none_or(|to| to > known_at) {
            text.push(' ');
            text += &teller.fill("why.expected", &[("date", &teller.language.day(known_at))]);
        }
        text
    });
}

/// Where a corridor is as bad as it is.
pub(super) fn held_up<'r>(status: &CorridorStatus<'r>) -> Vec<Leg<'r>> {
    status.bottlenecks().map(|part| (part.link.from.as_str(), part.link.to.as_str())).collect()
}

/// What a corridor becomes, and when.
pub(super) fn after(inquiry: &Inquiry<'_>, status: &CorridorStatus<'_>) -> Option<(Rank, Instant)> {
    status.expires_at.map(|at| (inquiry.corridor_rank(status.chain, at), at))
}

fn sentence(teller: &Teller<'_>, said: &Said<'_>, known_at: Instant) -> String {
    let since = said.since.filter(|_| said.rank != Rank::Unknown);
    let since = since.map(|since| teller.fill("why.since", &[("date", &teller.language.day(since))])).unwrap_or_default();
    let grounds = teller.grounds(said.rank, &said.legs, &said.causes);
    format!("{}{since}{grounds}{}", teller.begins(said.rank), next(teller, said.next, known_at))
}

/// What it becomes; of what was to come when it was known it is only expected, and news may change it.
pub(super) fn next(teller: &Teller<'_>, next: Option<(Rank, Instant)>, known_at: Instant) -> String {
    let Some((rank, at)) = next else { return String::new() };
    let word = if at > known_at { "why.next" } else { "why.then" };
    let gaps = [("status", teller.status(Some(rank))), ("date", &teller.language.day(at))];
    format!(" {}", teller.fill(word, &gaps))
}
