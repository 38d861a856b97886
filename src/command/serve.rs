//! `roadblock serve`: loads the world, binds, prints the address, serves until told to stop.

pub(super) mod stored;

use super::{DATA_SAY_NO, complain, refuse, say, store, token};
use crate::cli::ServeArgs;
use crate::clock::Clock;
use crate::config::Settings;
use crate::http::router;
use crate::ledger::Ledger;
use crate::serve::{Entrance, Stops};
use crate::server::Server;
use crate::style::{Drawn, StyleError};
use crate::tls::Certificates;
use crate::watch;
use crate::world::file::{FileError, Files};
use crate::world::prepared::{Keeper, Keeping};
use crate::world::{World, Worlds, builtin};
use roadblock_layers::access::CHANGES_LAYER;
use roadblock_layers::database::DatabaseError;
use roadblock_layers::layer::GeometryKind;
use roadblock_layers::store::StoreError;
use roadblock_layers::tokens::TokensError;
use roadblock_tiles::archive::ArchiveError;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often it is looked at the clock.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Serves; returns when stopped, or at once when it cannot start.
pub fn run(args: ServeArgs) -> ExitCode {
    let settings = match Settings::decide(args) {
        Ok(settings) => settings,
        Err(error) => return refuse(error),
    };
    if let Err(error) = crate::log::start(settings.log_format, &settings.log) {
        return refuse(format_args!(
            "log filter '{}': {error}; write a level such as info, or warn,roadblock=debug",
            settings.log
        ));
    }
    match serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(error.as_ref()),
    }
}

/// Tells why the work could not be done: 1 if that is a fault of the data, 2 of what was asked, 3 of the store.
pub(super) fn failed(error: &(dyn Error + 'static)) -> ExitCode {
    if let Some(error) = error.downcast_ref::<StoreError>() {
        let is_of_the_place = matches!(error, StoreError::Database(DatabaseError::Io { .. }) | StoreError::DiskFull(_));
        let help = "; name another directory with --data DIR, or keep nothing with --memory";
        return store::failed(error, if is_of_the_place { help } else { "" });
    }
    if let Some(error) = error.downcast_ref::<TokensError>() {
        return token::failed(error);
    }
    if let Some(StyleError::Rules { .. }) = error.downcast_ref::<StyleError>() {
        complain(error);
        return ExitCode::from(DATA_SAY_NO);
    }
    match error.downcast_ref::<FileError>() {
        Some(FileError::Source { source, .. }) if !source.is_usage() => {
            complain(error);
            ExitCode::from(DATA_SAY_NO)
        }
        Some(FileError::Archive { source: ArchiveError::Broken(_) | ArchiveError::Unsupported(_), .. }) => {
            complain(error);
            ExitCode::from(DATA_SAY_NO)
        }
        _ => refuse(error),
    }
}

fn serve(settings: Settings) -> Result<(), Box<dyn Error>> {
    let certificates = settings.tls.clone().map(Certificates::read).transpose()?.map(Arc::new);
    let mut keeper = Keeper::default();
    let keeping = if settings.prepared { Keeping::with(&keeper) } else { Keeping::default() };
    let (worlds, files, ledger) = if settings.layers.is_empty() {
        let now = Clock::System.now();
        let ledger = stored::ledger(&settings.keep, now)?;
        (ledger.worlds(now), None, Some(ledger))
    } else {
        let (world, files) = load(&settings, keeping)?;
        (Worlds::same(world), files, None)
    };
    // As many threads as turns at long tiles: `tile::turns` counts on it that they are no fewer.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(settings.render_threads).enable_all().build()?;
    runtime.block_on(start(settings, certificates, (worlds, ledger), files, &mut keeper))
}

/// The built-in world, or the one that the named files make.
pub(super) fn load(settings: &Settings, keeping: Keeping) -> Result<(World, Option<Files>), Box<dyn Error>> {
    if settings.layers.is_empty() {
        return Ok((builtin::world(Clock::System.now())?, None));
    }
    let files = Files::load_or_prepared(&settings.layers, Arc::new(builtin::basemap()?), keeping)?;
    Ok((files.world(), Some(files)))
}

async fn start(
    settings: Settings,
    certificates: Option<Arc<Certificates>>,
    (worlds, ledger): (Worlds, Option<Ledger>),
    files: Option<Files>,
    keeper: &mut Keeper,
) -> Result<(), Box<dyn Error>> {
    let scheme = if certificates.is_some() { "https" } else { "http" };
    let public = bind(settings.listen).await?;
    let admin = match settings.admin_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let server = Arc::new(Server::new(settings, worlds, ledger, Clock::System, public.local_addr()?)?);
    tell_of_layers(&server);
    let is_watched = server.settings.watch && (files.is_some() || !server.settings.styles.is_empty());
    let _watching = is_watched.then(|| watch::start(Arc::clone(&server), files)).transpose()?;
    tokio::spawn(look_at_the_clock(Arc::clone(&server)));
    let stops = Stops::heard()?;
    say(format_args!("listening on {scheme}://{}/", server.listen));
    if let Err(error) = keeper.start() {
        tracing::warn!(%error, "no prepared files are written");
    }
    let admin = match admin {
        Some(listener) => {
            tracing::info!(address = %listener.local_addr()?, "metrics listen here");
            Some(Entrance { listener, routes: router::admin(Arc::clone(&server)), certificates: None })
        }
        None => None,
    };
    let public = Entrance { listener: public, routes: router::public(Arc::clone(&server)), certificates };
    crate::serve::run(server, stops, public, admin).await;
    Ok(())
}

/// Tells the log which layers the users' styles ask for in vain, and of which nothing that a rule says is drawn.
fn tell_of_layers(server: &Server) {
    let world = server.world();
    let there: Vec<&str> = world.names();
    for named in server.styles().all().filter(|named| named.drawn == Drawn::Named) {
        for (pointer, layer) in named.layers().filter(|(_, layer)| *layer != CHANGES_LAYER && !there.contains(layer)) {
            let there = there.join(", ");
            tracing::warn!(style = %named.id, %pointer, "there is no layer '{layer}', so the rule draws nothing; there are: {there}");
        }
        for (pointer, layer, drawn_of) in named.marks() {
            let Some(kind) = world.layer(layer).map(|published| published.layer.geometry_kind()) else { continue };
            if !drawn_of.contains(&kind) && !matches!(kind, GeometryKind::Mixed | GeometryKind::None) {
                tracing::warn!(
                    style = %named.id, %pointer,
                    "the rule draws nothing of '{layer}', which has geometry of the kind {}: circles are drawn of points, symbols of points and areas, \
                     symbols with a 'symbol-placement' of lines",
                    kind.as_str()
                );
            }
        }
    }
}

/// Looks at the clock from time to time: delays end, and moments pass at which the map changes by itself.
async fn look_at_the_clock(server: Arc<Server>) {
    let mut beat = tokio::time::interval(BETWEEN_LOOKS);
    while !server.is_stopping() {
        beat.tick().await;
        let server = Arc::clone(&server);
        if let Err(error) = tokio::task::spawn_blocking(move || server.look_at_the_clock()).await {
            tracing::error!(%error, "nobody looked at the clock");
        }
    }
}

async fn bind(address: std::net::SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}
