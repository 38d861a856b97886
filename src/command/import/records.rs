//! Records into a store: everything is read, compared and judged together, then committed at once or not at all.

use super::super::{complain, say};
use super::{Refused, mapping};
use crate::cli::ImportArgs;
use crate::clock::Clock;
use crate::intake::{Counts, Everything, Weighed};
use crate::progress;
use roadblock_layers::import::mapping::Mapping;
use roadblock_layers::source::{Bounds, Package};
use roadblock_layers::store::{CommitError, Store, Version};
use roadblock_layers::view;
use roadblock_layers::vocab::Kind;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Who says so, unless somebody is named.
const IMPORT: &str = "import";

/// Imports files of one layer; gives back the line that says what was done.
pub(super) fn import(folder: &Path, args: &ImportArgs, files: &[PathBuf]) -> Result<String, Refused> {
    let mapping = args.mapping.as_deref().map(mapping::named).transpose()?;
    let kind = kind(args.layer.as_deref(), mapping.as_ref())?;
    let store = Store::open(folder)?;
    let mut everything = Everything::default();
    for file in files {
        take(&mut everything, file, kind, mapping.as_ref(), args.table.as_deref())?;
    }
    let history = store.loaded().history()?;
    let newest: BTreeMap<&str, &Version> = store.loaded().versions.iter().map(|version| (version.id.as_str(), version)).collect();
    let who = args.who.clone().unwrap_or_else(|| IMPORT.to_owned());
    let bar = progress::bar(everything.drafts() as u64);
    bar.set_message("records");
    let weighed = everything.weighed((&history, |id| newest.get(id).copied()), kind, who, || bar.inc(1));
    bar.finish_and_clear();
    let Some(batch) = weighed.batch().cloned() else { return Err(Refused::Data(weighed.findings)) };
    weighed.findings.iter().for_each(complain);
    let sum = sum(weighed.counts());
    if args.dry_run {
        tell(&weighed);
        return Ok(format!("{sum}; nothing was changed (--dry-run)"));
    }
    if batch.changes.is_empty() {
        return Ok(format!("{sum}; nothing was changed"));
    }
    let (_, writer) = store.start().map_err(|error| Refused::Usage(error.to_string()))?;
    writer.commit(batch, Clock::System.now()).map_err(not_committed)?;
    Ok(sum)
}

/// Takes what a file says, by the ending of its name and the mapping.
fn take(
    everything: &mut Everything,
    path: &Path,
    kind: Kind,
    mapping: Option<&Mapping>,
    table: Option<&str>,
) -> Result<(), Refused> {
    let ends_in = |ending: &str| path.extension().is_some_and(|its| its.eq_ignore_ascii_case(ending));
    let file = path.display().to_string();
    let wrong = |error: &dyn std::fmt::Display| Refused::Usage(format!("{file}: {error}"));
    if ends_in("gpkg") {
        let package = Package::open(path).map_err(|error| wrong(&error))?;
        return everything.take_package(&file, (&package, table), mapping, kind, Bounds::NONE).map_err(|error| wrong(&error));
    }
    if mapping.is_none() && ends_in("csv") {
        return Err(wrong(&"say how its columns are read: --mapping FILE, or acled, hxl, sdi-t"));
    }
    let text = std::fs::read(path).map_err(|error| wrong(&error))?;
    match mapping {
        Some(mapping) => everything.take_table(&file, &text, mapping, kind, Bounds::NONE),
        None => everything.take_geojson(&file, &text, kind),
    }
    Ok(())
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

/// A line for each that would be new or changed.
fn tell(weighed: &Weighed) {
    for (id, members) in weighed.changes() {
        match members {
            None => say(format_args!("new      {id}")),
            Some(members) => {
                let members: Vec<String> = members.iter().map(ToString::to_string).collect();
                say(format_args!("changed  {id}: {}", members.join("; ")));
            }
        }
    }
}

fn sum(Counts { new, changed, unchanged, withdrawn, skipped }: Counts) -> String {
    let also = |count, what| if count == 0 { String::new() } else { format!(", {count} {what}") };
    let (left, passed) = (also(withdrawn, "withdrawn here and left so"), also(skipped, "rows passed over, as the mapping says"));
    format!("{new} new, {changed} changed, {unchanged} unchanged{left}{passed}")
}
