//! What is committed is there, in order, as it was answered; what cannot be is refused whole.

use super::sample::*;
use crate::store::{
    Act, Change, CommitError, Committed, Conflict, Current, Digest, Expected, Key, Loaded, Store, Subject, Version,
};
use crate::time::Instant;
use crate::vocab::Kind;
use proptest::prelude::*;
use std::collections::HashMap;

fn of<'a>(loaded: &'a Loaded, id: &str) -> Vec<&'a Version> {
    loaded.versions.iter().filter(|version| version.id == id).collect()
}

#[test]
fn a_new_store_holds_the_data_set_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let loaded = reopened(folder.path());
    assert_eq!(loaded.about, about());
    let texts: Vec<&str> = loaded.versions.iter().map(|version| version.draft.as_str()).collect();
    assert_eq!(texts, drafts().records.iter().map(|(_, draft)| draft.to_string()).collect::<Vec<_>>());
    assert_eq!(loaded.records().unwrap(), crate::dataset::accept(&drafts()).unwrap());
    assert!(loaded.versions.iter().all(|version| version.version == 1 && version.who == "built-in" && !version.withdrawn));
}

#[test]
fn a_correction_supersedes_and_leaves_the_past_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    let later = at("2025-12-02T09:00:00Z");
    let mut draft = place("kayes", "Kayes");
    for (own, value) in [("version", 7.into()), ("recorded_at", "1999-01-01".into()), ("withdrawn", true.into())] {
        draft[own] = value;
    }
    let change = Change { subject: PLACE, id: "kayes".to_owned(), expected: Expected::Version(1), act: Act::Put(draft) };
    let committed = writer.commit(batch([change]), later).unwrap();
    assert_eq!((only(&committed).version, only(&committed).recorded_at), (2, later));
    drop(writer);

    let loaded = reopened(folder.path());
    let kayes = of(&loaded, "kayes");
    assert_eq!(kayes[0].draft, place("kayes", "KAYES").to_string());
    assert_eq!((kayes[0].known_from, kayes[0].superseded_at), (None, Some(later)));
    assert_eq!(kayes[1].draft, place("kayes", "Kayes").to_string(), "what the store says itself is no draft");
    assert_eq!((kayes[1].known_from, kayes[1].superseded_at, kayes[1].who.as_str()), (Some(later), None, "tester"));
    let records = loaded.records().unwrap();
    let record = records.get("kayes").unwrap().common();
    assert_eq!((record.version, &*record.name, record.known), (2, "Kayes", kayes[1].known()));
}

#[test]
fn changes_that_do_not_follow_are_refused_with_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    let current = |version, withdrawn| Some(Current { subject: PLACE, version, withdrawn });
    let conflict = |change: Change| match writer.commit(batch([put("fresh", "Fresh", Expected::New), change]), now()) {
        Err(CommitError::Conflict(conflicts)) => conflicts,
        other => panic!("{other:?}"),
    };
    let of = |id: &str, current| vec![Conflict { id: id.to_owned(), current }];
    assert_eq!(conflict(put("bamako", "Again", Expected::New)), of("bamako", current(1, false)));
    assert_eq!(conflict(put("bamako", "Stale", Expected::Version(2))), of("bamako", current(1, false)));
    assert_eq!(conflict(put("nowhere", "None", Expected::Version(1))), of("nowhere", None));
    assert_eq!(conflict(withdraw("nowhere", Expected::Any)), of("nowhere", None));
    let as_area = Change { subject: Subject::Record(Kind::Area), ..withdraw("bamako", Expected::Any) };
    assert_eq!(conflict(as_area), of("bamako", current(1, false)), "ids are shared by all kinds");
    writer.commit(batch([withdraw("bamako", Expected::Version(1))]), now()).unwrap();
    assert_eq!(conflict(withdraw("bamako", Expected::Version(2))), of("bamako", current(2, true)));
    assert_eq!(conflict(put("bamako", "New", Expected::New)), of("bamako", current(2, true)), "ids are never used again");

    let twice = batch([put("fresh", "One", Expected::New), put("fresh", "Two", Expected::Any)]);
    assert_eq!(writer.commit(twice, now()), Err(CommitError::Twice("fresh".to_owned())));
    let mut other = put("fresh", "Fresh", Expected::New);
    other.act = Act::Put(place("stale", "Stale"));
    assert!(matches!(writer.commit(batch([other]), now()), Err(CommitError::Refused(_))));
    drop(writer);
    assert!(reopened(folder.path()).records().unwrap().get("fresh").is_none(), "a batch is all or nothing");
}

#[test]
fn what_is_withdrawn_stays_and_can_come_back_as_a_new_version() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    writer.commit(batch([withdraw("kayes", Expected::Version(1))]), now()).unwrap();
    writer.commit(batch([put("sikasso", "Last word", Expected::Any)]), now()).unwrap();
    drop(writer);
    let loaded = reopened(folder.path());
    assert_eq!(of(&loaded, "kayes")[1].draft, of(&loaded, "kayes")[0].draft);
    assert!(loaded.records().unwrap().get("kayes").unwrap().common().withdrawn);

    let (_, writer) = Store::open(folder.path()).unwrap().start().unwrap();
    let back = writer.commit(batch([put("kayes", "Back", Expected::Version(2))]), now()).unwrap();
    assert_eq!(only(&back).version, 3);
    drop(writer);
    assert!(!reopened(folder.path()).records().unwrap().get("kayes").unwrap().common().withdrawn);
}

#[test]
fn sources_and_the_data_set_have_versions_too() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    let source = serde_json::json!({"id": "press-1", "title": "Corrected", "publisher": "A paper"});
    let mut told = about();
    told.title = "Larger".to_owned();
    let change =
        |subject, id: &str, draft| Change { subject, id: id.to_owned(), expected: Expected::Version(1), act: Act::Put(draft) };
    let dataset = change(Subject::Dataset, crate::store::DATASET, serde_json::to_value(&told).unwrap());
    let broken = change(Subject::Dataset, crate::store::DATASET, serde_json::json!({"title": 1}));
    assert!(matches!(writer.commit(batch([broken]), now()), Err(CommitError::Refused(_))));
    writer.commit(batch([change(Subject::Source, "press-1", source), dataset]), now()).unwrap();
    drop(writer);
    let loaded = reopened(folder.path());
    assert_eq!(loaded.about, told);
    assert_eq!(loaded.sources.len(), 2);
    assert_eq!(loaded.records().unwrap().source("press-1").unwrap().title, "Corrected");
}

#[test]
fn a_request_that_comes_again_is_answered_alike_and_not_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    let keyed = |key: &str, request: &str, who: &str| crate::store::Batch {
        who: who.to_owned(),
        key: Some(Key { key: key.to_owned(), request: Digest::of(request.as_bytes()), told: None }),
        ..batch([put(&format!("new-{request}-{who}"), "New", Expected::New)])
    };
    let first = writer.commit(keyed("k", "one", "ann"), now()).unwrap();
    for _ in 0..2 {
        let again = writer.commit(keyed("k", "one", "ann"), at("2025-12-02")).unwrap();
        assert!(again.replayed && again.stamps == first.stamps);
        drop(writer);
        writer = Store::open(folder.path()).unwrap().start().unwrap().1;
    }
    assert_eq!(writer.commit(keyed("k", "two", "ann"), now()), Err(CommitError::KeyReused));
    assert!(!writer.commit(keyed("k", "two", "bob"), now()).unwrap().replayed, "everybody has their own keys");
    // A refused request leaves no answer behind.
    let taken = keyed("free", "one", "ann");
    assert!(matches!(writer.commit(taken, now()), Err(CommitError::Conflict(_))));
    writer.commit(keyed("free", "three", "ann"), now()).unwrap();
    // Who changes nothing only asks, unless there is something to tell.
    let idle = |request: &str, told: Option<&str>| {
        let key = Key { key: "idle".into(), request: Digest::of(request.as_bytes()), told: told.map(Into::into) };
        crate::store::Batch { who: "ann".into(), key: Some(key), ..batch([]) }
    };
    for request in ["one", "two"] {
        assert!(!writer.commit(idle(request, None), now()).unwrap().replayed);
    }
    assert!(!writer.commit(idle("one", Some("as it was")), now()).unwrap().replayed);
    let again = writer.commit(idle("one", Some("otherwise by now")), now()).unwrap();
    assert!(again.replayed && again.stamps.is_empty() && again.told == Some("as it was".into()));
    assert_eq!(writer.commit(idle("two", None), now()), Err(CommitError::KeyReused));
    // A week and a day later they are forgotten, though the next that comes with a key must be there to do it.
    writer.commit(keyed("other", "four", "ann"), at("2025-12-10")).unwrap();
    assert!(!writer.commit(keyed("k", "five", "ann"), at("2025-12-10")).unwrap().replayed);
    drop(writer);
    reopened(folder.path());
}

#[test]
fn what_was_recorded_later_never_says_an_earlier_time() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    let (late, early) = (at("2025-12-24"), at("2025-12-02"));
    let first = writer.commit(batch([put("a-one", "One", Expected::New)]), late).unwrap();
    let second = writer.commit(batch([put("a-two", "Two", Expected::New)]), early).unwrap();
    let micros = |committed: &Committed| only(committed).recorded_at.micros() - late.micros();
    assert_eq!([micros(&first), micros(&second)], [0, 1], "each is the newest at some moment");
    drop(writer);
    let (_, writer) = Store::open(folder.path()).unwrap().start().unwrap();
    let third = writer.commit(batch([put("a-three", "Three", Expected::New)]), early).unwrap();
    assert_eq!(micros(&third), 2);
}

#[test]
fn a_full_disk_refuses_and_the_store_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update_and_check(None, "max_page_count", pages + 8, |_| Ok(())).unwrap();
    let (_, writer) = store.start().unwrap();
    let long = "x".repeat(4000);
    let mut kept = 0;
    let refused = (0..100).find_map(|number| {
        let result = writer.commit(batch([put(&format!("n-{number}"), &long, Expected::New)]), now());
        kept += usize::from(result.is_ok());
        result.err()
    });
    assert_eq!(refused, Some(CommitError::DiskFull));
    assert!(kept > 0, "there was some room");
    assert_eq!(writer.commit(batch([put("bamako", &long, Expected::Any)]), now()), Err(CommitError::DiskFull), "and not once");
    writer.commit(batch([]), now()).expect("the store is no dead one");
    drop(writer);
    let loaded = reopened(folder.path());
    assert_eq!(loaded.versions.len(), 3 + kept);
    let (_, writer) = Store::open(folder.path()).unwrap().start().unwrap();
    writer.commit(batch([put("bamako", &long, Expected::Any)]), now()).unwrap();
}

#[test]
fn after_a_failed_commit_nothing_is_taken_until_the_store_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = create(folder.path());
    let mut commits = 0;
    let fails = move || {
        commits += 1;
        commits == 2
    };
    store.connection.commit_hook(Some(fails)).unwrap();
    let (_, writer) = store.start().unwrap();
    writer.commit(batch([put("a-one", "One", Expected::New)]), now()).unwrap();
    for id in ["a-two", "a-three"] {
        assert!(matches!(writer.commit(batch([put(id, "Two", Expected::New)]), now()), Err(CommitError::Failed(_))));
    }
    drop(writer);
    let records = reopened(folder.path()).records().unwrap();
    assert_eq!(["a-one", "a-two", "a-three"].map(|id| records.get(id).is_some()), [true, false, false]);
}

#[derive(Debug, Clone)]
struct Step {
    id: usize,
    withdraw: bool,
    expected: Expected,
}

fn step() -> impl Strategy<Value = Step> {
    let expected = prop_oneof![
        2 => Just(Expected::New),
        3 => (1u32..4).prop_map(Expected::Version),
        2 => Just(Expected::Any),
    ];
    (0usize..5, prop::bool::weighted(0.2), expected).prop_map(|(id, withdraw, expected)| Step { id, withdraw, expected })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Batches of one to three changes, a reopening now and then: the store holds what a list of what was answered says.
    #[test]
    fn what_was_acknowledged_is_there_in_order(
        batches in prop::collection::vec((prop::collection::vec(step(), 1..4), any::<bool>(), -3i64..3), 1..20),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        let (mut expected, mut heads) = (Vec::new(), HashMap::new());
        for (number, (steps, reopen, shift)) in batches.iter().enumerate() {
            let id = |step: &Step| format!("p-{}", step.id);
            let change = |step: &Step| match step.withdraw {
                true => withdraw(&id(step), step.expected),
                false => put(&id(step), &format!("name {number}"), step.expected),
            };
            let result = writer.commit(batch(steps.iter().map(change).collect::<Vec<_>>()), now().plus_days(*shift));
            let follows = |step: &Step| match (heads.get(&id(step)), step.expected) {
                (None, Expected::Version(_)) | (Some(_), Expected::New) => false,
                (None, _) => !step.withdraw,
                (Some((version, gone)), expected) => {
                    !(matches!(expected, Expected::Version(asked) if asked != *version) || (step.withdraw && *gone))
                }
            };
            let mut ids: Vec<usize> = steps.iter().map(|step| step.id).collect();
            ids.sort_unstable();
            ids.dedup();
            let is_fine = ids.len() == steps.len() && steps.iter().all(follows);
            prop_assert_eq!(result.is_ok(), is_fine, "{:?}", result);
            for (step, stamp) in steps.iter().zip(result.into_iter().flat_map(|committed| committed.stamps)) {
                prop_assert_eq!(&stamp.id, &id(step));
                heads.insert(id(step), (stamp.version, step.withdraw));
                expected.push((stamp, step.withdraw));
            }
            if *reopen {
                drop(writer);
                writer = Store::open(folder.path()).unwrap().start().unwrap().1;
            }
        }
        drop(writer);
        let loaded = reopened(folder.path());
        let found = loaded.versions.iter().skip(3).map(|version| {
            let Version { seq, id, version: number, recorded_at, withdrawn, .. } = version.clone();
            (crate::store::Stamp { seq, id, version: number, recorded_at }, withdrawn)
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), expected);
        let times: Vec<Instant> = loaded.versions.iter().map(|version| version.recorded_at).collect();
        prop_assert!(times.is_sorted());
    }
}

#[test]
fn batches_in_turn_are_there_up_to_the_first_that_is_not_as_believed() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    let named = |id: &str, expected| batch([put(id, "Name", expected)]);
    let trial = |id: &str, expected| crate::store::Batch { is_trial: true, ..named(id, expected) };
    let outcomes = writer.commit_in_turn(
        vec![
            named("one", Expected::New),
            trial("one", Expected::New),
            trial("two", Expected::New),
            named("one", Expected::Version(1)),
            named("one", Expected::Version(7)),
            named("three", Expected::New),
        ],
        now(),
    );
    let done: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, false, true, true, false], "trials hinder nobody, and what comes after a refusal is not tried");
    assert!(writer.commit_in_turn(Vec::new(), now()).is_empty());
    drop(writer);
    let loaded = reopened(folder.path());
    assert_eq!([of(&loaded, "one").len(), of(&loaded, "two").len(), of(&loaded, "three").len()], [2, 0, 0]);
}
