//! `roadblock archive LAYERS OUT`: all tiles of some layers at one moment in one file, made on all cores.
//!
//! Progress goes to standard error, and only to a terminal. The file stands under its name when it is whole, not before.

mod about;

use super::serve::stored::ingredients;
use super::serve::{failed, load};
use super::{refuse, say};
use crate::archive::Job;
use crate::cli::{ArchiveArgs, ArchiveFormat, ServeArgs};
use crate::clock::Clock;
use crate::config::Settings;
use crate::http::layer_set::LayerSet;
use crate::portray::MAP_PHASES;
use crate::progress;
use crate::style::Styles;
use crate::world::World;
use crate::world::prepared::Keeping;
use crate::world::records::worlds;
use indicatif::ProgressBar;
use roadblock_layers::layer::Asked;
use roadblock_layers::store::Store;
use roadblock_layers::time::Instant;
use roadblock_layers::vocab::Audience;
use roadblock_tiles::archive::{About, Content, Kind, Summary, Writer};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Writes the archive; 1 if the data cannot be read, 2 if what is asked does not work.
pub fn run(args: ArchiveArgs) -> ExitCode {
    let serve = ServeArgs {
        files: args.files.clone(),
        config: args.config.clone(),
        tile_budget_kb: args.tile_budget_kb,
        ..ServeArgs::default()
    };
    let settings = match Settings::decide(serve) {
        Ok(settings) => settings,
        Err(error) => return refuse(error),
    };
    if Kind::of(&args.out).is_none() {
        return refuse(format_args!("{}: name the archive .pmtiles or .mbtiles; the ending decides", args.out.display()));
    }
    if let Err(error) = crate::log::start(settings.log_format, &settings.log) {
        return refuse(format_args!("log filter '{}': {error}", settings.log));
    }
    match archive(&args, &settings) {
        Ok(Summary { tiles, distinct, bytes }) => {
            say(format_args!("{}: {tiles} tiles, {distinct} different ones, {bytes} bytes", args.out.display()));
            ExitCode::SUCCESS
        }
        Err(error) => failed(error.as_ref()),
    }
}

fn archive(args: &ArchiveArgs, settings: &Settings) -> Result<Summary, Box<dyn Error>> {
    let now = Clock::System.now();
    let named = |reason: Box<dyn Error>| format!("{}: {reason}", args.out.display());
    // Where nothing can be written nothing need be read.
    let writer = begin(args).map_err(named)?;
    let keeping = if settings.prepared { Keeping::reading() } else { Keeping::default() };
    let world = match &args.data {
        Some(folder) => stored(folder, args.audience(), now)?,
        None => Arc::new(load(settings, keeping)?.0),
    };
    let (job, about) = plan(args, &world, now)?;
    Ok(write(writer, &job, &about, settings.render_threads).map_err(named)?)
}

/// What an audience sees of a store.
fn stored(folder: &Path, audience: Audience, now: Instant) -> Result<Arc<World>, Box<dyn Error>> {
    let store = Store::open(folder)?;
    let loaded = store.loaded();
    let worlds = worlds(&ingredients(loaded)?, &loaded.history()?, now);
    Ok(Arc::clone(worlds.seen_by(audience)))
}

/// The file; what is not for everybody is its owner's alone.
fn begin(args: &ArchiveArgs) -> Result<Writer, Box<dyn Error>> {
    Ok(match args.audience() {
        Audience::Public => Writer::create(&args.out)?,
        Audience::Partner | Audience::Editor => Writer::create_for_owner(&args.out)?,
    })
}

/// What to make, and what to say of it. What is asked for in vain is refused before any tile is made.
fn plan(args: &ArchiveArgs, world: &World, now: Instant) -> Result<(Job, About), Box<dyn Error>> {
    let set = LayerSet::resolve(world, &args.layers).map_err(|problem| problem.detail)?;
    let (lowest, highest) = set.zooms();
    let zooms = *args.zooms.start().max(&lowest)..=*args.zooms.end().min(&highest);
    if zooms.is_empty() {
        return Err(format!("{} has zooms {lowest} to {highest} only", set.spec).into());
    }
    let known = set.layers.iter().filter_map(|published| published.layer.known_since(now)).max();
    let asked = Asked {
        datetime: args.datetime.unwrap_or_else(|| world.default_datetime(now)),
        known_at: args.known_at.or(known).unwrap_or(now),
        phases: Some(MAP_PHASES),
    };
    let content = match args.format {
        ArchiveFormat::Mvt => Content::Mvt,
        ArchiveFormat::Png => Content::Png,
        ArchiveFormat::Webp => Content::Webp,
    };
    let about = about::about(world, &set, &asked, &zooms, content, args)?;
    Ok((Job { layers: set.layers, asked, zooms, content, look: Styles::builtin()?.overlay() }, about))
}

/// Makes all tiles and writes them in order.
fn write(mut writer: Writer, job: &Job, about: &About, threads: usize) -> Result<Summary, Box<dyn Error>> {
    let progress = progress_of(job);
    let mut tiles = 0;
    job.run(threads, |parcels| {
        progress.inc(1);
        tiles += parcels.len();
        progress.set_message(format!("{tiles} tiles"));
        parcels.iter().try_for_each(|parcel| writer.add(parcel))
    })?;
    progress.finish_and_clear();
    Ok(writer.finish(about)?)
}

/// A bar over the stretches of the map that are to be made; hidden unless standard error is a terminal.
fn progress_of(job: &Job) -> ProgressBar {
    let bar = progress::bar(0);
    if !bar.is_hidden() {
        bar.set_length(job.stretches().count() as u64);
    }
    bar
}
