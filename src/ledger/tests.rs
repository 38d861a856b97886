use super::*;
use crate::http::sample::at;
use crate::portray::vector_tile;
use crate::tile::Worker;
use crate::world::clusters::Clustered;
use crate::world::{Published, World, builtin};
use mvt_reader::Reader;
use proptest::prelude::*;
use roadblock_layers::access::{Chain, Evidences, Inquiry, Terms};
use roadblock_layers::layer::Asked;
use roadblock_layers::store::{Digest, Store};
use roadblock_layers::time::Datetime;
use roadblock_layers::view::Rekey;
use roadblock_layers::vocab::{Audience, Commodity};
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::vector::VectorFormat;
use serde_json::{Value, json};
use std::cell::RefCell;
use tokio::sync::oneshot::Receiver;

/// A ledger of the built-in records in memory, and what it shows.
struct Book {
    ledger: Ledger,
    worlds: RefCell<Worlds>,
}

impl Book {
    fn open() -> Self {
        let now = at("2026-02-01");
        let store = Store::in_memory(&builtin::about().unwrap(), &builtin::drafts().unwrap(), now).unwrap();
        let (loaded, writer) = store.start().unwrap();
        let basemap = Arc::new(builtin::basemap().unwrap());
        let of = Ingredients { about: loaded.about.clone(), basemap, rekey: Rekey([7; 16]) };
        let ledger = Ledger::new(&loaded, loaded.history().unwrap(), writer, of);
        Self { worlds: RefCell::new(ledger.worlds(now)), ledger }
    }

    fn show(&self, next: Next<'_>) -> Result<(), EditError> {
        let worlds = next(&self.worlds.borrow())?;
        *self.worlds.borrow_mut() = worlds;
        Ok(())
    }

    /// Serves orders that came together, and gives back what each was told.
    fn serve(&self, orders: Vec<Order>, now: Instant) -> Vec<Result<Done, Refused>> {
        let (group, answers): (Vec<Waiting>, Vec<_>) = orders.into_iter().map(|order| Waiting::new(order, false)).unzip();
        self.ledger.serve(group, now, |next| self.show(next));
        answers.into_iter().map(told).collect()
    }

    fn shows(&self, layer: &str, id: &str) -> bool {
        let worlds = self.worlds.borrow();
        let layer = &worlds.seen_by(Audience::Editor).layer(layer).unwrap().layer;
        layer.features().any(|(_, feature)| feature.id().to_string() == id && feature.known().to.is_none())
    }
}

fn told(mut answer: Receiver<Result<Done, Refused>>) -> Result<Done, Refused> {
    answer.try_recv().unwrap_or(Err(Refused::Broken))
}

fn order(entries: Vec<Entry>) -> Order {
    Order { who: "amina".into(), entries, key: None }
}

fn says(kind: Kind, expected: Expected, draft: Value, sources: Vec<Value>) -> Order {
    let id = draft["id"].as_str().unwrap().to_owned();
    order(vec![Entry { kind, id, expected, says: Says::This(Sent { draft, sources, ..Sent::default() }), pointer: "/0".into() }])
}

fn takes_back(kind: Kind, id: &str) -> Order {
    order(vec![Entry { kind, id: id.into(), expected: Expected::Any, says: Says::Nothing, pointer: "/0".into() }])
}

fn town(id: &str, lon: f64) -> Value {
    json!({"id": id, "kind": "place", "name": id, "role": "town", "lon": lon, "lat": 12.0})
}

fn report(id: &str, location: Value) -> Value {
    json!({
        "id": id, "kind": "blockade", "name": "Convoy attacked", "subtype": "ambush", "temporality": "event", "effect": "restricts", "severity": 4,
        "certainty": "observed", "actor": "JNIM", "attribution": "claimed", "valid_from": "2026-01-20", "sensitivity": "public",
        "sources": ["rfi-0904"], "location": location
    })
}

fn at_town(id: &str, town: &str) -> Value {
    report(id, json!({"method": "place", "place": town}))
}

#[test]
fn each_of_those_who_came_together_sees_what_those_before_it_did() {
    let book = Book::open();
    let answers = book.serve(
        vec![
            says(Kind::Place, Expected::New, town("new-town", -8.0), Vec::new()),
            says(Kind::Blockade, Expected::New, at_town("ev-there", "new-town"), Vec::new()),
            says(Kind::Blockade, Expected::New, at_town("ev-nowhere", "no-town"), Vec::new()),
            takes_back(Kind::Place, "new-town"),
            says(Kind::Blockade, Expected::New, at_town("ev-old", "bamako"), Vec::new()),
        ],
        at("2026-02-02"),
    );
    let done: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, true, false, false, true], "{answers:?}");
    assert!(matches!((&answers[2], &answers[3]), (Err(Refused::Findings(_)), Err(Refused::Findings(_)))));
    assert!(book.shows("places", "new-town") && book.shows("blockades", "ev-there") && book.shows("blockades", "ev-old"));
    assert!(!book.shows("blockades", "ev-nowhere"));
}

#[test]
fn whoever_holds_something_against_what_is_told_holds_up_nobody() {
    let book = Book::open();
    let before = book.ledger.history();
    let there = |history: &History| !history.record("new-town").is_empty();
    assert!(book.serve(vec![says(Kind::Place, Expected::New, town("new-town", -8.0), Vec::new())], at("2026-02-02"))[0].is_ok());
    assert!(!there(&before) && there(&book.ledger.history()));
    assert_eq!(book.ledger.newest(["new-town", "no-town"].into_iter()).len(), 1);
}

#[test]
fn who_believed_in_what_the_store_refused_is_judged_again() {
    let book = Book::open();
    let key = Key { key: "once".into(), request: Digest::of(b"a town"), told: None };
    let keyed = || Order { key: Some(key.clone()), ..says(Kind::Place, Expected::Any, town("keyed-town", -8.0), Vec::new()) };
    assert!(book.serve(vec![keyed()], at("2026-02-02"))[0].is_ok());
    assert!(book.serve(vec![takes_back(Kind::Place, "keyed-town")], at("2026-02-03"))[0].is_ok());
    let press = json!({"id": "press-new", "title": "A report", "publisher": "Press"});
    let cited = |id: &str| json!({"sources": ["press-new"], "id": id});
    let citing = |id: &str| {
        let mut draft = at_town(id, "bamako");
        draft["sources"] = cited(id)["sources"].clone();
        draft
    };
    let answers = book.serve(
        vec![
            // Follows a version that there is not, so that its source is not there either.
            says(Kind::Blockade, Expected::Version(9), citing("ev-conflict"), vec![press.clone()]),
            says(Kind::Blockade, Expected::New, citing("ev-cites"), Vec::new()),
            says(Kind::Blockade, Expected::New, citing("ev-brings"), vec![press]),
            // Was done before, and taken back since.
            keyed(),
            says(Kind::Blockade, Expected::New, at_town("ev-there", "keyed-town"), Vec::new()),
            says(Kind::Blockade, Expected::New, at_town("ev-old", "bamako"), Vec::new()),
        ],
        at("2026-02-04"),
    );
    assert!(matches!(answers[0], Err(Refused::Store(CommitError::Conflict(_)))), "{answers:?}");
    assert!(matches!(answers[1], Err(Refused::Findings(_))), "{answers:?}");
    assert!(answers[2].is_ok() && answers[5].is_ok(), "{answers:?}");
    assert!(answers[3].as_ref().unwrap().committed.as_ref().unwrap().replayed);
    assert!(matches!(answers[4], Err(Refused::Findings(_))), "{answers:?}");
    assert!(book.shows("blockades", "ev-brings") && !book.shows("blockades", "ev-cites") && !book.shows("places", "keyed-town"));
}

#[test]
fn who_waits_when_a_clerk_breaks_down_is_told() {
    let book = Book::open();
    let line = Arc::<Line>::default();
    let join = |id| {
        let (waiting, answered) = Waiting::new(says(Kind::Place, Expected::New, town(id, -8.0), Vec::new()), false);
        (line.join(waiting).unwrap(), answered)
    };
    let ((clerk, one), (nobody, other)) = (join("one-town"), join("other-town"));
    let late = Mutex::new(None);
    assert!(nobody.is_none(), "one clerk is enough");
    let broken = std::thread::scope(|scope| {
        let clerk = scope.spawn(|| {
            clerk.unwrap().work(|group| {
                *late.lock().unwrap() = Some(join("late-town").1);
                book.ledger.serve(group, at("2026-02-02"), |_| std::panic::resume_unwind(Box::new("the world cannot be shown")));
            });
        });
        clerk.join().is_err()
    });
    let late = late.into_inner().unwrap().unwrap();
    assert!(broken);
    for answer in [one, other, late] {
        assert!(matches!(told(answer), Err(Refused::Broken)));
    }
    // The next finds a clerk, who knows that memory may not tell what the disk holds.
    let (clerk, next) = join("next-town");
    clerk.unwrap().work(|group| book.ledger.serve(group, at("2026-02-02"), |_| Ok(())));
    assert!(matches!(told(next), Err(Refused::Broken)));
}

/// Something that is said by chance, at a moment by chance.
#[derive(Debug, Clone)]
enum Step {
    Town(usize, u8),
    Report(usize, usize, usize, u8),
    Corridor(usize),
    TakesBack(usize),
    Source(u8),
    Days(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0usize..3, any::<u8>()).prop_map(|(town, lon)| Step::Town(town, lon)),
        4 => (0usize..6, 0usize..5, 0usize..3, any::<u8>()).prop_map(|(id, place, told, word)| Step::Report(id, place, told, word)),
        1 => (0usize..21).prop_map(Step::Corridor),
        1 => (0usize..6).prop_map(Step::TakesBack),
        1 => any::<u8>().prop_map(Step::Source),
        2 => (1i64..9).prop_map(Step::Days),
    ]
}

const TOWNS: [&str; 3] = ["bougouni", "kolondieba", "sikasso"];

fn said(step: &Step) -> Option<Order> {
    let drafts = || builtin::drafts().unwrap().records.into_iter().map(|(_, draft)| draft);
    Some(match *step {
        Step::Days(_) => return None,
        Step::Town(which, lon) => {
            let mut town = drafts().find(|draft| draft["id"] == TOWNS[which]).unwrap();
            town["lon"] = (-8.0 + f64::from(lon) / 100.0).into();
            says(Kind::Place, Expected::Any, town, Vec::new())
        }
        Step::Report(id, place, sensitivity, word) => {
            let segment = "seg-kebila--kolondieba";
            let location = match place {
                3 => json!({"method": "point", "lon": -7.0, "lat": 11.0 + f64::from(word % 9), "segment": segment}),
                4 => json!({"method": "area"}),
                _ => json!({"method": "place", "place": TOWNS[place]}),
            };
            let mut report = report(&format!("ev-by-chance-{id}"), location);
            report["name"] = format!("Word {}", word % 3).into();
            report["sensitivity"] = ["public", "restricted", "confidential"][sensitivity].into();
            if place == 4 {
                report["effect"] = "advisory".into();
            }
            says(Kind::Blockade, Expected::Any, report, Vec::new())
        }
        Step::Corridor(which) => {
            let mut corridor = drafts().filter(|draft| draft["kind"] == "corridor").nth(which).unwrap();
            corridor["route_class"] = "Secondary".into();
            corridor["public_from"] = "2026-02-10".into();
            says(Kind::Corridor, Expected::Any, corridor, Vec::new())
        }
        Step::TakesBack(id) => takes_back(Kind::Blockade, &format!("ev-by-chance-{id}")),
        Step::Source(word) => {
            let source = json!({"id": "rfi-0904", "title": format!("Title {}", word % 4), "publisher": "RFI"});
            says(Kind::Blockade, Expected::Any, at_town("ev-by-chance-0", "bamako"), vec![source])
        }
    })
}

/// All that a layer tells, in its order, and what its tiles show.
fn everything(published: &Published) -> Vec<String> {
    let layer = &published.layer;
    let mut numbers: Vec<u32> = layer.features().map(|(number, _)| number).collect();
    layer.put_in_order(&mut numbers);
    let columns = layer.schema.columns().len();
    let items = numbers.into_iter().filter_map(|number| layer.feature(number)).map(|feature| {
        let values: Vec<_> = (0..columns).map(|column| feature.value(column)).collect();
        format!(
            "{} {:?} {values:?} {:?} {:?} {:?}",
            feature.id(),
            feature.geometry(),
            feature.valid(),
            feature.known(),
            feature.phases()
        )
    });
    items.chain(tiles(published)).collect()
}

/// What every corridor is like and why, by all evidence.
fn roads(world: &World) -> Vec<String> {
    let access = world.access.as_ref().unwrap();
    let terms =
        Terms { commodity: Commodity::Fuel, evidence: Evidences::parse("reports,assertions,areas").unwrap(), ..Terms::default() };
    let inquiries = ["2026-02-04", "2026-03-30"].map(|known_at| access.known(at(known_at), terms).unwrap());
    let asked = inquiries.iter().flat_map(|inquiry| inquiry.chains().map(move |chain| (inquiry, chain)));
    let told = |(inquiry, chain): (&Inquiry<'_>, &Chain)| {
        let status = inquiry.corridor(chain, &Datetime::At(at("2026-01-21")));
        let causes: Vec<_> =
            status.parts.iter().filter_map(|part| part.status.as_ref()).map(|part| &part.status.causes).collect();
        format!("{} {:?} {:?} {causes:?} {:?}", chain.id, status.rank, status.advisories, inquiry.spells(chain))
    };
    asked.map(told).collect()
}

fn tiles(published: &Published) -> Vec<String> {
    let coords = [(0, 0, 0), (4, 7, 7), (6, 30, 29), (6, 30, 30), (7, 61, 59)];
    let days = ["2025-10-22", "2026-01-21"];
    let asked = days.iter().flat_map(|day| ["2026-02-04", "2026-03-30"].map(|known| (Datetime::At(at(day)), at(known))));
    let tile = |(z, x, y), (datetime, known_at)| {
        let asked = Asked { datetime, known_at, phases: None };
        let layers = [Arc::new(published.clone())];
        let coord = TileCoord::new(z, x, y).unwrap();
        let tile = vector_tile(&layers, &Clustered::none(), coord, &asked, VectorFormat::Mvt, &mut Worker::default()).unwrap();
        if tile.is_empty() {
            return String::new();
        }
        let features = Reader::new(tile).unwrap().get_features(0).unwrap();
        features
            .iter()
            .map(|feature| format!("{:?} {:?} {:?}\n", feature.id, feature.geometry, sorted(&feature.properties)))
            .collect()
    };
    asked.flat_map(|asked| coords.map(|coord| tile(coord, asked))).collect()
}

fn sorted<V: std::fmt::Debug>(properties: &Option<std::collections::HashMap<String, V>>) -> BTreeMap<&String, String> {
    properties.iter().flatten().map(|(name, value)| (name, format!("{value:?}"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn worlds_after_changes_are_those_that_the_history_makes(groups in proptest::collection::vec(proptest::collection::vec(step(), 1..5), 1..8)) {
        let book = Book::open();
        let mut now = at("2026-02-02");
        for group in groups {
            let days: i64 = group.iter().map(|step| if let Step::Days(days) = step { *days } else { 0 }).sum();
            now = now.plus_days(days);
            if days > 4 {
                book.ledger.look(now, |next| book.show(next));
            }
            book.serve(group.iter().filter_map(said).collect(), now);
        }
        book.ledger.look(now, |next| book.show(next));
        let whole = book.ledger.worlds(now);
        let shown = book.worlds.borrow();
        for audience in Audience::ALL {
            for layer in &whole.seen_by(audience).layers[1..] {
                let name = layer.layer.meta.name.as_str();
                let edited = shown.seen_by(audience).layer(name).unwrap();
                prop_assert_eq!(everything(edited), everything(layer), "{:?} {}", audience, name);
            }
            prop_assert_eq!(roads(shown.seen_by(audience)), roads(whole.seen_by(audience)), "{:?}", audience);
        }
    }
}
