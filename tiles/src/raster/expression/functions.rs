//! The functions of expressions that need nothing but their arguments: how many, of which kind, and what they come to.
//!
//! What does not fit is null, and so is what has no end or no number: drawing then takes the default.

use super::super::color;
use super::Val;
use super::wanted::{Kinds, Wanted};

/// Bytes a text may have that an expression puts together: texts that double with each step must not fill the memory.
const LONGEST_TEXT: usize = 10_000;

/// One function.
#[derive(Debug)]
pub(in super::super) struct Function {
    pub(super) name: &'static str,
    /// Least and most arguments.
    pub(super) takes: [usize; 2],
    /// What each argument must be.
    pub(super) of: Wanted,
    /// What it comes to, if it comes to anything.
    pub(super) gives: Kinds,
    pub(super) call: fn(&[Val]) -> Val,
}

const MANY: usize = usize::MAX;

const fn row(name: &'static str, takes: [usize; 2], of: Wanted, gives: Kinds, call: fn(&[Val]) -> Val) -> Function {
    Function { name, takes, of, gives, call }
}

const ANY: Wanted = Wanted::Anything;
const NUMBER: Wanted = Wanted::Number;

/// All of them.
pub(super) static FUNCTIONS: &[Function] = &[
    row("==", [2, 2], ANY, Kinds::BOOL, |of| Val::Bool(of.first() == of.last())),
    row("!=", [2, 2], ANY, Kinds::BOOL, |of| Val::Bool(of.first() != of.last())),
    row("<", [2, 2], ANY, Kinds::BOOL, |of| ordered(of, std::cmp::Ordering::is_lt)),
    row("<=", [2, 2], ANY, Kinds::BOOL, |of| ordered(of, std::cmp::Ordering::is_le)),
    row(">", [2, 2], ANY, Kinds::BOOL, |of| ordered(of, std::cmp::Ordering::is_gt)),
    row(">=", [2, 2], ANY, Kinds::BOOL, |of| ordered(of, std::cmp::Ordering::is_ge)),
    row("!", [1, 1], Wanted::Bool, Kinds::BOOL, |of| Val::Bool(of.first() != Some(&Val::Bool(true)))),
    row("in", [2, 2], ANY, Kinds::BOOL, is_in),
    row("index-of", [2, 3], ANY, Kinds::NUMBER, index_of),
    row("slice", [2, 3], ANY, Kinds::TEXT.or(Kinds::LIST), slice),
    row("at", [2, 2], ANY, Kinds::ANY, at),
    row("length", [1, 1], ANY, Kinds::NUMBER, length),
    row("concat", [1, MANY], ANY, Kinds::TEXT, concat),
    row("upcase", [1, 1], Wanted::Text, Kinds::TEXT, |of| changed(of, |text| text.to_uppercase())),
    row("downcase", [1, 1], Wanted::Text, Kinds::TEXT, |of| changed(of, |text| text.to_lowercase())),
    row("to-string", [1, 1], ANY, Kinds::TEXT, concat),
    row("to-number", [1, MANY], ANY, Kinds::NUMBER, |of| first(of, as_number)),
    row("to-boolean", [1, 1], ANY, Kinds::BOOL, |of| Val::Bool(of.first().is_some_and(is_something))),
    row("to-color", [1, MANY], ANY, Kinds::TEXT, |of| first(of, as_color)),
    row("typeof", [1, 1], ANY, Kinds::TEXT, |of| Val::Text(of.first().map_or_else(String::new, kind).into())),
    row("string", [1, MANY], ANY, Kinds::TEXT, |of| first(of, |one| is_kept(one, Kinds::TEXT))),
    row("number", [1, MANY], ANY, Kinds::NUMBER, |of| first(of, |one| is_kept(one, Kinds::NUMBER))),
    row("boolean", [1, MANY], ANY, Kinds::BOOL, |of| first(of, |one| is_kept(one, Kinds::BOOL))),
    row("rgb", [3, 3], NUMBER, Kinds::TEXT, rgba),
    row("rgba", [4, 4], NUMBER, Kinds::TEXT, rgba),
    row("+", [1, MANY], NUMBER, Kinds::NUMBER, |of| folded(of, |sum, next| sum + next)),
    row("*", [1, MANY], NUMBER, Kinds::NUMBER, |of| folded(of, |product, next| product * next)),
    row("-", [1, 2], NUMBER, Kinds::NUMBER, |of| if of.len() == 1 { one(of, |a| -a) } else { folded(of, |a, b| a - b) }),
    row("/", [2, 2], NUMBER, Kinds::NUMBER, |of| folded(of, |a, b| a / b)),
    row("%", [2, 2], NUMBER, Kinds::NUMBER, |of| folded(of, |a, b| a % b)),
    row("^", [2, 2], NUMBER, Kinds::NUMBER, |of| folded(of, f64::powf)),
    row("min", [1, MANY], NUMBER, Kinds::NUMBER, |of| folded(of, f64::min)),
    row("max", [1, MANY], NUMBER, Kinds::NUMBER, |of| folded(of, f64::max)),
    row("abs", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::abs)),
    row("ceil", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::ceil)),
    row("floor", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::floor)),
    row("round", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::round)),
    row("sqrt", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::sqrt)),
    row("ln", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::ln)),
    row("log10", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::log10)),
    row("log2", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::log2)),
    row("sin", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::sin)),
    row("cos", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::cos)),
    row("tan", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::tan)),
    row("asin", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::asin)),
    row("acos", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::acos)),
    row("atan", [1, 1], NUMBER, Kinds::NUMBER, |of| one(of, f64::atan)),
    row("e", [0, 0], NUMBER, Kinds::NUMBER, |_| Val::Number(std::f64::consts::E)),
    row("pi", [0, 0], NUMBER, Kinds::NUMBER, |_| Val::Number(std::f64::consts::PI)),
    row("ln2", [0, 0], NUMBER, Kinds::NUMBER, |_| Val::Number(std::f64::consts::LN_2)),
];

/// The function of a name.
pub(super) fn named(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// A number, unless it has no end or is none.
pub(super) fn finite(number: f64) -> Val {
    if number.is_finite() { Val::Number(number) } else { Val::Null }
}

fn one(of: &[Val], result: fn(f64) -> f64) -> Val {
    of.first().and_then(Val::number).map_or(Val::Null, |number| finite(result(number)))
}

fn folded(of: &[Val], step: fn(f64, f64) -> f64) -> Val {
    let mut numbers = of.iter().map(Val::number);
    let Some(first) = numbers.next().flatten() else { return Val::Null };
    numbers.try_fold(first, |sum, next| Some(step(sum, next?))).map_or(Val::Null, finite)
}

/// Numbers with numbers and texts with texts; nothing else has an order.
fn ordered(of: &[Val], keep: fn(std::cmp::Ordering) -> bool) -> Val {
    Val::Bool(match of {
        [Val::Number(a), Val::Number(b)] => a.partial_cmp(b).is_some_and(keep),
        [Val::Text(a), Val::Text(b)] => keep(a.cmp(b)),
        _ => false,
    })
}

fn is_in(of: &[Val]) -> Val {
    Val::Bool(match of {
        [needle, Val::List(list)] => list.contains(needle),
        [Val::Text(needle), Val::Text(text)] => text.contains(&**needle),
        _ => false,
    })
}

/// A place in a list or text of so many parts; what is negative counts from the end.
fn place(number: Option<&Val>, parts: usize, missing: usize) -> usize {
    let Some(number) = number.and_then(Val::number) else { return missing };
    let counted = if number < 0.0 { parts as f64 + number } else { number };
    counted.clamp(0.0, parts as f64) as usize
}

fn index_of(of: &[Val]) -> Val {
    let found = match of {
        [needle, Val::List(list), rest @ ..] => {
            let from = place(rest.first(), list.len(), 0);
            list.iter().skip(from).position(|one| one == needle).map(|found| from + found)
        }
        [needle, Val::Text(text), rest @ ..] => {
            let from = place(rest.first(), text.chars().count(), 0);
            let start = text.char_indices().nth(from).map_or(text.len(), |(start, _)| start);
            let (passed, rest) = text.split_at(start);
            rest.find(&needle.text()).map(|found| passed.chars().count() + rest.split_at(found).0.chars().count())
        }
        _ => return Val::Null,
    };
    Val::Number(found.map_or(-1.0, |found| found as f64))
}

fn slice(of: &[Val]) -> Val {
    let stretch = |parts: usize, from: &Val, to: Option<&Val>| {
        let (from, to) = (place(Some(from), parts, 0), place(to, parts, parts));
        (from, to.saturating_sub(from))
    };
    match of {
        [Val::List(list), from, rest @ ..] => {
            let (from, parts) = stretch(list.len(), from, rest.first());
            Val::List(list.iter().skip(from).take(parts).cloned().collect())
        }
        [Val::Text(text), from, rest @ ..] => {
            let (from, parts) = stretch(text.chars().count(), from, rest.first());
            Val::Text(text.chars().skip(from).take(parts).collect::<String>().into())
        }
        _ => Val::Null,
    }
}

fn at(of: &[Val]) -> Val {
    match of {
        [Val::Number(number), Val::List(list)] if *number >= 0.0 && number.fract() == 0.0 => {
            list.get(*number as usize).cloned().unwrap_or_default()
        }
        _ => Val::Null,
    }
}

fn length(of: &[Val]) -> Val {
    match of.first() {
        Some(Val::Text(text)) => Val::Number(text.chars().count() as f64),
        Some(Val::List(list)) => Val::Number(list.len() as f64),
        _ => Val::Null,
    }
}

fn concat(of: &[Val]) -> Val {
    let mut whole = String::new();
    for one in of {
        whole.push_str(&one.text());
        if whole.len() > LONGEST_TEXT {
            return Val::Null;
        }
    }
    Val::Text(whole.into())
}

fn changed(of: &[Val], change: fn(&str) -> String) -> Val {
    if let Some(Val::Text(text)) = of.first() { Val::Text(change(text).into()) } else { Val::Null }
}

/// What the first argument that fits becomes.
fn first(of: &[Val], become_it: fn(&Val) -> Option<Val>) -> Val {
    of.iter().find_map(become_it).unwrap_or_default()
}

fn is_kept(value: &Val, kinds: Kinds) -> Option<Val> {
    kinds.hold(value).then(|| value.clone())
}

fn as_number(value: &Val) -> Option<Val> {
    match value {
        Val::Null => Some(Val::Number(0.0)),
        Val::Bool(value) => Some(Val::Number(f64::from(u8::from(*value)))),
        Val::Number(_) => Some(value.clone()),
        Val::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Val::Number),
        Val::List(_) => None,
    }
}

fn is_something(value: &Val) -> bool {
    match value {
        Val::Null => false,
        Val::Bool(value) => *value,
        Val::Number(number) => *number != 0.0,
        Val::Text(text) => !text.is_empty(),
        Val::List(_) => true,
    }
}

fn as_color(value: &Val) -> Option<Val> {
    match value {
        Val::Text(text) => color::parse(text).map(|_| value.clone()),
        Val::List(parts) if (3..=4).contains(&parts.len()) => Some(rgba(parts)).filter(|color| *color != Val::Null),
        _ => None,
    }
}

/// A colour of red, green and blue from 0 to 255, and alpha from 0 to 1.
pub(super) fn rgba(parts: &[Val]) -> Val {
    let numbers: Option<Vec<f64>> = parts.iter().map(Val::number).collect();
    let is_color = |[red, green, blue, alpha]: [f64; 4]| {
        [red, green, blue].iter().all(|part| (0.0..=255.0).contains(part)) && (0.0..=1.0).contains(&alpha)
    };
    let parts = match numbers.as_deref() {
        Some([red, green, blue]) => [*red, *green, *blue, 1.0],
        Some([red, green, blue, alpha]) => [*red, *green, *blue, *alpha],
        _ => return Val::Null,
    };
    let [red, green, blue, alpha] = parts;
    if is_color(parts) { Val::Text(format!("rgba({red},{green},{blue},{alpha})").into()) } else { Val::Null }
}

/// What the specification calls the kind of a value.
fn kind(value: &Val) -> String {
    let scalar = |value: &Val| match value {
        Val::Null => "null",
        Val::Bool(_) => "boolean",
        Val::Number(_) => "number",
        Val::Text(_) => "string",
        Val::List(_) => "array",
    };
    let Val::List(list) = value else { return scalar(value).to_owned() };
    let kinds: Vec<&str> = list.iter().map(scalar).collect();
    let same =
        kinds.first().filter(|first| ["boolean", "number", "string"].contains(*first) && kinds.iter().all(|kind| kind == *first));
    format!("array<{}, {}>", same.unwrap_or(&"value"), list.len())
}
