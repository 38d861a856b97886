//! The numbers of the rules, as every answer carries them: they are a choice, and whoever reads an answer may want to know which.

use super::cause::{COVERED_M, COVERED_SHARE};
use super::leg::STALE_DAYS;
use super::matching::{FARTHEST_M, NEAR_M};
use super::rules::RULES;
use super::statement::OPEN_DAYS;
use crate::windows::{ADVISORY, CLOSES, PASSAGE, RESTRICTS, ROADBLOCK, Window};
use serde_json::{Value, json};

/// Name and numbers of the rules: days since the event until which an effect lasts, metres, shares.
pub fn parameters() -> Value {
    let days = |windows: &[Window]| -> Value {
        windows.iter().map(|(effect, days)| json!({ "effect": effect.as_str(), "until_days": days })).collect()
    };
    json!({
        "name": RULES,
        "effect_windows": {
            "closes": days(CLOSES),
            "restricts": days(RESTRICTS),
            "restricts_roadblock": days(ROADBLOCK),
            "passage": days(PASSAGE),
            "advisory": days(ADVISORY),
            "longer_days_by_time_precision": { "2": 6, "3": 30 },
        },
        "stale_after_days": STALE_DAYS,
        "open_believed_days": OPEN_DAYS,
        "match_distance_m": { "at_least": NEAR_M, "at_most": FARTHEST_M },
        "area_overlap": { "at_least_m": COVERED_M, "at_least_share": COVERED_SHARE },
    })
}
