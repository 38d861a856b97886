//! What a value must be: its kind, its range, the words and names that it may be.

use super::super::color;
use super::super::glyphs;
use super::super::issues::Gravity;
use super::Val;

/// Offsets that follow their words, across and down.
const OFFSETS: [f64; 2] = [-100.0, 100.0];
/// Most of them.
const MOST_OFFSETS: usize = 32;

/// Kinds of values, any of which may be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const BOOL: Self = Self(1);
    pub(crate) const NUMBER: Self = Self(2);
    pub(crate) const TEXT: Self = Self(4);
    pub(crate) const LIST: Self = Self(8);
    pub(crate) const ANY: Self = Self(15);
    /// In words, in the order of their bits.
    const WORDS: [&'static str; 4] = ["true or false", "a number", "a text", "a list"];

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any kind is among both.
    pub(crate) fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether a value is of one of these kinds; null is of none.
    pub(crate) fn hold(self, value: &Val) -> bool {
        self.meet(match value {
            Val::Null => return false,
            Val::Bool(_) => Self::BOOL,
            Val::Number(_) => Self::NUMBER,
            Val::Text(_) => Self::TEXT,
            Val::List(_) => Self::LIST,
        })
    }

    pub(crate) fn words(self) -> String {
        let said = Self::WORDS.iter().enumerate().filter(|(bit, _)| self.0 & (1 << bit) != 0);
        said.map(|(_, word)| *word).collect::<Vec<_>>().join(" or ")
    }
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    /// Any value.
    Anything,
    Bool,
    Number,
    /// From nothing up to what is drawn at most.
    Size(f64),
    /// From the least to the most that is drawn.
    Between([f64; 2]),
    /// From 0 to 1.
    Share,
    Text,
    /// A text to write; other values are written as texts.
    Writing,
    Color,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of some words.
    Words(&'static [&'static str]),
    /// A list of names of fonts.
    Fonts,
    /// So many numbers, each from the first to the second of the range.
    Numbers {
        least: usize,
        most: usize,
        range: [f64; 2],
    },
    /// Some words by turns with two numbers each.
    Offsets(&'static [&'static str]),
    /// The name of an icon.
    Icon,
    /// The name of a pattern.
    Pattern,
}

/// Names that a style may use beyond its own words.
pub(crate) trait Drawings {
    fn has_icon(&self, name: &str) -> bool;
    fn has_pattern(&self, name: &str) -> bool;
}

impl Wanted {
    pub(crate) fn kinds(&self) -> Kinds {
        match self {
            Self::Anything => Kinds::ANY,
            Self::Bool => Kinds::BOOL,
            Self::Number | Self::Size(_) | Self::Between(_) | Self::Share => Kinds::NUMBER,
            Self::Text | Self::Color | Self::Word(_) | Self::Icon | Self::Pattern => Kinds::TEXT,
            Self::Writing => Kinds::TEXT.or(Kinds::NUMBER).or(Kinds::BOOL),
            Self::Words(_) | Self::Fonts | Self::Numbers { .. } | Self::Offsets(_) => Kinds::LIST,
        }
    }

    /// Whether there is something between two such values.
    pub(crate) fn is_gradual(&self) -> bool {
        match self {
            Self::Anything | Self::Color => true,
            Self::Numbers { least, most, .. } => least == most,
            _ => self.kinds() == Kinds::NUMBER,
        }
    }

    /// What would be right.
    pub(crate) fn right(&self) -> String {
        match self {
            Self::Anything => "any value".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Size(most) => format!("a number from 0 to {most}"),
            Self::Between([least, most]) => format!("a number from {least} to {most}"),
            Self::Share => "a number from 0 to 1".to_owned(),
            Self::Text | Self::Writing => "a text".to_owned(),
            Self::Color => format!("a colour: {}", color::RIGHT),
            Self::Word(words) => format!("one of: {}", words.join(", ")),
            Self::Words(words) => format!("a list of: {}", words.join(", ")),
            Self::Fonts => "a list of texts".to_owned(),
            Self::Numbers { least, most, range: [from, to] } if least == most => {
                format!("a list of {least} numbers from {from} to {to}")
            }
            Self::Numbers { least, most, range: [from, to] } => {
                format!("a list of {least} to {most} numbers from {from} to {to}")
            }
            Self::Offsets(words) => {
                let [from, to] = OFFSETS;
                let words = words.join(", ");
                format!(
                    "a list of up to {MOST_OFFSETS} places with two numbers from {from} to {to} after each; places are: {words}"
                )
            }
            Self::Icon => "the name of an icon".to_owned(),
            Self::Pattern => "the name of a pattern".to_owned(),
        }
    }

    /// What is wrong with a value; nothing of null, which stands for the default.
    pub(crate) fn wrong_with(&self, value: &Val, drawings: Option<&dyn Drawings>) -> Option<(Gravity, String)> {
        if *value == Val::Null {
            return None;
        }
        let not = |gravity| Some((gravity, format!("{} is not {}", value.told(), self.right())));
        if !self.kinds().hold(value) {
            return not(Gravity::Wrong);
        }
        match (self, value) {
            (Self::Size(most), Val::Number(number)) if *number > *most => {
                Some((Gravity::NotDrawn, format!("{} is drawn as {most}, which is the most", value.told())))
            }
            (Self::Size(_), Val::Number(number)) if *number < 0.0 => not(Gravity::Wrong),
            (Self::Between(_), Val::Number(number)) if self.tamed(*number) != *number => Some((
                Gravity::NotDrawn,
                format!("{} is drawn as {}; this is {}", value.told(), self.tamed(*number), self.right()),
            )),
            (Self::Share, Val::Number(number)) if !(0.0..=1.0).contains(number) => not(Gravity::Wrong),
            (Self::Color, Val::Text(text)) if color::parse(text).is_none() => not(Gravity::Wrong),
            (Self::Word(words), Val::Text(text)) if !words.contains(&&**text) => not(Gravity::Wrong),
            (Self::Words(words), Val::List(list)) => {
                if list.len() <= words.len() && list.iter().all(is_among(words)) {
                    None
                } else {
                    not(Gravity::Wrong)
                }
            }
            (Self::Fonts, Val::List(list)) => {
                if !list.iter().all(|one| Kinds::TEXT.hold(one)) {
                    return not(Gravity::Wrong);
                }
                let replaced = list.iter().all(|one| !is_among(&glyphs::NAMES)(one));
                let instead = glyphs::NAMES[usize::from(matches!(list.first(), Some(Val::Text(name)) if glyphs::is_heavy(name)))];
                replaced.then(|| (Gravity::NotDrawn, format!("{} is not here; letters are those of {instead}", value.told())))
            }
            (Self::Numbers { least, most, range }, Val::List(list)) => {
                if (*least..=*most).contains(&list.len()) && list.iter().all(is_in(*range)) { None } else { not(Gravity::Wrong) }
            }
            (Self::Offsets(words), Val::List(list)) => {
                let is_known = is_among(words);
                let is_offset = |one: &Val| matches!(one, Val::List(pair) if pair.len() == 2 && pair.iter().all(is_in(OFFSETS)));
                let fits = list.chunks(2).all(|pair| matches!(pair, [word, offset] if is_known(word) && is_offset(offset)));
                if list.len() <= 2 * MOST_OFFSETS && fits { None } else { not(Gravity::Wrong) }
            }
            (Self::Icon, Val::Text(name)) if !name.is_empty() && drawings.is_some_and(|known| !known.has_icon(name)) => {
                Some((Gravity::NotDrawn, format!("there is no icon '{name}'; nothing is drawn for it")))
            }
            (Self::Pattern, Val::Text(name)) if !name.is_empty() && drawings.is_some_and(|known| !known.has_pattern(name)) => {
                Some((Gravity::NotDrawn, format!("there is no pattern '{name}'; nothing is drawn for it")))
            }
            _ => None,
        }
    }

    /// The number nearest to one that may be drawn; data can say anything.
    pub(crate) fn tamed(&self, number: f64) -> f64 {
        match self {
            Self::Size(most) => number.clamp(0.0, *most),
            Self::Between([least, most]) => number.clamp(*least, *most),
            Self::Share => number.clamp(0.0, 1.0),
            Self::Numbers { range: [from, to], .. } => number.clamp(*from, *to),
            _ => number,
        }
    }
}

fn is_among(words: &[&str]) -> impl Fn(&Val) -> bool {
    |one| matches!(one, Val::Text(text) if words.contains(&&**text))
}

fn is_in([from, to]: [f64; 2]) -> impl Fn(&Val) -> bool {
    move |one| one.number().is_some_and(|number| (from..=to).contains(&number))
}
