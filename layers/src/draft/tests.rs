use super::*;
use crate::vocab::{Commodity, Effect};
use serde_json::json;

fn found(value: &Value, read: impl FnOnce(&mut Draft<'_>)) -> Vec<(&'static str, String)> {
    let mut draft = Draft::new(value, "/features/3").unwrap();
    read(&mut draft);
    draft.finish().into_iter().map(|finding| (finding.code, finding.pointer)).collect()
}

#[test]
fn one_look_tells_everything_that_is_wrong() {
    let value = json!({"effect": "explodes", "severity": 9, "valid_from": "yesterday", "extra/field": 1});
    let found = found(&value, |draft| {
        assert_eq!(draft.word::<Effect>("effect"), None);
        assert_eq!(draft.whole::<u8>("severity", 0..=5), None);
        assert_eq!(draft.instant("valid_from"), None);
        assert_eq!(draft.needed_text("name"), None);
    });
    let expected = [
        ("unknown_word", "/features/3/effect"),
        ("bad_number", "/features/3/severity"),
        ("bad_time", "/features/3/valid_from"),
        ("missing", "/features/3/name"),
        ("unknown_field", "/features/3/extra~1field"),
    ];
    assert_eq!(found, expected.map(|(code, pointer)| (code, pointer.to_owned())));
}

#[test]
fn a_message_says_what_would_be_right() {
    let value = json!({"effect": "explodes"});
    let mut draft = Draft::new(&value, "").unwrap();
    draft.word::<Effect>("effect");
    let findings = draft.finish();
    assert_eq!(findings[0].message, "'explodes' is no effect; there are: closes, restricts, advisory, passage");
}

#[test]
fn a_wrong_field_is_not_also_missing() {
    for (value, code) in
        [(json!({"name": 7}), "not_a_text"), (json!({"name": [7]}), "not_a_text"), (json!({"name": {}}), "not_a_text")]
    {
        assert_eq!(found(&value, |draft| drop(draft.needed_text("name"))), [(code, "/features/3/name".to_owned())]);
    }
}

#[test]
fn a_pointer_leads_into_lists_and_parts() {
    let value = json!({"commodity": ["fuel", "gold"], "counts": {"low": -1, "odd": 0}, "claims": [{"value": 1}, 2]});
    let found = found(&value, |draft| {
        assert_eq!(draft.words::<Commodity>("commodity"), [Commodity::Fuel]);
        assert_eq!(draft.part("counts", |counts| counts.whole::<u32>("low", 0..=9)), None);
        assert_eq!(draft.parts("claims", |claim| claim.whole::<u32>("value", 0..=9)), [1]);
    });
    let expected = [
        ("unknown_word", "/features/3/commodity/1"),
        ("bad_number", "/features/3/counts/low"),
        ("unknown_field", "/features/3/counts/odd"),
        ("not_an_object", "/features/3/claims/1"),
    ];
    assert_eq!(found, expected.map(|(code, pointer)| (code, pointer.to_owned())));
}

#[test]
fn no_json_at_all_makes_a_draft_panic() {
    for value in [json!(null), json!([]), json!({}), json!({"a": {"b": [{}]}}), json!("x"), json!(1e308)] {
        if let Ok(mut draft) = Draft::new(&value, "") {
            draft.needed_texts("a");
            draft.parts("a", |part| part.number("b", 0.0..=1.0));
            draft.finish();
        }
    }
}
