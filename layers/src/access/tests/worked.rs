//! The answers that were worked out once by an independent reading of the rules.

use super::*;
use crate::vocab::{Commodity, Vocabulary};
use serde_json::Value;
use std::collections::BTreeMap;

fn fuel() -> Terms {
    Terms { commodity: Commodity::Fuel, evidence: Evidences::parse("reports").unwrap(), ..Terms::default() }
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn the_worked_cases_come_out_as_written() {
    let access = seen_by(Audience::Editor, &(&mali()).into());
    let worked: Value = serde_json::from_str(include_str!("worked.json")).unwrap();
    for case in worked["cases"].as_array().unwrap() {
        let (at, known_at) = (case["at"].as_str().unwrap(), case["known_at"].as_str().unwrap());
        let terms = Terms { commodity: Commodity::parse(case["commodity"].as_str().unwrap()).unwrap(), ..fuel() };
        let inquiry = access.known(known(known_at), terms).unwrap();
        let expected: BTreeMap<&str, &Value> =
            case["corridors"].as_array().unwrap().iter().map(|row| (row["corridor"].as_str().unwrap(), row)).collect();
        for chain in inquiry.chains() {
            let status = inquiry.corridor(chain, &day(at));
            let told = format!("{} on {at}", chain.id);
            let Some(row) = expected.get(chain.id.as_str()) else {
                assert_eq!(status.rank.as_str(), "unknown", "{told}: {:?}", status.causes());
                continue;
            };
            assert_eq!(status.rank.as_str(), row["status"].as_str().unwrap(), "{told}");
            let closed: Vec<&str> = status.of_rank(Rank::Closed).map(|part| part.link.segment.as_str()).collect();
            assert_eq!(closed, texts(&row["closed_segments"]), "{told}");
            assert_eq!(status.causes().into_iter().collect::<Vec<_>>(), texts(&row["causes"]), "{told}");
            let lengths = status.length_m_by_status();
            let expected_lengths = row["length_m_by_status"].as_object().unwrap();
            assert_eq!(lengths.len(), expected_lengths.len(), "{told}: {lengths:?}");
            for (word, length_m) in expected_lengths {
                let difference = lengths[word.as_str()] - length_m.as_f64().unwrap();
                assert!(difference.abs() < 10.0, "{told}: {word} {} and {length_m}", lengths[word.as_str()]);
            }
        }
    }
}

#[test]
fn what_became_known_late_closes_the_road_only_for_who_knows_it() {
    let access = seen_by(Audience::Editor, &(&mali()).into());
    let at = day("2025-09-20");
    for (known_at, expected) in [("2025-09-21", "unknown"), ("2025-12-04", "closed")] {
        let inquiry = access.known(known(known_at), fuel()).unwrap();
        let chain = inquiry.chains().find(|chain| chain.id == "dkr-kedougou-kenieba-bko").unwrap();
        assert_eq!(inquiry.corridor(chain, &at).rank.as_str(), expected, "{known_at}");
    }
    let inquiry = access.known(known("2025-12-04"), fuel()).unwrap();
    let closed: Vec<&str> = inquiry
        .chains()
        .filter(|chain| inquiry.corridor(chain, &at).rank == Rank::Closed)
        .map(|chain| chain.id.as_str())
        .collect();
    assert_eq!(closed, ["dkr-kayes-bko", "dkr-kedougou-kenieba-bko", "kayes-bafoulabe-kita-bko"]);
}
