//! `roadblock access`: which corridors can be passed, what closes them, and who says so, as a table for people.

mod table;

use super::{folder_of, refuse, say, store};
use crate::cli::AccessArgs;
use crate::clock::Clock;
use crate::world::{builtin, filled};
use roadblock_layers::access::{Access, Inquiry, Terms};
use roadblock_layers::dataset::About;
use roadblock_layers::history::History;
use roadblock_layers::layer::Asked;
use roadblock_layers::store::{Store, StoreError};
use roadblock_layers::time::{Datetime, Instant};
use roadblock_layers::view::{self, Rekey, Viewer};
use roadblock_layers::vocab::Audience;
use std::error::Error;
use std::process::ExitCode;

/// Prints the table; 2 if what is asked does not work, 3 if the store is damaged.
pub fn run(args: AccessArgs) -> ExitCode {
    let folder = match folder_of(args.data.data.clone()) {
        Ok(folder) => folder,
        Err(refused) => return refused,
    };
    let now = Clock::System.now();
    let told = match Store::open(&folder) {
        Ok(store) => of_store(&store),
        Err(StoreError::Missing(_)) => {
            super::complain(format_args!("there is no store in {}; this is of the built-in data", folder.display()));
            of_builtin()
        }
        Err(error @ StoreError::InUse(_)) => return store::failed(&error, ", or ask the server for /access/corridors"),
        Err(error) => return store::failed(&error, ""),
    };
    match told.and_then(|(of, history)| table(&args, &of, &history, now)) {
        Ok(table) => {
            say(table);
            ExitCode::SUCCESS
        }
        Err(error) => refuse(error),
    }
}

/// What the data say of themselves, and their history.
type Told = ((About, Rekey), History);

fn of_store(store: &Store) -> Result<Told, Box<dyn Error>> {
    let loaded = store.loaded();
    Ok(((loaded.about.clone(), Rekey(loaded.secret)), loaded.history()?))
}

fn of_builtin() -> Result<Told, Box<dyn Error>> {
    // No id among them tells anything.
    Ok(((builtin::about()?, Rekey([0; 16])), (&builtin::records()?).into()))
}

fn table(args: &AccessArgs, (about, rekey): &(About, Rekey), history: &History, now: Instant) -> Result<String, Box<dyn Error>> {
    let audience = args.audience.map_or(Audience::Public, |reader| reader.audience());
    let viewer = Viewer { audience, now, rekey: *rekey, attribution: &about.attribution };
    let access = Access::of(view::told(history, viewer), audience);
    let asked = Asked {
        datetime: args.at.unwrap_or(Datetime::At(about.default_datetime.unwrap_or(now))),
        known_at: args.known_at.unwrap_or(now),
        phases: None,
    };
    let standing = Terms::default();
    let terms = Terms {
        commodity: args.commodity.unwrap_or(standing.commodity),
        direction: args.direction.unwrap_or(standing.direction),
        vehicle_class: args.vehicle_class,
        evidence: args.evidence.unwrap_or(standing.evidence),
    };
    let inquiry: Inquiry<'_> = access.known(asked.known_at, terms).ok_or("no roads were known then")?;
    if let Some(to) = args.to.as_deref().filter(|to| inquiry.roads.network.place(to).is_none()) {
        return Err(format!("there is no place '{to}'; name it by its id, such as bamako").into());
    }
    let disclaimer = filled(&about.disclaimer, &asked.datetime.to_string(), &asked.known_at.to_string());
    Ok(table::table(&inquiry, &asked, args.to.as_deref(), audience, &disclaimer))
}
