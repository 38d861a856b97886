//! The corridors on the plain page: which can be passed, and what holds up the others.

use crate::http::call::Call;
use crate::http::html::escape;
use crate::http::words::Language;
use roadblock_layers::access::{CorridorStatus, Inquiry, Rank, Terms, put_worst_first};
use roadblock_layers::layer::Asked;
use std::collections::BTreeSet;

/// Words of the columns.
const HEADS: [&str; 5] = ["corridor", "status", "since", "held_up", "because"];

/// A table of all corridors under a heading, the worst first; nothing where no roads are known.
pub(super) fn table(call: &Call, asked: &Asked, heading: &str, language: Language) -> Option<String> {
    let inquiry = call.world.access.as_ref()?.known(asked.known_at, Terms::default())?;
    let mut corridors: Vec<CorridorStatus<'_>> = inquiry.corridors(None, &asked.datetime).collect();
    put_worst_first(&mut corridors);
    let heads: String = HEADS.map(|word| format!("<th>{}</th>", escape(language.say(word)))).concat();
    let rows: String = corridors.iter().map(|corridor| row(corridor, &inquiry, language)).collect();
    Some(format!("<h2>{heading}</h2><div class=\"wide\" tabindex=\"0\"><table><tr>{heads}</tr>\n{rows}</table></div>\n"))
}

fn row(corridor: &CorridorStatus<'_>, inquiry: &Inquiry<'_>, language: Language) -> String {
    let network = &inquiry.roads.network;
    let mut status = language.code("status", corridor.rank.as_str());
    if corridor.is_escorted {
        status = format!("{status}, {}", language.code("condition", "escort"));
    }
    let since = corridor.since.filter(|_| corridor.rank != Rank::Unknown).map(|since| language.day(since));
    let places =
        corridor.bottlenecks().map(|part| format!("{} – {}", network.name_of(&part.link.from), network.name_of(&part.link.to)));
    let causes = corridor.bottlenecks().filter_map(|part| part.status.as_ref()).flat_map(|part| &part.status.causes);
    let evidence = causes.filter(|cause| cause.counted).filter_map(|cause| cause.evidence());
    let reports: BTreeSet<&str> = evidence.map(|evidence| evidence.record.common().name.as_ref()).collect();
    // Corridors and reports are named in English.
    let tag = if language == Language::English { "" } else { " lang=\"en\"" };
    format!(
        "<tr><td{tag}>{}</td><td>{}</td><td>{}</td><td>{}</td><td{tag}>{}</td></tr>\n",
        escape(&corridor.chain.name),
        escape(&status),
        escape(&since.unwrap_or_default()),
        escape(&places.collect::<Vec<_>>().join("; ")),
        escape(&reports.into_iter().collect::<Vec<_>>().join("; ")),
    )
}
