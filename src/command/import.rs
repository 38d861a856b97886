//! `roadblock import`: a world that was exported into a directory without a store, or records into the store of one.

mod mapping;
mod records;

use super::{DATA_SAY_NO, complain, folder_of, refuse, say, store};
use crate::cli::ImportArgs;
use crate::intake::{Place, Placed};
use roadblock_layers::finding::Finding;
use roadblock_layers::store::{FORMAT, Store, StoreError, Whole};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

/// Imports all of it or nothing: 1 if the data are refused, 2 if what is asked does not work, 3 if the store is damaged.
pub fn run(args: ImportArgs) -> ExitCode {
    let folder = match folder_of(args.data.data.clone()) {
        Ok(folder) => folder,
        Err(refused) => return refused,
    };
    let worlds = args.files.iter().filter(|file| is_world(file)).count();
    let is_about_records = args.layer.is_some() || args.mapping.is_some() || args.table.is_some() || args.who.is_some();
    let imported = match args.files.as_slice() {
        _ if worlds > 0 && is_about_records => Err(Refused::Usage(
            "a world says itself of which layers and by whom its records are; leave out --layer, --table, --mapping and --who"
                .to_owned(),
        )),
        [file] if worlds == 1 => world(&folder, file, args.dry_run),
        _ if worlds > 0 => Err(Refused::Usage("a file that holds a whole world is imported alone".to_owned())),
        files => records::import(&folder, &args, files),
    };
    match imported {
        Ok(line) => {
            say(line);
            ExitCode::SUCCESS
        }
        Err(refused) => refused.told(),
    }
}

/// Why nothing was imported.
enum Refused {
    /// The command cannot be carried out as given.
    Usage(String),
    /// The store says no.
    Store(StoreError),
    /// The data say no; a line for each finding.
    Data(Vec<Placed>),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Refused {
    /// What is wrong with a file as a whole, or with the world in it.
    fn findings(file: &Path, findings: Vec<Finding>) -> Self {
        let place = Place::whole(&file.display().to_string());
        Self::Data(findings.into_iter().map(|finding| Placed { place: place.clone(), finding }).collect())
    }

    fn told(self) -> ExitCode {
        match self {
            Self::Usage(reason) => refuse(reason),
            Self::Store(error @ StoreError::InUse(_)) => {
                store::failed(&error, ", or send the same to that server: POST /collections/{layer}/items")
            }
            Self::Store(error @ StoreError::Missing(_)) => store::failed(
                &error,
                "; `roadblock serve` makes one of the built-in data, and a world that was exported makes one of its own",
            ),
            Self::Store(error) => store::failed(&error, ""),
            Self::Data(findings) => {
                findings.iter().for_each(say);
                complain(format_args!("{} findings; nothing was imported", findings.len()));
                ExitCode::from(DATA_SAY_NO)
            }
        }
    }
}

/// Whether a file begins as those of `export` do. One that cannot be read is told of by whoever reads it in earnest.
fn is_world(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(256).read_to_end(&mut start));
    let begins = format!("{{\"format\":\"{FORMAT}\"");
    read.is_ok() && start.starts_with(begins.as_bytes())
}

/// Makes the store of a directory from a world.
fn world(folder: &Path, path: &Path, dry_run: bool) -> Result<String, Refused> {
    let file = File::open(path).map_err(|error| Refused::Usage(format!("{}: {error}", path.display())))?;
    let bar = crate::progress::bar(file.metadata().map_or(0, |about| about.len()));
    bar.set_message("bytes");
    let whole = Whole::read(BufReader::new(bar.wrap_read(file)));
    bar.finish_and_clear();
    let whole = whole.map_err(|findings| Refused::findings(path, findings))?;
    if dry_run {
        return Ok(format!("{} versions would be the store of {}; nothing was made (--dry-run)", whole.len(), folder.display()));
    }
    match Store::carried(folder, &whole).map(drop) {
        Ok(()) => Ok(format!("{}: {} versions", folder.display(), whole.len())),
        Err(StoreError::Refused(findings)) => Err(Refused::findings(path, findings)),
        Err(StoreError::Exists(path)) => {
            Err(Refused::Usage(format!("{} is there already; a world goes into a directory without a store", path.display())))
        }
        Err(error) => Err(error.into()),
    }
}
