//! Records into a store: everything is read, compared and judged together, then committed at once or not at all.

use super::super::{complain, say};
use super::difference::Difference;
use super::read::{Everything, Said};
use super::{Placed, Refused, mappings};
use crate::cli::ImportArgs;
use crate::clock::Clock;
use crate::ledger::{Entry, Judged, Order, Says};
use crate::progress;
use roadblock_layers::finding::{Finding, Severity};
use roadblock_layers::history::History;
use roadblock_layers::import::feature::keep_effect;
use roadblock_layers::import::mapping::Mapping;
use roadblock_layers::store::{CommitError, Loaded, Store, Version};
use roadblock_layers::view;
use roadblock_layers::vocab::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Who says so, unless somebody is named.
const IMPORT: &str = "import";

/// What was read, and what each of it would change.
type Compared = Vec<(Said, Difference)>;

/// Imports files of one layer; gives back the line that says what was done.
pub(super) fn import(folder: &Path, args: &ImportArgs, files: &[PathBuf]) -> Result<String, Refused> {
    let mapping = args.mapping.as_deref().map(mappings::named).transpose()?;
    let kind = kind(args.layer.as_deref(), mapping.as_ref())?;
    let store = Store::open(folder)?;
    let mut everything = Everything::default();
    for file in files {
        let ends_in = |ending: &str| file.extension().is_some_and(|its| its.eq_ignore_ascii_case(ending));
        let is_table = ends_in("csv");
        match &mapping {
            _ if ends_in("gpkg") => everything.take_package(file, args.table.as_deref(), mapping.as_ref(), kind)?,
            Some(mapping) => everything.take_table(file, mapping, kind)?,
            None if is_table => {
                let help = "say how its columns are read: --mapping FILE, or acled, hxl, sdi-t";
                return Err(Refused::Usage(format!("{}: {help}", file.display())));
            }
            None => everything.take_geojson(file, kind)?,
        }
    }
    let Everything { said, mut findings, skipped } = everything;
    let history = store.loaded().history()?;
    let compared = compared(store.loaded(), &history, kind, said, &mut findings);
    let order =
        Order { who: args.who.clone().unwrap_or_else(|| IMPORT.to_owned()), entries: entries(kind, &compared), key: None };
    let (batch, found) = match order.judged(&history) {
        Ok(Judged { batch, findings, .. }) => (Some(batch), findings),
        Err(found) => (None, found),
    };
    findings.extend(found.into_iter().map(|finding| placed(finding, &compared)));
    let batch = match batch.filter(|_| findings.iter().all(|placed| placed.finding.severity == Severity::Warning)) {
        Some(batch) => batch,
        None => return Err(Refused::Data(findings)),
    };
    findings.iter().for_each(complain);
    if args.dry_run {
        compared.iter().for_each(|(said, difference)| tell(said, difference));
        return Ok(format!("{}; nothing was changed (--dry-run)", sum(&compared, skipped)));
    }
    if batch.changes.is_empty() {
        return Ok(format!("{}; nothing was changed", sum(&compared, skipped)));
    }
    let (_, writer) = store.start().map_err(|error| Refused::Usage(error.to_string()))?;
    writer.commit(batch, Clock::System.now()).map_err(not_committed)?;
    Ok(sum(&compared, skipped))
}

/// The kind of record that the files hold, by the name of its layer.
fn kind(asked: Option<&str>, mapping: Option<&Mapping>) -> Result<Kind, Refused> {
    let help = "name the layer that the files are of: --layer blockades, areas, corridors, segments or places";
    let mapped = mapping.map(|mapping| mapping.layer.as_str());
    let layer = asked.or(mapped).ok_or_else(|| Refused::Usage(help.to_owned()))?;
    if let Some(mapped) = mapped.filter(|mapped| *mapped != layer) {
        return Err(Refused::Usage(format!("the mapping is of the layer '{mapped}', not of '{layer}'")));
    }
    view::kind_of(layer).ok_or_else(|| Refused::Usage(format!("there is no layer '{layer}'; {help}")))
}

/// Why a batch that was found good was not taken: nobody else writes, so it is the disk.
fn not_committed(error: CommitError) -> Refused {
    Refused::Usage(error.to_string())
}

/// What each draft would change. Ids that come twice or are taken are findings.
fn compared(loaded: &Loaded, history: &History, kind: Kind, said: Vec<Said>, findings: &mut Vec<Placed>) -> Compared {
    let newest: BTreeMap<&str, &Version> = loaded.versions.iter().map(|version| (version.id.as_str(), version)).collect();
    let bar = progress::bar(said.len() as u64);
    bar.set_message("records");
    let mut seen = BTreeSet::new();
    let mut compared = Vec::with_capacity(said.len());
    for mut said in said {
        bar.inc(1);
        let newest = newest.get(said.id.as_str()).copied();
        newest.into_iter().for_each(|newest| keep_effect(&mut said.sent, &newest.draft));
        let difference = Difference::of(history, kind, &said, newest);
        let finding = match &difference {
            _ if !seen.insert(said.id.clone()) => {
                Some(Finding::error("repeated_id", "/id", format!("'{}' came before; say each record once", said.id)))
            }
            Difference::Taken(other) => {
                let message = format!("'{}' is the id of a record of kind '{}'; take another", said.id, other.as_str());
                Some(Finding::error("id_taken", "/id", message))
            }
            Difference::Withdrawn => {
                let message = format!("'{}' was withdrawn here and stays so; an editor can restore it", said.id);
                Some(Finding::warning("withdrawn", "/id", message))
            }
            Difference::New | Difference::Changed(..) | Difference::Unchanged => None,
        };
        findings.extend(finding.map(|finding| Placed { place: said.place.clone(), finding }));
        compared.push((said, difference));
    }
    bar.finish_and_clear();
    compared
}

/// What is to be said anew; each is named by its number among what was read, which no id looks like.
fn entries(kind: Kind, compared: &Compared) -> Vec<Entry> {
    let entry = |(number, (said, difference)): (usize, &(Said, Difference))| {
        let says = Says::This(said.sent.clone());
        let expected = difference.expected()?;
        Some(Entry { kind, id: said.id.clone(), expected, says, pointer: format!("/#{number}") })
    };
    compared.iter().enumerate().filter_map(entry).collect()
}

/// A finding of the ledger with the place of the draft that it speaks of.
fn placed(finding: Finding, compared: &Compared) -> Placed {
    let within = finding.pointer.strip_prefix("/#").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    let found = within.and_then(|(number, rest)| Some((compared.get(number.parse::<usize>().ok()?)?, rest)));
    match found {
        Some(((said, _), rest)) => {
            let pointer = format!("/{rest}");
            Placed { place: said.place.clone(), finding: Finding { pointer, ..finding } }
        }
        None => Placed { place: "what the store holds".to_owned(), finding },
    }
}

/// A line for what would be new or changed.
fn tell(said: &Said, difference: &Difference) {
    match difference {
        Difference::New => say(format_args!("new      {}", said.id)),
        Difference::Changed(_, members) => {
            let members: Vec<String> = members.iter().map(ToString::to_string).collect();
            say(format_args!("changed  {}: {}", said.id, members.join("; ")));
        }
        Difference::Unchanged | Difference::Withdrawn | Difference::Taken(_) => (),
    }
}

fn sum(compared: &Compared, skipped: usize) -> String {
    let count = |is: fn(&Difference) -> bool| compared.iter().filter(|(_, difference)| is(difference)).count();
    let (new, changed) = (count(|is| matches!(is, Difference::New)), count(|is| matches!(is, Difference::Changed(..))));
    let (unchanged, withdrawn) =
        (count(|is| matches!(is, Difference::Unchanged)), count(|is| matches!(is, Difference::Withdrawn)));
    let also = |count, what| if count == 0 { String::new() } else { format!(", {count} {what}") };
    let (left, passed) = (also(withdrawn, "withdrawn here and left so"), also(skipped, "rows passed over, as the mapping says"));
    format!("{new} new, {changed} changed, {unchanged} unchanged{left}{passed}")
}
