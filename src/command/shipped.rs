//! `roadblock shipped`: makes the data sets that ship from their sources, byte for byte the same each time.

use super::{DATA_SAY_NO, complain, refuse, say};
use crate::cli::ShippedArgs;
use roadblock_layers::finding::Severity;
use roadblock_layers::import::{basemap, mali};
use std::path::Path;
use std::process::ExitCode;

/// Makes the one asked for; 1 if something was refused.
pub fn run(args: ShippedArgs) -> ExitCode {
    if let Some(folder) = &args.basemap {
        return match basemap(folder, &args.to) {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => refuse(reason),
        };
    }
    let Some(file) = args.file else { return refuse("give the file to import") };
    let outline = args.outline.unwrap_or_else(|| file.with_file_name("outline.geojson"));
    match records(&file, &outline, &args.to) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(DATA_SAY_NO),
        Err(reason) => refuse(reason),
    }
}

/// Makes the basemap from a folder of extracts.
fn basemap(folder: &Path, to: &Path) -> Result<(), String> {
    let bytes = basemap::build(folder).map_err(|error| error.to_string())?;
    std::fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    write(&to.join(basemap::FILE), &bytes)?;
    say(format_args!("{}: {} bytes", basemap::FILE, bytes.len()));
    Ok(())
}

/// Imports the records; gives back how many findings refuse something.
fn records(file: &Path, outline: &Path, to: &Path) -> Result<usize, String> {
    let imported = mali::import(&read(file)?, &read(outline)?).map_err(|error| format!("{}: {error}", file.display()))?;
    std::fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for (name, content) in &imported.files {
        write(&to.join(name), content.as_bytes())?;
    }
    for finding in &imported.findings {
        complain(finding);
    }
    for (table, accepted, all) in &imported.counts {
        say(format_args!("{table}: {accepted} of {all} accepted"));
    }
    Ok(imported.findings.iter().filter(|finding| finding.severity == Severity::Error).count())
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    std::fs::write(path, content).map_err(|error| format!("{}: {error}", path.display()))
}
