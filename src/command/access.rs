//! `roadblock access`: which corridors can be passed, what closes them, and who says so, as a table for people.

mod table;

use super::serve::stored::ingredients;
use super::{folder_of, refuse, say, store};
use crate::cli::AccessArgs;
use crate::clock::Clock;
use crate::world::World;
use crate::world::builtin;
use crate::world::records::{Ingredients, worlds};
use roadblock_layers::access::{Inquiry, Terms};
use roadblock_layers::dataset;
use roadblock_layers::history::History;
use roadblock_layers::layer::Asked;
use roadblock_layers::store::{Store, StoreError};
use roadblock_layers::time::Instant;
use roadblock_layers::view::Rekey;
use roadblock_layers::vocab::Audience;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

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

type Told = (Ingredients, History);

fn of_store(store: &Store) -> Result<Told, Box<dyn Error>> {
    let loaded = store.loaded();
    Ok((ingredients(loaded)?, loaded.history()?))
}

fn of_builtin() -> Result<Told, Box<dyn Error>> {
    let refused = |findings: Vec<roadblock_layers::finding::Finding>| format!("the built-in records are refused: {findings:?}");
    let records = dataset::accept(&builtin::drafts()?).map_err(refused)?;
    let of = Ingredients { about: builtin::about()?, basemap: Arc::new(builtin::basemap()?), rekey: Rekey([0; 16]) };
    Ok((of, (&records).into()))
}

fn table(args: &AccessArgs, of: &Ingredients, history: &History, now: Instant) -> Result<String, Box<dyn Error>> {
    let audience = args.audience.map_or(Audience::Public, |reader| reader.audience());
    let worlds = worlds(of, history, now);
    let world: &World = worlds.seen_by(audience);
    let asked = Asked {
        datetime: args.at.unwrap_or_else(|| world.default_datetime(now)),
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
    let access = world.access.as_ref().ok_or("there are no records of roads")?;
    let inquiry: Inquiry<'_> = access.known(asked.known_at, terms).ok_or("no roads were known then")?;
    if let Some(to) = args.to.as_deref().filter(|to| inquiry.roads.network.place(to).is_none()) {
        return Err(format!("there is no place '{to}'; name it by its id, such as bamako").into());
    }
    Ok(table::table(&inquiry, &asked, args.to.as_deref(), audience, world.disclaimer(&asked).as_deref()))
}
