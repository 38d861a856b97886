//! Non-interference: what an audience gets is the same, byte for byte, whatever there is that it may not see.

use super::router;
use super::sample::{Answer, ledger_server, ledger_server_of, send};
use crate::caller::Caller;
use crate::http::front::Front;
use crate::world::builtin;
use axum::body::Body;
use axum::http::Request;
use proptest::prelude::*;
use roadblock_layers::vocab::Audience;
use serde_json::{Value, json};

/// Every route that reads, with parameters that select, count, draw and describe.
const ADDRESSES: [&str; 70] = [
    "/?f=json",
    "/",
    "/conformance",
    "/api",
    "/viewer.json",
    "/changes",
    "/collections",
    "/collections/blockades",
    "/collections/areas",
    "/collections/places",
    "/collections/blockades/schema",
    "/collections/blockades/queryables",
    "/collections/blockades/items",
    "/collections/blockades/items?limit=1000&datetime=2025-10-22",
    "/collections/blockades/items?limit=3",
    "/collections/blockades/items?bbox=-9,11,-4,15&datetime=2025-09-01/2025-12-01",
    "/collections/blockades/items?subtype=abduction",
    "/collections/blockades/items?known_at=2025-10-01",
    "/collections/blockades/items?f=html",
    "/collections/areas/items?limit=1000",
    "/collections/corridors/items?limit=1000",
    "/collections/segments/items?limit=1000",
    "/collections/places/items?limit=1000",
    "/collections/sources/items",
    "/collections/blockades/items/ev-hidden-0",
    "/collections/blockades/items/ev-hidden-0/versions",
    "/collections/blockades/items/ev-1017-kadiana",
    "/collections/blockades/items/ev-1017-kadiana/versions",
    "/collections/areas/items/area-hidden",
    "/collections/places/items/place-hidden",
    "/collections/blockades/download.geojson",
    "/collections/areas/download.geojson?datetime=2025-10-22",
    "/xyz/all.json",
    "/xyz/blockades.json?datetime=2025-10-22",
    "/xyz/blockades.png.json",
    "/styles/default.json",
    "/styles",
    "/styles/print.json",
    "/styles/access/qgis.json",
    "/styles/access-dark/tiles.json",
    "/styles/access/5/15/14.png?datetime=2025-10-22",
    "/styles/access/legend.json?bbox=-11,10,-4,15&datetime=2025-10-22",
    "/styles/print/map.png?bbox=-11,10,-4,15&width=640&height=480&legend=true&datetime=2025-10-22",
    "/xyz/all/0/0/0.mvt",
    "/xyz/all/5/15/14.mvt?datetime=2025-09-01/2025-12-01",
    "/xyz/blockades/6/30/29.mvt?datetime=2025-10-22",
    "/xyz/blockades/6/30/29.mlt?datetime=2025-10-22",
    "/xyz/blockades/7/61/59.png?datetime=2025-10-22",
    "/xyz/all/5/15/14@2x.webp?datetime=2025-10-22",
    "/xyz/blockades/5/15/14.mvt?cluster=blockades&datetime=2025-09-01/2025-12-01",
    "/xyz/blockades/5/15/14.png?cluster=blockades",
    "/xyz/hidden/5/15/14.mvt",
    "/healthz",
    "/collections/access/items?limit=1000",
    "/collections/access/items?limit=1000&datetime=2025-10-22",
    "/xyz/access/6/30/29.mvt?datetime=2025-10-22",
    "/xyz/access.json",
    "/access/corridors",
    "/access/corridors?datetime=2025-10-22&evidence=reports,assertions,areas",
    "/access/corridors/dkr-kayes-bko?datetime=2025-10-22&commodity=fuel",
    "/access/corridors/abj-zegoua-sikasso-bko/timeline",
    "/access/routes?from=abidjan&to=bamako",
    "/access/cut-off?threshold=open_only",
    "/access/changes?from=2025-09-16&to=2025-10-22&from_known_at=2025-09-20",
    "/access/near?corridor=dkr-kayes-bko&distance_m=50000&datetime=2025-10-01/2025-10-31",
    "/access/overlap?datetime=2025-10-22",
    "/access/corridors?f=csv",
    "/access/alerts?since=2025-09-01&until=2025-12-01",
    "/access/alerts?since=2025-09-01&until=2025-12-01&f=atom&lang=fr",
    "/access/changes?from=2025-09-16&to=2025-10-22&f=atom",
];

async fn ask(router: &Front, audience: Audience, path: &str) -> Answer {
    let mut request = Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    if audience != Audience::Public {
        request.extensions_mut().insert(Caller { audience, name: Some("ngo".into()), ..Caller::PUBLIC });
    }
    send(router, request).await
}

/// Reports, an area and a place that an audience may not see, scattered by a seed.
fn hidden(seed: u64, count: u64, sensitivity: &str) -> Vec<Value> {
    let chance = |number: u64, of: u64| {
        let mixed = seed.wrapping_add(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 29)) % of
    };
    let place = |number: u64| (-11.0 + chance(number, 700) as f64 / 100.0, 11.0 + chance(number + 7, 400) as f64 / 100.0);
    let mut drafts: Vec<Value> = (0..count)
        .map(|number| {
            let (lon, lat) = place(number);
            json!({
                "id": format!("ev-hidden-{number}"), "kind": "blockade", "subtype": "ambush", "temporality": "event", "effect": "restricts",
                "severity": 5, "certainty": "observed", "actor": "JNIM", "attribution": "claimed", "name": format!("Hidden {number}"),
                "valid_from": format!("2025-10-{:02}", 1 + chance(number + 3, 28)), "recorded_at": "2025-10-29", "sensitivity": sensitivity,
                "sources": ["rfi-0904"], "location": {"method": "point", "lon": lon, "lat": lat}
            })
        })
        .collect();
    let (lon, lat) = place(99);
    drafts.push(json!({"id": "place-hidden", "kind": "place", "name": "Hidden place", "role": "town", "lon": lon, "lat": lat, "sensitivity": sensitivity}));
    let ring = [[lon, lat], [lon + 1.0, lat], [lon, lat + 1.0], [lon, lat]];
    drafts.push(json!({
        "id": "area-hidden", "kind": "area", "area_class": "attack", "actor": "JNIM", "attribution": "assessed", "name": "Hidden area",
        "valid_from": "2025-10-01", "sensitivity": sensitivity, "sources": ["rfi-0904"], "geometry": {"type": "Polygon", "coordinates": [ring]}
    }));
    drafts
}

/// How often; a run outside the quick suite sets it higher.
fn cases() -> u32 {
    std::env::var("ROADBLOCK_INTERFERENCE").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn what_may_not_be_seen_shows_in_no_answer(seed: u64, count in 1u64..40, is_public: bool) {
        let (audience, sensitivity) = if is_public { (Audience::Public, "confidential") } else { (Audience::Partner, "strict") };
        let mut drafts = builtin::drafts().unwrap();
        drafts.records.extend(hidden(seed, count, sensitivity).into_iter().map(|draft| ("/hidden".to_owned(), draft)));
        // Side by side from the first moment, since their clocks tick with each question.
        let (plain, with) = (router::public(ledger_server()), router::public(ledger_server_of(&drafts)));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for address in ADDRESSES {
            let (plain, with) = runtime.block_on(async { (ask(&plain, audience, address).await, ask(&with, audience, address).await) });
            let told = |answer: &Answer| {
                let mut headers = answer.headers.clone();
                headers.remove("x-request-id");
                (answer.status, headers)
            };
            prop_assert_eq!(told(&plain), told(&with), "{}", address);
            let spared = |answer: &Answer| if answer.status.is_success() { answer.body.clone() } else { without_request_id(answer) };
            prop_assert!(spared(&plain) == spared(&with), "{audience:?} {address}");
        }
        let sees = runtime.block_on(ask(&with, Audience::Editor, "/collections/blockades/items/ev-hidden-0"));
        prop_assert_eq!(sees.status.as_u16(), 200);
    }
}

/// A refusal without the id of the request it refuses.
fn without_request_id(answer: &Answer) -> axum::body::Bytes {
    let mut problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if let Some(members) = problem.as_object_mut() {
        members.remove("instance");
    }
    problem.to_string().into()
}
