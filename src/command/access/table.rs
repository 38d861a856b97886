//! The table: the worst first, each corridor with where it is held up, since when, until when if nothing new is heard, and by what.

use roadblock_layers::access::{CorridorStatus, Inquiry, Part, RULES, Rank, put_worst_first};
use roadblock_layers::layer::Asked;
use roadblock_layers::record::Records;
use roadblock_layers::time::{Datetime, Instant};
use roadblock_layers::vocab::Audience;
use std::fmt::Write;

/// Held up in more places than this, the rest are counted.
const MOST_PLACES: usize = 3;

/// All corridors, or those that lead to a place, under what was asked and above what not to read into it.
pub(super) fn table(inquiry: &Inquiry<'_>, asked: &Asked, to: Option<&str>, audience: Audience, disclaimer: &str) -> String {
    let mut corridors: Vec<CorridorStatus<'_>> = inquiry.corridors(to, &asked.datetime).collect();
    put_worst_first(&mut corridors);
    let mut out = head(inquiry, asked, audience);
    let rows: Vec<[String; 6]> = corridors.iter().map(|corridor| row(corridor, &inquiry.roads.network)).collect();
    write_rows(&mut out, &rows);
    if rows.is_empty() {
        out.push_str("No corridor leads there.\n");
    }
    if audience != Audience::Editor {
        out.push_str("\nReports that this audience may not see are left out: what is not closed here may be closed.");
    }
    let _ = write!(
        out,
        "\nA status expires when it changes without any news.\nUnknown means that there is no news, never that a road is open."
    );
    let _ = write!(out, "\n{disclaimer}");
    out
}

fn head(inquiry: &Inquiry<'_>, asked: &Asked, audience: Audience) -> String {
    let terms = inquiry.terms;
    let class = terms.vehicle_class.map(|class| format!(", vehicle class {class}")).unwrap_or_default();
    format!(
        "Access at {}, known at {}\nfor {}, direction {}{class}, by {}; {RULES}, as the audience '{}' sees it\n\n",
        when(&asked.datetime),
        asked.known_at,
        if terms.commodity.as_str() == "all" { "all goods" } else { terms.commodity.as_str() },
        terms.direction.as_str(),
        terms.evidence,
        audience.as_str(),
    )
}

/// A whole day as its date.
fn when(datetime: &Datetime) -> String {
    match datetime {
        Datetime::During(asked) => match (asked.from, asked.to) {
            (Some(from), Some(to)) if from.plus_days(1) == to => day(from),
            _ => datetime.to_string(),
        },
        _ => datetime.to_string(),
    }
}

fn day(at: Instant) -> String {
    at.to_string().chars().take("2025-10-22".len()).collect()
}

fn row(corridor: &CorridorStatus<'_>, network: &Records) -> [String; 6] {
    let mut status = corridor.rank.as_str().to_owned();
    if corridor.is_escorted {
        status.push_str(", escort");
    }
    let held: Vec<&Part<'_>> = corridor.bottlenecks().collect();
    let mut places: Vec<String> = held.iter().take(MOST_PLACES).map(|part| between(part, network)).collect();
    if held.len() > MOST_PLACES {
        places.push(format!("{} more", held.len() - MOST_PLACES));
    }
    let since = if corridor.rank == Rank::Unknown { None } else { corridor.since };
    let until = corridor.expires_at.filter(|_| since.is_some());
    let causes: Vec<&str> = corridor.causes().into_iter().collect();
    let days = [since, until].map(|at| at.map(day).unwrap_or_default());
    let [since, until] = days;
    [status, corridor.chain.id.clone(), since, until, places.join("; "), causes.join(" ")]
}

fn between(part: &Part<'_>, network: &Records) -> String {
    format!("{} – {}", network.name_of(&part.link.from), network.name_of(&part.link.to))
}

const HEADS: [&str; 6] = ["STATUS", "CORRIDOR", "SINCE", "EXPIRES", "HELD UP BETWEEN", "BY"];

fn write_rows(out: &mut String, rows: &[[String; 6]]) {
    let heads = HEADS.map(str::to_owned);
    let width = |column: usize| {
        let cells = std::iter::once(&heads).chain(rows).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    for row in std::iter::once(&heads).chain(rows) {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        out.push_str(line.trim_end());
        out.push('\n');
    }
}
