//! Access over the first data set and over small networks made by hand.

mod cut;
mod following;
mod matching;
mod monotone;
mod moments;
mod routes;
mod rules;
mod sample;
mod views;
mod alerts;
mod worked;

use super::*;
use crate::dataset::{self, Lines};
use crate::history::History;
use crate::record::Records;
use crate::time::{Datetime, parse_known_at};
use crate::view::{self, Rekey, Viewer};
use std::path::PathBuf;

fn shipped(file: &str) -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/mali").join(file)).unwrap()
}

/// The first data set.
fn mali() -> Records {
    let files = ["places.jsonl", "segments.jsonl", "corridors.jsonl", "blockades.jsonl", "areas.jsonl"];
    let texts = files.map(|name| (name, shipped(name)));
    let lines: Vec<Lines<'_>> = texts.iter().map(|(name, text)| Lines { name, text }).collect();
    dataset::read(&lines, Lines { name: "sources.jsonl", text: &shipped("sources.jsonl") }).unwrap()
}

/// What an audience may work out of records, long after all delays.
fn seen_by(audience: Audience, history: &History) -> Access {
    let viewer = Viewer { audience, now: Instant::parse("2027-01-01").unwrap(), rekey: Rekey([0; 16]), attribution: "" };
    Access::of(view::told(history, viewer), audience)
}

fn day(text: &str) -> Datetime {
    Datetime::parse(text).unwrap()
}

fn known(text: &str) -> Instant {
    parse_known_at(text).unwrap()
}
