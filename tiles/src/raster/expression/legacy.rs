//! What styles wrote before there were expressions, and many still do: filters such as `["==", "class", "road"]`, functions such as
//! `{"stops": [[5, 1], [10, 4]]}`, and texts such as `{name}`. They become the expressions that mean the same.

use super::functions::named;
use super::read::Reader;
use super::wanted::{Kinds, Wanted};
use super::{Expr, Val};
use serde_json::{Map, Value};

/// Members of a function.
const MEMBERS: [&str; 6] = ["stops", "base", "property", "type", "default", "colorSpace"];
/// Kinds of functions.
const KINDS: [&str; 4] = ["exponential", "interval", "categorical", "identity"];

impl Reader<'_> {
    /// Reads a filter of either kind.
    pub(in super::super) fn filter(&mut self, json: &Value) -> Option<Expr> {
        let Some((name, parts)) = json.as_array().and_then(|list| Some((list.first()?.as_str()?, list.get(1..)?))) else {
            if json.is_null() {
                self.issues.wrong("null is no filter; leave it out");
                return None;
            }
            return self.expression(json, &Wanted::Bool);
        };
        match (name, parts) {
            ("all" | "any" | "none", _) if !parts.iter().all(is_expression) || name == "none" => self.of_filters(name, parts),
            ("has", [Value::String(key)]) if key.starts_with('$') => self.special(key).map(|_| Expr::Literal(Val::Bool(true))),
            ("!has", [Value::String(key)]) => Some(not(Expr::Has(self.asked(key)))),
            ("in", [Value::String(key), rest @ ..]) if !is_plain_in(rest) => self.is_among(key, rest),
            ("!in", [Value::String(key), rest @ ..]) => self.is_among(key, rest).map(not),
            ("==" | "!=" | "<" | "<=" | ">" | ">=", [Value::String(key), value]) if !value.is_array() => {
                let function = named(name)?;
                let left = self.special(key)?;
                let right = self.within(2, |reader| reader.literal(value, compared(key)))?;
                Some(Expr::Call(function, vec![left, right]))
            }
            ("!has" | "!in", _) => {
                self.issues.wrong(format!("'{name}' takes the name of a property; better write [\"!\", ...]"));
                None
            }
            _ => self.expression(json, &Wanted::Bool),
        }
    }

    /// Filters that hold together: all, any or none of them.
    fn of_filters(&mut self, name: &str, parts: &[Value]) -> Option<Expr> {
        let read: Vec<Option<Expr>> =
            parts.iter().enumerate().map(|(at, part)| self.within(at + 1, |reader| reader.nested(part))).collect();
        let filters = read.into_iter().collect::<Option<Vec<_>>>()?;
        Some(match name {
            "all" => Expr::All(filters),
            "any" => Expr::Any(filters),
            _ => not(Expr::Any(filters)),
        })
    }

    /// A property, or what filters call `$type`.
    fn special(&mut self, key: &str) -> Option<Expr> {
        match key {
            "$type" => Some(Expr::GeometryType),
            "$id" => {
                self.issues.not_drawn("'$id' is not known here; the rule is left out");
                None
            }
            _ => Some(Expr::Get(self.asked(key))),
        }
    }

    fn is_among(&mut self, key: &str, values: &[Value]) -> Option<Expr> {
        let property = self.special(key)?;
        let read: Vec<Option<Expr>> = (values.iter().enumerate())
            .map(|(at, value)| self.within(at + 2, |reader| reader.literal(value, compared(key))))
            .collect();
        read.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Expr::Call(named("in")?, vec![property, Expr::Literal(Val::List(values.iter().map(Val::of).collect()))]))
    }

    /// Reads the value of a property of a rule: an expression, a function, or a value as it stands.
    pub(in super::super) fn property(&mut self, json: &Value, wanted: &Wanted) -> Option<Expr> {
        let read = match json {
            Value::Object(function) => self.function(function, wanted),
            _ => self.plain(json, wanted),
        }?;
        if !read.is_for_clients() {
            self.issues.not_drawn(
                "it is drawn as it says, but map clients refuse a zoom that is not the input of one outermost 'step' or 'interpolate'",
            );
        }
        // Whatever is to be written becomes a text.
        Some(if *wanted == Wanted::Writing { Expr::Call(named("to-string")?, vec![read]) } else { read })
    }

    /// An expression, or a value; lists stand without `literal` there, and texts may name properties in braces.
    fn plain(&mut self, json: &Value, wanted: &Wanted) -> Option<Expr> {
        match json {
            Value::Array(list) if wanted.kinds() == Kinds::LIST && !is_operator(list) => self.literal(json, wanted),
            Value::String(text) if matches!(wanted, Wanted::Writing | Wanted::Icon | Wanted::Pattern) && text.contains('{') => {
                Some(self.filled(text))
            }
            Value::Bool(_) | Value::Number(_) if *wanted == Wanted::Writing => {
                self.issues.wrong(format!("{json} is not a text; write \"{json}\""));
                None
            }
            _ => self.expression(json, wanted),
        }
    }

    /// A text with properties in braces.
    fn filled(&mut self, text: &str) -> Expr {
        let word = |text: &str| Expr::Literal(Val::Text(text.into()));
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            parts.push(word(before));
            parts.push(Expr::Get(self.asked(name)));
            rest = after;
        }
        parts.push(word(rest));
        named("concat").map_or_else(|| word(text), |concat| Expr::Call(concat, parts))
    }

    fn function(&mut self, function: &Map<String, Value>, wanted: &Wanted) -> Option<Expr> {
        for name in function.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
            self.within(name, |reader| {
                reader.issues.wrong(format!("a function has no '{name}'; it has: {}", MEMBERS.join(", ")));
            });
        }
        if function.get("colorSpace").is_some_and(|space| space != "rgb") {
            self.within("colorSpace", |reader| reader.issues.not_drawn("between two colours lies what lies between them in rgb"));
        }
        let property = function.get("property").and_then(Value::as_str);
        let usual = if wanted.is_gradual() { "exponential" } else { "interval" };
        let kind = function.get("type").map_or(Some(usual), Value::as_str).filter(|kind| KINDS.contains(kind));
        let Some(kind) = kind else {
            self.within("type", |reader| reader.issues.wrong(format!("the types of functions are: {}", KINDS.join(", "))));
            return None;
        };
        if let ("identity", Some(key)) = (kind, property) {
            return Some(Expr::Get(self.asked(key)));
        }
        let Some(stops) = function.get("stops").and_then(Value::as_array).filter(|stops| !stops.is_empty()) else {
            self.issues.wrong(format!(
                "a function has \"stops\", a list of [input, value]; or write an expression that comes to {}",
                wanted.right()
            ));
            return None;
        };
        if stops.iter().any(|stop| stop.get(0).is_some_and(Value::is_object)) {
            self.issues.not_drawn(
                "a function of zoom and property is not drawn; write 'interpolate' with 'match' in it; the rule is left out",
            );
            return None;
        }
        let other = match function.get("default") {
            Some(json) => self.within("default", |reader| reader.plain(json, wanted)),
            None => Some(Expr::Literal(Val::Null)),
        };
        let input = property.map_or(Expr::Zoom, |key| Expr::Get(self.asked(key)));
        let back = self.issues.enter("stops");
        let read = match kind {
            "categorical" => self.arms(stops, wanted),
            _ => self.steps(stops, wanted),
        };
        self.issues.leave(back);
        let read = read?;
        Some(match kind {
            "categorical" => {
                let arms = read.into_iter().map(|(label, outcome)| (vec![label], outcome)).collect();
                Expr::Match { input: Box::new(input), arms, other: Box::new(other?) }
            }
            _ => {
                let base = function.get("base").and_then(Value::as_f64).filter(|base| *base > 0.0).unwrap_or(1.0);
                let stops = read.into_iter().filter_map(|(stop, outcome)| Some((stop.number()?, outcome))).collect();
                along(input, stops, (kind == "exponential").then_some(base), other?)
            }
        })
    }

    /// Stops above one another.
    fn steps(&mut self, stops: &[Value], wanted: &Wanted) -> Option<Vec<(Val, Expr)>> {
        let mut before = f64::NEG_INFINITY;
        self.pairs(stops, wanted, |reader, json| reader.stop(json, &mut before).map(Val::Number))
    }

    /// Stops at words and numbers.
    fn arms(&mut self, stops: &[Value], wanted: &Wanted) -> Option<Vec<(Val, Expr)>> {
        self.pairs(stops, wanted, |_, json| Some(Val::of(json)))
    }

    fn pairs(
        &mut self,
        stops: &[Value],
        wanted: &Wanted,
        mut input: impl FnMut(&mut Self, &Value) -> Option<Val>,
    ) -> Option<Vec<(Val, Expr)>> {
        let mut one = |reader: &mut Self, stop: &Value| {
            let Some([at, outcome]) = stop.as_array().map(Vec::as_slice) else {
                reader.issues.wrong("a stop is a list of an input and a value");
                return None;
            };
            let at = reader.within(0, |reader| input(reader, at));
            at.zip(reader.within(1, |reader| reader.plain(outcome, wanted)))
        };
        let read: Vec<Option<(Val, Expr)>> =
            stops.iter().enumerate().map(|(at, stop)| self.within(at, |reader| one(reader, stop))).collect();
        read.into_iter().collect()
    }
}

/// What a function is worth along its stops: between them with a base, else as steps; `other` where the input is no number.
fn along(input: Expr, stops: Vec<(f64, Expr)>, base: Option<f64>, other: Expr) -> Expr {
    let worth = match (base, stops.split_first()) {
        (Some(base), _) => Expr::Interpolate { base, input: Box::new(input.clone()), stops },
        (None, Some(((_, first), rest))) => {
            Expr::Step { input: Box::new(input.clone()), first: Box::new(first.clone()), stops: rest.to_vec() }
        }
        (None, None) => return other,
    };
    let Expr::Get(_) = input else { return worth };
    let is_number = named("number").map(|number| Expr::Call(number, vec![input]));
    let known = is_number.zip(named("!=")).map(|(number, differs)| Expr::Call(differs, vec![number, Expr::Literal(Val::Null)]));
    match known {
        Some(known) => Expr::Case { arms: vec![(known, worth)], other: Box::new(other) },
        None => worth,
    }
}

/// What a filter holds a property against.
fn compared(key: &str) -> &'static Wanted {
    if key == "$type" { &Wanted::Word(&["Point", "LineString", "Polygon"]) } else { &Wanted::Anything }
}

fn not(filter: Expr) -> Expr {
    Expr::Case { arms: vec![(filter, Expr::Literal(Val::Bool(false)))], other: Box::new(Expr::Literal(Val::Bool(true))) }
}

/// Whether a list begins as an expression does.
fn is_operator(list: &[Value]) -> bool {
    let operators = ["literal", "match", "case", "step", "interpolate", "coalesce", "let", "var", "get", "slice", "at", "array"];
    list.first().and_then(Value::as_str).is_some_and(|name| operators.contains(&name))
}

/// Whether what follows the first argument of `in` makes it an expression.
fn is_plain_in(rest: &[Value]) -> bool {
    matches!(rest, [Value::Array(_)])
}

/// Whether a filter is an expression, as the specification tells them apart.
fn is_expression(json: &Value) -> bool {
    let Some((name, parts)) = json.as_array().and_then(|list| Some((list.first()?.as_str()?, list.get(1..)?))) else {
        return true;
    };
    match (name, parts) {
        ("none" | "!in" | "!has", _) => false,
        ("has", [Value::String(key), ..]) => !key.starts_with('$'),
        ("in", [Value::String(_), rest @ ..]) => is_plain_in(rest),
        ("==" | "!=" | "<" | "<=" | ">" | ">=", [Value::String(_), value]) => value.is_array(),
        ("all" | "any", _) => parts.iter().all(is_expression),
        _ => true,
    }
}
