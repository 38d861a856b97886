//! Property filters: `subtype=ambush`, `severity=3,4`, `valid_from=2025-10-01/2025-10-31`.
//!
//! A text from a request is typed once against its column; features are then compared without parsing.

use roadblock_layers::features::FeatureRef;
use roadblock_layers::time::{Datetime, Instant};
use roadblock_layers::value::{Column, ColumnKind, Value};

/// Why a filter cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The text does not fit the column.
    #[error("'{text}' does not fit property '{name}': write {expected}, or several separated by commas")]
    Value {
        /// The property.
        name: String,
        /// What was asked.
        text: String,
        /// What would be right.
        expected: &'static str,
    },
    /// Lists and objects cannot be compared with a text.
    #[error("property '{0}' holds lists or objects and cannot be filtered by")]
    Nested(String),
}

/// One accepted value.
#[derive(Debug, Clone, PartialEq)]
enum Accepted {
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    Time(Datetime),
}

/// A feature passes when its value in one column is one of those accepted. Null passes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    column: usize,
    accepted: Vec<Accepted>,
}

impl Filter {
    /// Reads the text of a request for the column at `position`. Commas separate choices; the whole text is a choice too,
    /// so that a name with a comma in it can be asked for.
    pub fn parse(position: usize, column: &Column, text: &str) -> Result<Self, FilterError> {
        let fail = |expected| FilterError::Value { name: column.name.to_string(), text: text.to_owned(), expected };
        let read = |part: &str| match column.kind {
            ColumnKind::Bool => part.parse().map(Accepted::Bool).map_err(|_bad| fail("true or false")),
            ColumnKind::Int => part.parse().map(Accepted::Whole).map_err(|_bad| fail("a whole number")),
            ColumnKind::Float => {
                let number = || part.parse::<f64>().ok().filter(|number| number.is_finite()).map(Accepted::Number);
                part.parse().map(Accepted::Whole).ok().or_else(number).ok_or_else(|| fail("a number"))
            }
            ColumnKind::Time => {
                Datetime::parse(part).map(Accepted::Time).map_err(|_bad| fail("a date, a date-time with zone, or start/end"))
            }
            ColumnKind::Text | ColumnKind::Mixed => Ok(Accepted::Text(part.to_owned())),
            ColumnKind::Json => Err(FilterError::Nested(column.name.to_string())),
        };
        let mut accepted = text.split(',').map(read).collect::<Result<Vec<_>, _>>()?;
        if text.contains(',') && matches!(column.kind, ColumnKind::Text | ColumnKind::Mixed) {
            accepted.push(Accepted::Text(text.to_owned()));
        }
        Ok(Self { column: position, accepted })
    }

    /// Whether a feature passes.
    pub fn passes(&self, feature: FeatureRef<'_>) -> bool {
        self.accepts(feature.value(self.column))
    }

    fn accepts(&self, value: &Value) -> bool {
        self.accepted.iter().any(|accepted| accepted.is(value))
    }
}

impl Accepted {
    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Bool(asked), Value::Bool(value)) => asked == value,
            (Self::Whole(asked), Value::Int(value)) => asked == value,
            (Self::Whole(whole), Value::Float(number)) | (Self::Number(number), Value::Int(whole)) => is_whole(*number, *whole),
            (Self::Number(asked), Value::Float(value)) => asked == value,
            (Self::Text(asked), Value::Text(value)) => asked.as_str() == value.as_ref(),
            (Self::Text(asked), Value::Bool(value)) => *asked == value.to_string(),
            (Self::Text(asked), Value::Int(value)) => *asked == value.to_string(),
            (Self::Text(asked), Value::Float(value)) => *asked == value.to_string(),
            (Self::Time(asked), Value::Text(value)) => Instant::parse(value).is_ok_and(|at| match asked {
                Datetime::All => true,
                Datetime::At(moment) => *moment == at,
                Datetime::During(interval) => interval.contains(at),
            }),
            _ => false,
        }
    }
}

/// Whether a number is exactly this whole number; rounding would mistake neighbours beyond 2^53 for each other.
fn is_whole(number: f64, whole: i64) -> bool {
    number.fract() == 0.0 && number as i128 == i128::from(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(kind: ColumnKind, text: &str) -> Result<Filter, FilterError> {
        Filter::parse(0, &Column { name: "p".into(), kind, title: String::new() }, text)
    }

    #[test]
    fn large_whole_numbers_are_compared_exactly() {
        let large = 9_007_199_254_740_993i64;
        assert!(passes(ColumnKind::Int, "9007199254740993", large) && !passes(ColumnKind::Int, "9007199254740992", large));
        assert!(passes(ColumnKind::Float, "9007199254740993", large) && !passes(ColumnKind::Float, "9007199254740992", large));
        assert!(passes(ColumnKind::Float, "3", 3.0) && passes(ColumnKind::Float, "3.0", 3i64));
    }

    fn passes(kind: ColumnKind, text: &str, value: impl Into<Value>) -> bool {
        filter(kind, text).unwrap().accepts(&value.into())
    }

    #[test]
    fn values_are_compared_in_their_own_type() {
        assert!(passes(ColumnKind::Text, "ambush", "ambush"));
        assert!(passes(ColumnKind::Int, "3", 3));
        assert!(passes(ColumnKind::Float, "3", 3.0));
        assert!(passes(ColumnKind::Bool, "true", true));
        assert!(passes(ColumnKind::Mixed, "3", 3) && passes(ColumnKind::Mixed, "x", "x"));
        assert!(!passes(ColumnKind::Text, "ambush", "ambushes"));
        assert!(!passes(ColumnKind::Text, "", Value::Null));
    }

    #[test]
    fn commas_separate_choices_but_a_name_may_hold_one() {
        assert!(passes(ColumnKind::Text, "ambush,ied", "ied"));
        assert!(passes(ColumnKind::Int, "3,4", 4));
        assert!(passes(ColumnKind::Text, "Kita, west", "Kita, west"));
    }

    #[test]
    fn a_day_means_the_whole_day() {
        assert!(passes(ColumnKind::Time, "2025-10-22", "2025-10-22T17:00:00Z"));
        assert!(!passes(ColumnKind::Time, "2025-10-22", "2025-10-23T00:00:00Z"));
        assert!(passes(ColumnKind::Time, "2025-10-01/..", "2025-10-23T00:00:00Z"));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        let error = filter(ColumnKind::Int, "three").unwrap_err().to_string();
        assert!(error.contains("'three'") && error.contains("'p'") && error.contains("whole number"), "{error}");
        for (kind, text) in
            [(ColumnKind::Bool, "1"), (ColumnKind::Float, "NaN"), (ColumnKind::Time, "now"), (ColumnKind::Json, "x")]
        {
            assert!(filter(kind, text).is_err(), "{text}");
        }
    }
}
