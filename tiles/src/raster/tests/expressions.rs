//! Expressions by the table that the web map is held to as well, so that a style means the same wherever it is drawn.

use crate::raster::expression::{Expr, Scope, Val};
use serde_json::Value;
use std::sync::Arc;

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/style/expressions.json"));

#[test]
fn expressions_are_worth_what_the_table_says() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let named = table["properties"].as_object().unwrap().iter();
    let properties: Vec<(Arc<str>, Val)> = named.map(|(name, value)| (name.as_str().into(), read(value))).collect();
    let scope = Scope { zoom: table["zoom"].as_f64().unwrap(), geometry: "LineString", properties: &properties };
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() > 50);
    for case in cases {
        let value = Expr::parse(&case[0]).unwrap_or_else(|error| panic!("{}: {error:?}", case[0])).value(&scope);
        assert_eq!(value, read(&case[1]), "{}", case[0]);
    }
}

/// A value as it stands in the table.
fn read(json: &Value) -> Val {
    Expr::parse(&serde_json::json!(["literal", json])).unwrap().value(&Scope { zoom: 0.0, geometry: "", properties: &[] })
}
