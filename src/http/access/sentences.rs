//! The sentences of all answers, held against what a logistician should read, and the feeds that carry them.

use super::tests::{answered, ask_as, of, ROUTER};
use roadblock_layers::vocab::Audience;
use serde_json::Value;

#[tokio::test]
async fn print_all() {
    for path in PATHS {
        let answer = answered(Audience::Editor, path).await;
        println!("== {path}");
        let lists = answer.as_object().unwrap().values().filter_map(Value::as_array).flatten();
        let mut n = 0;
        for row in lists.filter(|row| row.is_object()) {
            n += 1;
            if n < 400 {
                println!("{} {} {}\n  {}\n  {}", row["id"], row["corridor"], row["rules"], row["explanation"], row["explanation_fr"]);
            }
        }
    }
    let feed = ask_as(&ROUTER, Audience::Editor, "/access/alerts?since=2025-10-15&until=2025-11-01&commodity=fuel&f=atom&lang=fr", "*/*").await;
    println!("{}", feed.text());
    let feed = ask_as(&ROUTER, Audience::Editor, "/access/changes?from=2025-10-20&to=2025-10-22&commodity=fuel", "application/atom+xml").await;
    println!("{}", feed.text());
}

const PATHS: [&str; 14] = [
    "/access/corridors?datetime=2025-10-22&known_at=2025-10-22&commodity=fuel",
    "/access/corridors/abj-zegoua-sikasso-bko?datetime=2025-10-22&known_at=2025-10-22&commodity=fuel",
    "/access/corridors/abj-zegoua-sikasso-bko/timeline?datetime=2025-10-01/2025-10-31&commodity=fuel",
    "/access/corridors/abj-zegoua-sikasso-bko/timeline?datetime=2025-10-01/2025-10-31&known_at=2025-10-22&commodity=fuel",
    "/access/routes?from=abidjan&to=bamako&routes=3&datetime=2025-10-22&commodity=fuel",
    "/access/routes?from=dakar&to=bamako&routes=1&datetime=2025-10-22&known_at=2025-10-22&commodity=fuel",
    "/access/cut-off?datetime=2025-10-22&commodity=fuel",
    "/access/cut-off?threshold=open_only&datetime=2025-10-22&known_at=2025-10-22&commodity=fuel",
    "/access/changes?from=2025-10-20&to=2025-10-22&commodity=fuel",
    "/access/changes?from=2025-09-20&to=2025-09-20&from_known_at=2025-09-21&to_known_at=2025-12-04&commodity=fuel",
    "/access/near?corridor=abj-zegoua-sikasso-bko&distance_m=20000&datetime=2025-10-22",
    "/access/overlap?datetime=2025-10-22",
    "/access/alerts?since=2025-09-01&until=2026-02-01&commodity=fuel",
    "/access/near?corridor=mopti-segou-bko&distance_m=60000&datetime=2025-10-05/2025-10-12",
];
