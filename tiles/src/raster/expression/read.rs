//! Reading expressions: what a document says becomes an `Expr`, or issues that say what, where and what would be right.
//!
//! What is wanted of a whole expression is wanted of each of its outcomes, so that a colour that is none is found in the last arm
//! of a `match` as well, before anything is drawn.

use super::super::issues::{Gravity, Issues};
use super::functions::{Function, named};
use super::wanted::{Drawings, Wanted};
use super::{Expr, Val};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Levels of nesting an expression may have.
const DEEPEST: usize = 32;
/// Expressions, literals among them, that a style may have in all.
const MOST_NODES: usize = 50_000;

/// Expressions that are more than a function of their arguments.
pub(super) const FORMS: [&str; 16] = [
    "literal",
    "get",
    "has",
    "zoom",
    "geometry-type",
    "match",
    "case",
    "step",
    "interpolate",
    "coalesce",
    "all",
    "any",
    "image",
    "format",
    "let",
    "var",
];

/// What the specification has, and nothing here draws by.
const NOT_DRAWN: [&str; 24] = [
    "accumulated",
    "array",
    "collator",
    "distance",
    "elevation",
    "error",
    "feature-state",
    "global-state",
    "heatmap-density",
    "id",
    "interpolate-hcl",
    "interpolate-lab",
    "is-supported-script",
    "join",
    "line-progress",
    "number-format",
    "object",
    "properties",
    "resolved-locale",
    "sky-radial-progress",
    "split",
    "to-hsla",
    "to-rgba",
    "within",
];

/// Reads the expressions of a document.
pub(in super::super) struct Reader<'a> {
    pub(in super::super) issues: Issues,
    /// Properties of features that are asked for, since this was last emptied.
    pub(in super::super) reads: BTreeSet<String>,
    drawings: Option<&'a dyn Drawings>,
    nodes: usize,
    depth: usize,
    /// Names that `let` gave, the nearest last.
    bound: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Without drawings nothing is said of icons and patterns.
    pub(in super::super) fn new(drawings: Option<&'a dyn Drawings>) -> Self {
        Self { issues: Issues::default(), reads: BTreeSet::new(), drawings, nodes: 0, depth: 0, bound: Vec::new() }
    }

    /// Reads a member or element of what is being read.
    pub(in super::super) fn within<T>(&mut self, part: impl std::fmt::Display, read: impl FnOnce(&mut Self) -> T) -> T {
        let back = self.issues.enter(part);
        let outcome = read(self);
        self.issues.leave(back);
        outcome
    }

    /// Reads an expression; `None` if it cannot be drawn, and the issues say why.
    pub(in super::super) fn expression(&mut self, json: &Value, wanted: &Wanted) -> Option<Expr> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            if self.nodes == MOST_NODES + 1 {
                self.issues.wrong(format!("the style has more than {MOST_NODES} expressions; leave rules out"));
            }
            return None;
        }
        match json {
            Value::Array(list) => self.deeper(|reader| reader.operator(list, wanted)),
            Value::Object(_) => {
                self.issues.wrong(format!("an object is no expression; write {}", wanted.right()));
                None
            }
            _ => self.literal(json, wanted),
        }
    }

    /// Reads a filter inside another.
    pub(super) fn nested(&mut self, json: &Value) -> Option<Expr> {
        self.deeper(|reader| reader.filter(json))
    }

    /// Goes a level deeper, if there is one.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Option<Expr>) -> Option<Expr> {
        if self.depth >= DEEPEST {
            self.issues.wrong(format!("nested more than {DEEPEST} deep; name parts with 'let', or leave some out"));
            return None;
        }
        self.depth += 1;
        let outcome = read(self);
        self.depth -= 1;
        outcome
    }

    /// A value that stands for itself. What is drawn otherwise than said is told, and drawn.
    pub(in super::super) fn literal(&mut self, json: &Value, wanted: &Wanted) -> Option<Expr> {
        let value = Val::of(json);
        let issue = wanted.wrong_with(&value, self.drawings);
        let is_wrong = issue.as_ref().is_some_and(|(gravity, _)| *gravity == Gravity::Wrong);
        if let Some((gravity, message)) = issue {
            self.issues.note(gravity, message);
        }
        (!is_wrong).then_some(Expr::Literal(value))
    }

    fn operator(&mut self, list: &[Value], wanted: &Wanted) -> Option<Expr> {
        let Some((Value::String(name), parts)) = list.split_first() else {
            self.issues.wrong("an expression starts with its name; a list of values is written as [\"literal\", [...]]");
            return None;
        };
        match name.as_str() {
            "literal" if self.takes(name, parts, [1, 1]) => self.within(1, |reader| reader.literal(parts.first()?, wanted)),
            "get" | "has" => {
                let key = self.key(name, parts)?;
                Some(if name == "get" { Expr::Get(key) } else { Expr::Has(key) })
            }
            "zoom" if self.takes(name, parts, [0, 0]) => Some(Expr::Zoom),
            "geometry-type" if self.takes(name, parts, [0, 0]) => Some(Expr::GeometryType),
            "match" => self.matched(parts, wanted),
            "case" => self.case(parts, wanted),
            "step" => self.step(parts, wanted),
            "interpolate" => self.interpolate(parts, wanted),
            "coalesce" if self.takes(name, parts, [1, usize::MAX]) => {
                self.tell_of_images(parts);
                self.each(parts, wanted).map(Expr::Coalesce)
            }
            "all" => self.each(parts, &Wanted::Bool).map(Expr::All),
            "any" => self.each(parts, &Wanted::Bool).map(Expr::Any),
            "image" if self.takes(name, parts, [1, 1]) => self.image(parts, wanted),
            "format" => self.format(parts),
            "let" => self.named(parts, wanted),
            "var" if self.takes(name, parts, [1, 1]) => self.var(parts),
            // With the wrong number of arguments, of which was told.
            form if FORMS.contains(&form) => None,
            _ => match named(name) {
                Some(function) => self.call(function, parts, wanted),
                None if NOT_DRAWN.contains(&name.as_str()) => {
                    self.issues.not_drawn(format!("the expression '{name}' is not known here; the rule is left out"));
                    None
                }
                None => {
                    self.issues
                        .wrong(format!("there is no expression '{name}'; a list of values is written as [\"literal\", [...]]"));
                    None
                }
            },
        }
    }

    /// Whether there are as many arguments as there must be.
    fn takes(&mut self, name: &str, parts: &[Value], [least, most]: [usize; 2]) -> bool {
        let fits = (least..=most).contains(&parts.len());
        if !fits {
            let right = match (least, most) {
                (least, usize::MAX) => format!("{least} or more"),
                (least, most) if least == most => least.to_string(),
                (least, most) => format!("{least} to {most}"),
            };
            self.issues.wrong(format!("'{name}' takes {right} arguments and has {}", parts.len()));
        }
        fits
    }

    /// The argument at a place.
    pub(super) fn part(&mut self, parts: &[Value], at: usize, wanted: &Wanted) -> Option<Expr> {
        let part = parts.get(at)?;
        self.within(at + 1, |reader| reader.expression(part, wanted))
    }

    /// The name of an icon or pattern; nothing if there is none of that name, so that 'coalesce' takes the next.
    fn image(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Expr> {
        let name = self.part(parts, 0, wanted)?;
        let Expr::Literal(Val::Text(text)) = &name else { return Some(name) };
        let is_there = match (wanted, self.drawings) {
            (Wanted::Icon, Some(drawings)) => drawings.has_icon(text),
            (Wanted::Pattern, Some(drawings)) => drawings.has_pattern(text),
            _ => true,
        };
        Some(if is_there { name } else { Expr::Literal(Val::Null) })
    }

    /// Tells of images before the last outcome of `coalesce` of which is not known yet whether they are there.
    fn tell_of_images(&mut self, parts: &[Value]) {
        let is_worked_out = |part: &Value| part[0] == "image" && !part[1].is_string();
        for (at, _) in parts.iter().enumerate().filter(|(at, part)| at + 1 < parts.len() && is_worked_out(part)) {
            let message = "of a name that is worked out nobody looks whether it is that of an image; the next is not taken";
            self.within(at + 1, |reader| reader.issues.not_drawn(message));
        }
    }

    /// All arguments; whatever is wrong with any is told.
    fn each(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Vec<Expr>> {
        let read: Vec<Option<Expr>> = (0..parts.len()).map(|at| self.part(parts, at, wanted)).collect();
        read.into_iter().collect()
    }

    /// The name of a property.
    fn key(&mut self, name: &str, parts: &[Value]) -> Option<Arc<str>> {
        match parts {
            [Value::String(key)] => Some(self.asked(key)),
            [Value::Array(_)] | [_, Value::Array(_)] => {
                self.issues.not_drawn(format!(
                    "'{name}' of a name that is worked out, or of another object, is not known here; the rule is left out"
                ));
                None
            }
            _ => {
                self.issues.wrong(format!("'{name}' takes the name of a property as [\"{name}\", \"name\"]"));
                None
            }
        }
    }

    /// Notes that a property is asked for.
    pub(super) fn asked(&mut self, key: &str) -> Arc<str> {
        self.reads.insert(key.to_owned());
        Arc::from(key)
    }

    fn call(&mut self, function: &'static Function, parts: &[Value], wanted: &Wanted) -> Option<Expr> {
        // Which letters are alike is not known here: of that is told where the third argument is read.
        let is_collated = matches!(parts, [_, _, Value::Array(third)] if third.first().is_some_and(|name| name == "collator"));
        let fits = is_collated || self.takes(function.name, parts, function.takes);
        let of = self.each(parts, &function.of);
        if !function.gives.meet(wanted.kinds()) {
            self.issues.wrong(format!("'{}' comes to {}; write {}", function.name, function.gives.words(), wanted.right()));
            return None;
        }
        of.filter(|_| fits).map(|of| Expr::Call(function, of))
    }

    fn matched(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Expr> {
        if parts.len() < 4 || !parts.len().is_multiple_of(2) {
            self.issues.wrong("'match' takes a value, pairs of label and outcome, and an outcome for everything else");
            return None;
        }
        let (input, other) = (self.part(parts, 0, &Wanted::Anything), self.part(parts, parts.len() - 1, wanted));
        let mut seen: Vec<Val> = Vec::new();
        let arms: Vec<Option<(Vec<Val>, Expr)>> = (1..parts.len() - 1)
            .step_by(2)
            .map(|at| {
                let labels = self.labels(&parts[at], at + 1, &mut seen);
                self.part(parts, at + 1, wanted).zip(labels).map(|(outcome, labels)| (labels, outcome))
            })
            .collect();
        Some(Expr::Match { input: Box::new(input?), arms: arms.into_iter().collect::<Option<_>>()?, other: Box::new(other?) })
    }

    /// The labels of an outcome: texts or whole numbers, none twice.
    fn labels(&mut self, json: &Value, at: usize, seen: &mut Vec<Val>) -> Option<Vec<Val>> {
        let labels: Vec<Val> = json.as_array().map_or_else(|| vec![Val::of(json)], |list| list.iter().map(Val::of).collect());
        self.within(at, |reader| {
            for label in &labels {
                let same_kind = seen.first().is_none_or(|first| std::mem::discriminant(first) == std::mem::discriminant(label));
                let fits = match label {
                    Val::Text(_) => true,
                    Val::Number(number) => number.fract() == 0.0,
                    _ => false,
                };
                if !fits || !same_kind {
                    reader.issues.wrong(format!("{} is no label; labels are all texts, or all whole numbers", label.told()));
                    return None;
                }
                if seen.contains(label) {
                    reader.issues.wrong(format!("the label {} stands there before; the second is never reached", label.told()));
                    return None;
                }
                seen.push(label.clone());
            }
            if labels.is_empty() {
                reader.issues.wrong("a list of labels has one or more");
            }
            (!labels.is_empty()).then_some(labels)
        })
    }

    fn case(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Expr> {
        if parts.len() < 3 || parts.len().is_multiple_of(2) {
            self.issues.wrong("'case' takes pairs of condition and outcome, and an outcome for everything else");
            return None;
        }
        let other = self.part(parts, parts.len() - 1, wanted);
        let arms: Vec<Option<(Expr, Expr)>> = (0..parts.len() - 1)
            .step_by(2)
            .map(|at| {
                let when = self.part(parts, at, &Wanted::Bool);
                when.zip(self.part(parts, at + 1, wanted))
            })
            .collect();
        Some(Expr::Case { arms: arms.into_iter().collect::<Option<_>>()?, other: Box::new(other?) })
    }

    /// The texts of `format`, one after the other.
    fn format(&mut self, parts: &[Value]) -> Option<Expr> {
        let mut texts = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            match part {
                Value::Object(looks) if at > 0 => {
                    if !looks.is_empty() {
                        self.within(at + 1, |reader| {
                            reader.issues.not_drawn("parts of a text all look alike here; this is not drawn")
                        });
                    }
                }
                _ => texts.push(self.part(parts, at, &Wanted::Writing)),
            }
        }
        if texts.is_empty() {
            self.issues.wrong("'format' takes texts, each with an object of its looks after it or none");
            return None;
        }
        let texts = texts.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Expr::Call(named("concat")?, texts))
    }

    /// `let`: names and values, and what they are used in.
    fn named(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Expr> {
        if parts.len() < 3 || parts.len().is_multiple_of(2) {
            self.issues.wrong("'let' takes pairs of name and value, and an expression that uses them");
            return None;
        }
        let around = self.bound.len();
        let mut values = Vec::new();
        let mut names = Vec::new();
        for at in (0..parts.len() - 1).step_by(2) {
            let Some(name) = parts[at].as_str() else {
                self.within(at + 1, |reader| reader.issues.wrong("a name is a text"));
                return None;
            };
            // Values know nothing of the names beside them, but they are read one inside the other.
            values.push(self.part(parts, at + 1, &Wanted::Anything));
            self.bound.push(String::new());
            names.push(name.to_owned());
        }
        self.bound.truncate(around);
        self.bound.extend(names);
        let body = self.part(parts, parts.len() - 1, wanted);
        self.bound.truncate(around);
        let values: Option<Vec<Expr>> = values.into_iter().collect();
        Some(values?.into_iter().rfold(body?, |body, value| Expr::Let(Box::new(value), Box::new(body))))
    }

    fn var(&mut self, parts: &[Value]) -> Option<Expr> {
        let name = parts.first().and_then(Value::as_str).unwrap_or_default();
        let found = self.bound.iter().rev().position(|bound| bound == name && !name.is_empty());
        if found.is_none() {
            self.issues.wrong(format!("no 'let' around this names '{name}'"));
        }
        found.map(Expr::Var)
    }
}
