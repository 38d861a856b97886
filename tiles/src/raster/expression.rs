//! Expressions of the MapLibre style specification, the part this engine knows; anything else is refused when parsed.

use super::color;
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

    fn of(json: &Value) -> Self {
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

/// A parsed expression.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    Literal(Val),
    Get(Arc<str>),
    Has(Arc<str>),
    Zoom,
    GeometryType,
    Match { input: Box<Expr>, arms: Vec<(Vec<Val>, Expr)>, other: Box<Expr> },
    Case { arms: Vec<(Expr, Expr)>, other: Box<Expr> },
    Step { input: Box<Expr>, first: Box<Expr>, stops: Vec<(f64, Expr)> },
    Interpolate { base: f64, input: Box<Expr>, stops: Vec<(f64, Expr)> },
    Coalesce(Vec<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    Concat(Vec<Expr>),
    ToText(Box<Expr>),
    ToNumber(Box<Expr>),
    Arithmetic(char, Vec<Expr>),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Levels of nesting an expression may have.
const DEEPEST: usize = 32;

impl Expr {
    /// Parses; the error says what is not known.
    pub(super) fn parse(json: &Value) -> Result<Self, String> {
        Self::parse_at(json, 0)
    }

    fn parse_at(json: &Value, depth: usize) -> Result<Self, String> {
        let Value::Array(list) = json else {
            return if json.is_object() {
                Err("an object is no expression".to_owned())
            } else {
                Ok(Self::Literal(Val::of(json)))
            };
        };
        if depth > DEEPEST {
            return Err(format!("nested more than {DEEPEST} deep"));
        }
        let Some(Value::String(name)) = list.first() else { return Err("an expression starts with its name".to_owned()) };
        let parts = &list[1..];
        let one = |at: usize| {
            parts.get(at).ok_or_else(|| format!("'{name}' lacks an argument")).and_then(|part| Self::parse_at(part, depth + 1))
        };
        let boxed = |at: usize| one(at).map(Box::new);
        let many = || parts.iter().map(|part| Self::parse_at(part, depth + 1)).collect::<Result<Vec<_>, _>>();
        let key = || {
            parts.first().and_then(Value::as_str).map(Arc::from).ok_or_else(|| format!("'{name}' needs the name of a property"))
        };
        let stops = |from: usize| {
            let pairs = parts.get(from..).unwrap_or_default().chunks_exact(2);
            pairs
                .map(|pair| Ok((pair[0].as_f64().ok_or("a stop is a number")?, Self::parse_at(&pair[1], depth + 1)?)))
                .collect::<Result<Vec<_>, String>>()
        };
        Ok(match name.as_str() {
            "literal" => Self::Literal(parts.first().map(Val::of).unwrap_or_default()),
            "get" => Self::Get(key()?),
            "has" => Self::Has(key()?),
            "zoom" => Self::Zoom,
            "geometry-type" => Self::GeometryType,
            "match" => {
                let (arms, other) = parts.get(1..).unwrap_or_default().split_at(parts.len().saturating_sub(2));
                let other = other.first().ok_or("'match' needs a value for everything else")?;
                let arms = arms.chunks_exact(2).map(|pair| {
                    let labels =
                        pair[0].as_array().map_or_else(|| vec![Val::of(&pair[0])], |labels| labels.iter().map(Val::of).collect());
                    Ok((labels, Self::parse_at(&pair[1], depth + 1)?))
                });
                Self::Match {
                    input: boxed(0)?,
                    arms: arms.collect::<Result<_, String>>()?,
                    other: Box::new(Self::parse_at(other, depth + 1)?),
                }
            }
            "case" => {
                let arms = parts
                    .chunks_exact(2)
                    .map(|pair| Ok((Self::parse_at(&pair[0], depth + 1)?, Self::parse_at(&pair[1], depth + 1)?)));
                let other = parts.last().filter(|_| parts.len() % 2 == 1).ok_or("'case' needs a value for everything else")?;
                Self::Case { arms: arms.collect::<Result<_, String>>()?, other: Box::new(Self::parse_at(other, depth + 1)?) }
            }
            "step" => Self::Step { input: boxed(0)?, first: boxed(1)?, stops: stops(2)? },
            "interpolate" => {
                let kind = parts.first().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let base = match (kind.first().and_then(Value::as_str), kind.get(1).and_then(Value::as_f64)) {
                    (Some("linear"), _) => 1.0,
                    (Some("exponential"), Some(base)) => base,
                    _ => return Err("'interpolate' knows [\"linear\"] and [\"exponential\", base]".to_owned()),
                };
                Self::Interpolate { base, input: boxed(1)?, stops: stops(2)? }
            }
            "coalesce" => Self::Coalesce(many()?),
            "==" => Self::Compare(Comparison::Equal, boxed(0)?, boxed(1)?),
            "!=" => Self::Compare(Comparison::Unequal, boxed(0)?, boxed(1)?),
            "<" => Self::Compare(Comparison::Less, boxed(0)?, boxed(1)?),
            "<=" => Self::Compare(Comparison::AtMost, boxed(0)?, boxed(1)?),
            ">" => Self::Compare(Comparison::More, boxed(0)?, boxed(1)?),
            ">=" => Self::Compare(Comparison::AtLeast, boxed(0)?, boxed(1)?),
            "all" => Self::All(many()?),
            "any" => Self::Any(many()?),
            "!" => Self::Not(boxed(0)?),
            "in" => Self::In(boxed(0)?, boxed(1)?),
            "concat" => Self::Concat(many()?),
            "to-string" => Self::ToText(boxed(0)?),
            "to-number" => Self::ToNumber(boxed(0)?),
            "+" | "-" | "*" | "/" => Self::Arithmetic(name.chars().next().unwrap_or('+'), many()?),
            other => return Err(format!("the expression '{other}' is not known")),
        })
    }

    /// The value in a scope. What does not fit is null; drawing then takes the default.
    pub(super) fn value(&self, scope: &Scope<'_>) -> Val {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Get(name) => property(scope, name).cloned().unwrap_or_default(),
            Self::Has(name) => Val::Bool(property(scope, name).is_some()),
            Self::Zoom => Val::Number(scope.zoom),
            Self::GeometryType => Val::Text(scope.geometry.into()),
            Self::Match { input, arms, other } => {
                let input = input.value(scope);
                arms.iter().find(|(labels, _)| labels.contains(&input)).map_or(other.as_ref(), |(_, arm)| arm).value(scope)
            }
            Self::Case { arms, other } => {
                arms.iter().find(|(when, _)| when.is_true(scope)).map_or(other.as_ref(), |(_, arm)| arm).value(scope)
            }
            Self::Step { input, first, stops } => {
                let Some(at) = input.value(scope).number() else { return first.value(scope) };
                stops.iter().rev().find(|(stop, _)| *stop <= at).map_or(first.as_ref(), |(_, value)| value).value(scope)
            }
            Self::Interpolate { base, input, stops } => interpolate(*base, input.value(scope).number(), stops, scope),
            Self::Coalesce(all) => all.iter().map(|one| one.value(scope)).find(|value| *value != Val::Null).unwrap_or_default(),
            Self::Compare(how, a, b) => Val::Bool(compare(*how, &a.value(scope), &b.value(scope))),
            Self::All(all) => Val::Bool(all.iter().all(|one| one.is_true(scope))),
            Self::Any(all) => Val::Bool(all.iter().any(|one| one.is_true(scope))),
            Self::Not(one) => Val::Bool(!one.is_true(scope)),
            Self::In(needle, heap) => match (needle.value(scope), heap.value(scope)) {
                (needle, Val::List(list)) => Val::Bool(list.contains(&needle)),
                (Val::Text(needle), Val::Text(text)) => Val::Bool(text.contains(&*needle)),
                _ => Val::Bool(false),
            },
            Self::Concat(all) => Val::Text(all.iter().map(|one| one.value(scope).text()).collect::<String>().into()),
            Self::ToText(one) => Val::Text(one.value(scope).text().into()),
            Self::ToNumber(one) => match one.value(scope) {
                Val::Text(text) => text.trim().parse().map_or(Val::Null, Val::Number),
                Val::Bool(value) => Val::Number(f64::from(u8::from(value))),
                other => other,
            },
            Self::Arithmetic(sign, all) => arithmetic(*sign, all, scope),
        }
    }

    /// Whether the value is true.
    pub(super) fn is_true(&self, scope: &Scope<'_>) -> bool {
        self.value(scope).is_true()
    }
}

fn property<'a>(scope: &Scope<'a>, name: &str) -> Option<&'a Val> {
    scope.properties.iter().find(|(key, _)| **key == *name).map(|(_, value)| value)
}

fn interpolate(base: f64, at: Option<f64>, stops: &[(f64, Expr)], scope: &Scope<'_>) -> Val {
    let (Some(at), Some((_, first))) = (at, stops.first()) else { return Val::Null };
    let Some(next) = stops.iter().position(|(stop, _)| *stop > at) else {
        return stops.last().map_or(Val::Null, |(_, last)| last.value(scope));
    };
    let Some(before) = next.checked_sub(1) else { return first.value(scope) };
    let ((low, from), (high, to)) = (&stops[before], &stops[next]);
    let share = match base {
        1.0 => (at - low) / (high - low),
        _ => (base.powf(at - low) - 1.0) / (base.powf(high - low) - 1.0),
    };
    match (from.value(scope), to.value(scope)) {
        (Val::Number(from), Val::Number(to)) => Val::Number(from + (to - from) * share),
        (Val::Text(from), Val::Text(to)) => match (color::parse(&from), color::parse(&to)) {
            (Some(from), Some(to)) => {
                let mixed = [0, 1, 2, 3].map(|part| f64::from(from[part]) + f64::from(to[part] - from[part]) * share);
                let [red, green, blue] = [0, 1, 2].map(|part| mixed[part] * 255.0);
                Val::Text(format!("rgba({red},{green},{blue},{})", mixed[3]).into())
            }
            _ => Val::Text(from),
        },
        (from, _) => from,
    }
}

fn compare(how: Comparison, a: &Val, b: &Val) -> bool {
    let ordered = |keep: fn(std::cmp::Ordering) -> bool| match (a, b) {
        (Val::Number(a), Val::Number(b)) => a.partial_cmp(b).is_some_and(keep),
        (Val::Text(a), Val::Text(b)) => keep(a.cmp(b)),
        _ => false,
    };
    match how {
        Comparison::Equal => a == b,
        Comparison::Unequal => a != b,
        Comparison::Less => ordered(std::cmp::Ordering::is_lt),
        Comparison::AtMost => ordered(std::cmp::Ordering::is_le),
        Comparison::More => ordered(std::cmp::Ordering::is_gt),
        Comparison::AtLeast => ordered(std::cmp::Ordering::is_ge),
    }
}

fn arithmetic(sign: char, all: &[Expr], scope: &Scope<'_>) -> Val {
    let numbers: Option<Vec<f64>> = all.iter().map(|one| one.value(scope).number()).collect();
    let result = match (sign, numbers.as_deref()) {
        ('-', Some([one])) => Some(-one),
        (_, Some([first, rest @ ..])) => Some(rest.iter().fold(*first, |sum, next| match sign {
            '+' => sum + next,
            '-' => sum - next,
            '*' => sum * next,
            _ => sum / next,
        })),
        _ => None,
    };
    result.filter(|number| number.is_finite()).map_or(Val::Null, Val::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(expression: Value) -> Val {
        let properties = [("effect".into(), Val::Text("closes".into())), ("severity".into(), Val::Number(4.0))];
        Expr::parse(&expression).unwrap().value(&Scope { zoom: 6.5, geometry: "LineString", properties: &properties })
    }

    #[test]
    fn the_specifications_examples_hold() {
        assert_eq!(value(json!(["match", ["get", "effect"], ["closes", "restricts"], 1, "passage", 2, 3])), Val::Number(1.0));
        assert_eq!(value(json!(["match", ["get", "nothing"], "closes", 1, 3])), Val::Number(3.0));
        assert_eq!(
            value(json!(["case", [">=", ["get", "severity"], 5], "a", ["has", "effect"], "b", "c"])),
            Val::Text("b".into())
        );
        assert_eq!(value(json!(["interpolate", ["linear"], ["zoom"], 6, 10, 7, 20])), Val::Number(15.0));
        assert_eq!(value(json!(["interpolate", ["exponential", 2], ["zoom"], 5.5, 0, 7.5, 3])), Val::Number(1.0));
        assert_eq!(value(json!(["step", ["zoom"], "far", 5, "near", 8, "close"])), Val::Text("near".into()));
        assert_eq!(value(json!(["coalesce", ["get", "name_fr"], ["get", "effect"]])), Val::Text("closes".into()));
        assert_eq!(value(json!(["in", ["get", "effect"], ["literal", ["closes", "opens"]]])), Val::Bool(true));
        assert_eq!(value(json!(["all", ["!", ["==", 1, 2]], ["any", false, ["<", 1, 2]]])), Val::Bool(true));
        assert_eq!(value(json!(["concat", "s", ["to-string", ["*", 2, ["get", "severity"]]]])), Val::Text("s8".into()));
        assert_eq!(value(json!(["match", ["geometry-type"], ["LineString", "MultiLineString"], 1, 2])), Val::Number(1.0));
        assert_eq!(value(json!(["-", ["to-number", "7"], 2, 1])), Val::Number(4.0));
    }

    #[test]
    fn what_is_not_known_is_refused_when_read() {
        for expression in
            [json!(["heatmap-density"]), json!(["match", ["zoom"]]), json!([1, 2]), json!({"stops": []}), json!(["get"])]
        {
            assert!(Expr::parse(&expression).is_err(), "{expression}");
        }
        let deep = (0..100).fold(json!(true), |inner, _| json!(["!", inner]));
        assert!(Expr::parse(&deep).is_err());
    }
}
