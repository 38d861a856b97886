//! A table or a GeoPackage that is sent: what `roadblock import` does with a file, all of it or nothing. The same file again changes nothing.

use super::super::call::Call;
use super::answer::{entered, refused};
use super::format::Upload;
use super::request::{Editing, MOST_BYTES};
use super::{again, tell};
use crate::intake::{Everything, Member, Placed, Weighed, mappings, package};
use crate::ledger::Refused;
use crate::problem::{Problem, first};
use crate::server::Server;
use axum::response::Response;
use roadblock_layers::import::mapping::Mapping;
use roadblock_layers::source::{Bounds, SourceError};
use roadblock_layers::vocab::Kind;
use serde_json::{Value, json};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// What is read of a body, which can be much larger once it is read.
const MOST: Bounds = Bounds { rows: 20_000, bytes: 4 * MOST_BYTES };
/// Changes that are told one by one.
const MOST_CHANGES: usize = 1000;
/// What every file of SQLite begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// What the body is called in findings.
const BODY: &str = "body";

/// So many bodies are read at a time.
static TURNS: Semaphore = Semaphore::const_new(2);

/// Takes what is new in the body, and tells what that is.
pub(super) async fn take(call: &Call, layer: &str, editing: Editing, upload: Upload) -> Result<Response, Problem> {
    let asked = Asked::of(call, layer, upload)?;
    // By now it would be found that all of it is there.
    if let Some(before) = again(call, &editing).await? {
        return Ok(entered(&before));
    }
    let turn = TURNS.acquire().await.map_err(|_closed| Problem::internal())?;
    let (server, kind, who, body) = (Arc::clone(&call.server), editing.kind, editing.who.clone(), editing.body.clone());
    // Whoever stops waiting does not stop the reading, so it keeps its turn.
    let weighed = spawn_blocking(move || {
        let weighed = asked.read(&body, kind).and_then(|everything| weigh(&server, everything, kind, who));
        drop(turn);
        weighed
    });
    let mut weighed = weighed.await.map_err(|_panicked| Problem::internal())??;
    if !weighed.is_good() {
        return Err(Problem::findings(&weighed.findings));
    }
    let says = summary(&weighed, editing.dry_run);
    let entries = std::mem::take(&mut weighed.order.entries);
    tell(call, &editing, entries, says).await.map_err(|reason| match reason {
        // Something else was entered meanwhile.
        Refused::Findings(found) => {
            Problem::findings(&found.into_iter().map(|finding| weighed.placed(finding)).collect::<Vec<Placed>>())
        }
        other => refused(other),
    })
}

/// How the body is to be read.
enum Asked {
    Table(Mapping),
    Package { mapping: Option<Mapping>, table: Option<String> },
}

impl Asked {
    fn of(call: &Call, layer: &str, upload: Upload) -> Result<Self, Problem> {
        let mapping = call.query.value("mapping")?.map(|name| named(name, layer)).transpose()?;
        match (upload, mapping) {
            (Upload::Table, Some(mapping)) => Ok(Self::Table(mapping)),
            (Upload::Table, None) => {
                Err(invalid(format!("say with mapping= how the columns of the table are read; there are: {}", mappings::names())))
            }
            (Upload::Package, mapping) => Ok(Self::Package { mapping, table: call.query.value("table")?.map(str::to_owned) }),
        }
    }

    fn read(&self, body: &[u8], kind: Kind) -> Result<Everything, Problem> {
        let mut everything = Everything::default();
        match self {
            Self::Table(mapping) => everything.take_table(BODY, body, mapping, kind, MOST),
            Self::Package { .. } if !body.starts_with(MAGIC) => {
                return Err(Problem::unprocessable(
                    "BadPackage",
                    "the body is no GeoPackage: it does not begin as SQLite files do",
                ));
            }
            Self::Package { mapping, table } => {
                let package = package(body).map_err(|error| unwritten(&error))?.map_err(|error| broken(&error))?;
                let table = (&package, table.as_deref());
                everything.take_package(BODY, table, mapping.as_ref(), kind, MOST).map_err(|error| broken(&error))?;
            }
        }
        Ok(everything)
    }
}

/// One of the mappings that are built in, by its name and nothing else.
fn named(name: &str, layer: &str) -> Result<Mapping, Problem> {
    let text = mappings::built_in(name);
    let text =
        text.ok_or_else(|| invalid(format!("mapping={name}: there is none of this name; there are: {}", mappings::names())))?;
    let mapping = mappings::parsed(name, text).map_err(|_ours| Problem::internal())?;
    match mapping.layer == layer {
        true => Ok(mapping),
        false => Err(invalid(format!("the mapping {name} is of the layer '{}', not of '{layer}'", mapping.layer))),
    }
}

fn invalid(detail: String) -> Problem {
    Problem::bad_request("InvalidParameterValue", detail)
}

/// Why a package cannot be read.
fn broken(error: &SourceError) -> Problem {
    Problem::unprocessable("BadPackage", format!("the package {error}"))
}

/// Why it could not be put into a file.
fn unwritten(error: &io::Error) -> Problem {
    tracing::error!(%error, "a package that was sent cannot be put into a file");
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Problem::insufficient_storage(),
        _ => Problem::internal(),
    }
}

fn weigh(server: &Server, everything: Everything, kind: Kind, who: String) -> Result<Weighed, Problem> {
    let ledger = server.ledger.as_ref().ok_or_else(Problem::internal)?;
    // Read first: what is entered between the two is found when it is followed.
    let newest = ledger.newest(everything.ids());
    let history = ledger.history();
    Ok(everything.weighed((&history, |id: &str| newest.get(id)), kind, who, || ()))
}

/// What is told of it.
fn summary(weighed: &Weighed, dry_run: bool) -> Value {
    let change = |(id, members): (&str, Option<&[Member]>)| {
        let what = if members.is_some() { "changed" } else { "new" };
        let members: Vec<String> = members.into_iter().flatten().map(ToString::to_string).collect();
        json!({"id": id, "what": what, "members": members})
    };
    let mut told = json!(weighed.counts());
    told["changes"] = weighed.changes().take(MOST_CHANGES).map(change).collect();
    told["dry_run"] = dry_run.into();
    told["findings"] = json!(first(&weighed.findings));
    told
}
