//! Expressions of the MapLibre style specification, the part this engine knows, and what they are worth for a feature.
//!
//! `read` makes them of a document and refuses everything else; `tests/style/expressions.json` holds their values and the viewer's
//! to the same table.

mod functions;
mod legacy;
mod ramps;
mod range;
mod read;
mod wanted;
mod zoomed;

pub(super) use read::Reader;
pub(super) use wanted::{Drawings, Wanted};

use super::color;
use functions::{Function, finite};
use serde_json::Value;
use std::sync::Arc;

/// A value while drawing.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Val {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// Text, colours among it.
    Text(Arc<str>),
    /// Several values.
    List(Arc<[Val]>),
}

/// Letters of a value that are told.
const TOLD_LETTERS: usize = 60;

impl Val {
    /// As a number, if it is one.
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
            Self::List(list) => list.iter().map(Self::text).collect::<Vec<_>>().join(","),
        }
    }

    /// As it is told to whoever wrote it.
    fn told(&self) -> String {
        let whole = self.text();
        let told: String = whole.chars().take(TOLD_LETTERS).collect();
        let more = if told.len() < whole.len() { "…" } else { "" };
        match self {
            Self::Text(_) => format!("'{told}{more}'"),
            Self::List(_) => format!("[{told}{more}]"),
            Self::Null => "null".to_owned(),
            // Written out, a very large number would be hundreds of digits.
            Self::Number(number) if more == "…" => format!("{number:e}"),
            Self::Bool(_) | Self::Number(_) => told,
        }
    }

    pub(super) fn of(json: &Value) -> Self {
        match json {
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
            Value::String(text) => Self::Text(text.as_str().into()),
            Value::Array(list) => Self::List(list.iter().map(Self::of).collect()),
            Value::Null | Value::Object(_) => Self::Null,
        }
    }
}

/// What an expression may ask about.
pub(super) struct Scope<'a> {
    pub(super) zoom: f64,
    /// `Point`, `LineString` or `Polygon`; empty for the background.
    pub(super) geometry: &'static str,
    pub(super) properties: &'a [(Arc<str>, Val)],
}

/// A value that `let` has given a name, and those named around it.
#[derive(Clone, Copy)]
struct Bound<'a> {
    value: &'a Val,
    around: Option<&'a Bound<'a>>,
}

/// A parsed expression.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    Literal(Val),
    Get(Arc<str>),
    Has(Arc<str>),
    Zoom,
    GeometryType,
    Match {
        input: Box<Expr>,
        arms: Vec<(Vec<Val>, Expr)>,
        other: Box<Expr>,
    },
    Case {
        arms: Vec<(Expr, Expr)>,
        other: Box<Expr>,
    },
    Step {
        input: Box<Expr>,
        first: Box<Expr>,
        stops: Vec<(f64, Expr)>,
    },
    Interpolate {
        base: f64,
        input: Box<Expr>,
        stops: Vec<(f64, Expr)>,
    },
    Coalesce(Vec<Expr>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    /// A value with a name, and what it is used in.
    Let(Box<Expr>, Box<Expr>),
    /// The value that was named so many `let` before the nearest.
    Var(usize),
    Call(&'static Function, Vec<Expr>),
}

impl Expr {
    /// The value in a scope. What does not fit is null; drawing then takes the default.
    pub(super) fn value(&self, scope: &Scope<'_>) -> Val {
        self.among(scope, None)
    }

    /// Whether the value is true.
    pub(super) fn is_true(&self, scope: &Scope<'_>) -> bool {
        self.value(scope).is_true()
    }

    fn among(&self, scope: &Scope<'_>, bound: Option<&Bound<'_>>) -> Val {
        let worth = |one: &Self| one.among(scope, bound);
        match self {
            Self::Literal(value) => value.clone(),
            Self::Get(name) => property(scope, name).cloned().unwrap_or_default(),
            Self::Has(name) => Val::Bool(property(scope, name).is_some()),
            Self::Zoom => Val::Number(scope.zoom),
            Self::GeometryType => Val::Text(scope.geometry.into()),
            Self::Match { input, arms, other } => {
                let input = worth(input);
                worth(arms.iter().find(|(labels, _)| labels.contains(&input)).map_or(other.as_ref(), |(_, arm)| arm))
            }
            Self::Case { arms, other } => {
                worth(arms.iter().find(|(when, _)| worth(when).is_true()).map_or(other.as_ref(), |(_, arm)| arm))
            }
            Self::Step { input, first, stops } => {
                let Some(at) = worth(input).number() else { return worth(first) };
                worth(stops.iter().rev().find(|(stop, _)| *stop <= at).map_or(first.as_ref(), |(_, value)| value))
            }
            Self::Interpolate { base, input, stops } => interpolate(*base, worth(input).number(), stops, worth),
            Self::Coalesce(all) => all.iter().map(worth).find(|value| *value != Val::Null).unwrap_or_default(),
            Self::All(all) => Val::Bool(all.iter().all(|one| worth(one).is_true())),
            Self::Any(all) => Val::Bool(all.iter().any(|one| worth(one).is_true())),
            Self::Let(value, body) => body.among(scope, Some(&Bound { value: &worth(value), around: bound })),
            Self::Var(before) => {
                let mut found = bound;
                (0..*before).for_each(|_| found = found.and_then(|named| named.around));
                found.map(|named| named.value.clone()).unwrap_or_default()
            }
            // Most functions take one or two, and need no list for them.
            Self::Call(function, of) => match of.as_slice() {
                [one] => (function.call)(&[worth(one)]),
                [one, other] => (function.call)(&[worth(one), worth(other)]),
                of => (function.call)(&of.iter().map(worth).collect::<Vec<_>>()),
            },
        }
    }
}

fn property<'a>(scope: &Scope<'a>, name: &str) -> Option<&'a Val> {
    scope.properties.iter().find(|(key, _)| **key == *name).map(|(_, value)| value)
}

fn interpolate(base: f64, at: Option<f64>, stops: &[(f64, Expr)], worth: impl Fn(&Expr) -> Val) -> Val {
    let (Some(at), Some((_, first))) = (at, stops.first()) else { return Val::Null };
    let Some(next) = stops.iter().position(|(stop, _)| *stop > at) else {
        return stops.last().map_or(Val::Null, |(_, last)| worth(last));
    };
    let Some(before) = next.checked_sub(1) else { return worth(first) };
    let ((low, from), (high, to)) = (&stops[before], &stops[next]);
    let share = match base {
        1.0 => (at - low) / (high - low),
        _ => (base.powf(at - low) - 1.0) / (base.powf(high - low) - 1.0),
    };
    mixed(worth(from), worth(to), share)
}

/// What lies between two numbers, colours, or lists of as many numbers.
fn mixed(from: Val, to: Val, share: f64) -> Val {
    match (&from, &to) {
        (Val::Number(from), Val::Number(to)) => finite(from + (to - from) * share),
        (Val::List(a), Val::List(b)) if a.len() == b.len() => {
            Val::List(a.iter().zip(b.iter()).map(|(a, b)| mixed(a.clone(), b.clone(), share)).collect())
        }
        (Val::Text(a), Val::Text(b)) => match (color::parse(a), color::parse(b)) {
            (Some(a), Some(b)) => {
                let mixed = [0, 1, 2, 3].map(|part| f64::from(a[part]) + f64::from(b[part] - a[part]) * share);
                let [red, green, blue] = [0, 1, 2].map(|part| mixed[part] * 255.0);
                Val::Text(format!("rgba({red},{green},{blue},{})", mixed[3]).into())
            }
            _ => from,
        },
        _ => from,
    }
}

#[cfg(test)]
mod tests;
