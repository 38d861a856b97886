use super::*;
use crate::http::router;
use crate::http::sample::{ask, ledger_server, server};
use geo_types::Point;
use roadblock_layers::access;
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::value::Value;

fn road(id: u64, x: f64) -> Feature {
    Feature::timeless(FeatureId::Int(id), Some(Point::new(x, 12.0).into()), Box::new(["new".into()]))
}

#[tokio::test]
async fn an_edit_is_seen_by_tiles_items_and_documents_at_once() {
    let server = server(Vec::new());
    let router = router::public(Arc::clone(&server));
    let tag = |answer: &crate::http::sample::Answer| answer.header("etag").to_owned();
    let (tile, here, items) = ("/xyz/roads/3/4/3.mvt", "/xyz/roads/5/15/15.mvt", "/collections/roads/items");
    let before = (ask(&router, tile, &[]).await, ask(&router, here, &[]).await, ask(&router, items, &[]).await);
    let revision = edit(&server, "roads", vec![Edit::put(road(77, 30.0)), Edit::withdraw(FeatureId::Int(2))]).unwrap();
    let after = (ask(&router, tile, &[]).await, ask(&router, here, &[]).await, ask(&router, items, &[]).await);
    assert_ne!(tag(&before.0), tag(&after.0));
    assert_eq!(tag(&before.1), tag(&after.1), "nothing was edited there");
    assert_ne!(tag(&before.2), tag(&after.2));
    assert_eq!((before.2.ids().join(","), after.2.ids().join(",")), ("1,2,3".into(), "1,3,77".into()));
    assert_eq!(ask(&router, "/collections/roads/items/2", &[]).await.status, 404);
    assert_eq!(ask(&router, "/collections/roads/items?bbox=29,11,31,13", &[]).await.ids(), ["77"]);
    assert_ne!(edit(&server, "roads", vec![Edit::put(road(77, 31.0))]).unwrap(), revision);
}

#[test]
fn what_cannot_be_is_refused_and_nothing_changes() {
    let server = server(Vec::new());
    let before = server.world();
    let refused = edit(&server, "rivers", Vec::new()).unwrap_err().to_string();
    assert!(refused.contains("no layer 'rivers'") && refused.contains("roads"), "{refused}");
    let wrong = Feature { values: Box::new([]), ..road(1, 0.0) };
    assert!(edit(&server, "roads", vec![Edit::put(road(9, 0.0)), Edit::put(wrong)]).is_err());
    assert!(Arc::ptr_eq(&before, &server.world()));
}

#[test]
fn many_edits_at_once_all_stand_and_are_merged_in_the_background() {
    let server = server(Vec::new());
    std::thread::scope(|scope| {
        for writer in 0..4u64 {
            let server = &server;
            scope.spawn(move || {
                for round in 0..30 {
                    let edits = (0..100).map(|step| Edit::put(road(1000 * writer + 100 * (round % 7) + step, step as f64)));
                    edit(server, "roads", edits.collect()).unwrap();
                }
            });
        }
    });
    // A merge under way ends by itself.
    while !server.merging.lock().unwrap().is_empty() {
        std::thread::yield_now();
    }
    let world = server.world();
    let layer = &world.layer("roads").unwrap().layer;
    // Three there were, of which one id is used again.
    assert_eq!(layer.len(), 4 * 700);
    assert!(layer.worth_merging().is_none() && layer.beginnings().len() < 16);
}

#[tokio::test]
async fn what_follows_from_records_is_merged_when_these_are_edited() {
    let server = ledger_server();
    let columns = server.world().layer(access::LAYER).unwrap().layer.schema.columns().len();
    let named = |number: u32| {
        let values = vec![Value::Null; columns].into_boxed_slice();
        Edit::put(Feature::timeless(FeatureId::Text(format!("{number:05}").into()), Some(Point::new(-8.0, 12.0).into()), values))
    };
    for round in 0..12 {
        let edits = (0..600).map(|step| named(600 * round + step)).collect();
        server.change(|world| world.layer(access::LAYER).unwrap().edited(edits).map(|layer| world.with(layer))).unwrap();
    }
    let is_due = || server.world().layer(access::LAYER).unwrap().worth_merging().is_some();
    assert!(is_due());
    enter(&server, Order { who: "amina".into(), entries: Vec::new(), key: None }, true).await.unwrap();
    let asked = std::time::Instant::now();
    while is_due() && asked.elapsed().as_secs() < 60 {
        tokio::task::yield_now().await;
    }
    assert!(!is_due());
}
