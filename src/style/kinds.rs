//! What a report is, drawn within the mark of what it does to the road: each shape with each glyph on it becomes an icon `shape-glyph`.
//!
//! The table of icons says both once, as `kinds`; whoever reads the table, here or elsewhere, finds only icons.

use serde_json::{Value, json};

/// What a glyph calls the colours of the shape that it lies on: of its lines, and of what lies behind them.
const COLORS: [&str; 2] = ["ink", "ground"];

/// Makes icons of the `kinds` of a table, if it has any.
pub(super) fn composed(mut table: Value) -> Value {
    let kinds = table.as_object_mut().and_then(|members| members.shift_remove("kinds")).unwrap_or_default();
    if let Some(icons) = table.get_mut("icons").and_then(Value::as_object_mut) {
        for (shape_name, shape) in kinds["shapes"].as_object().into_iter().flatten() {
            for (glyph_name, glyph) in kinds["glyphs"].as_object().into_iter().flatten() {
                let glyph = parts(glyph).map(|part| painted(part, shape));
                let paths: Vec<Value> = parts(&shape["paths"]).cloned().chain(glyph).collect();
                icons.insert(format!("{shape_name}-{glyph_name}"), json!({"size": shape["size"], "paths": paths}));
            }
        }
    }
    table
}

fn parts(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A path of a glyph in the colours of a shape.
fn painted(part: &Value, shape: &Value) -> Value {
    let mut part = part.clone();
    for role in ["fill", "stroke"] {
        if let Some(color) = COLORS.into_iter().find(|color| part[role] == *color) {
            part[role] = shape[color].clone();
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_with_each_glyph_is_an_icon() {
        let table = json!({
            "icons": {"town": {"size": 7, "paths": []}},
            "kinds": {
                "shapes": {"mark": {"size": 22, "ink": "@plate", "ground": "@closed", "paths": [{"d": "M0 0H9", "fill": "@closed"}]}},
                "glyphs": {"mine": [{"d": "M1 1H2", "stroke": "ink", "width": 2}, {"d": "M2 2H3", "fill": "ground"}], "none": []}
            }
        });
        let composed = composed(table);
        assert_eq!(
            composed["icons"].as_object().map(|icons| icons.keys().collect::<Vec<_>>()).unwrap(),
            ["town", "mark-mine", "mark-none"]
        );
        assert_eq!(
            composed["icons"]["mark-mine"],
            json!({"size": 22, "paths": [
                {"d": "M0 0H9", "fill": "@closed"}, {"d": "M1 1H2", "stroke": "@plate", "width": 2}, {"d": "M2 2H3", "fill": "@closed"}
            ]})
        );
        assert_eq!(composed.get("kinds"), None);
    }

    #[test]
    fn a_table_without_kinds_stays_as_it_is() {
        let table = json!({"icons": {}, "patterns": {}});
        assert_eq!(composed(table.clone()), table);
    }
}
