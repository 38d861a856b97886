//! What a table of others says, in the words of records: for each member of a draft the column it is read from, or what it always is.
//!
//! A mapping is data that anybody can write; nothing in it is believed, since what it makes is a draft like any other.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// How the rows of a table are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The layer whose records the rows are.
    pub layer: String,
    /// The columns are named by a row of HXL tags, which may stand below titles.
    #[serde(default)]
    pub hxl: bool,
    /// Rows that are something else: passed over, and counted.
    #[serde(default)]
    pub skip: Vec<Skip>,
    /// The record that a row says.
    pub record: Part,
    /// The source that a row is or names; the record cites it.
    pub source: Option<Part>,
}

/// Rows that have one of some words in a column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The column.
    pub column: String,
    /// The words.
    pub words: Vec<String>,
}

/// A draft: what makes its id, and its members. A name with dots, `location.lon`, is that of a member within one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What makes its id.
    pub id: Id,
    /// Its other members.
    pub members: BTreeMap<String, Rule>,
}

/// What makes an id: the same cells always make the same one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Id {
    /// What it begins with.
    pub prefix: String,
    /// The columns that tell rows apart.
    pub columns: Vec<String>,
    /// A digest stands for the cells, so that the id tells nothing.
    #[serde(default)]
    pub opaque: bool,
}

/// Where a member comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub enum Rule {
    /// It is always this.
    Constant(Value),
    /// A cell.
    Cell(Cell),
    /// A sentence with cells in it: `{event_type}, {location}`.
    Template(String),
}

/// A column, and how its cells are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The column.
    pub column: String,
    /// What a cell holds.
    #[serde(default, rename = "as")]
    pub holds: Holds,
    /// What its words mean here.
    pub words: Option<BTreeMap<String, Value>>,
    /// What any other word means; without this it is refused.
    pub otherwise: Option<Value>,
    /// How dates are written: `%d %B %Y` (strftime), tried in turn.
    #[serde(default)]
    pub dates: Vec<String>,
    /// What an empty cell means; nothing if this is not said.
    pub empty: Option<Value>,
    /// A table without the column is read as one in which it is empty.
    #[serde(default)]
    pub optional: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// A text.
    #[default]
    Text,
    /// A whole number.
    Whole,
    /// A number, with a point before its decimals.
    Number,
    /// Several texts, with semicolons between them.
    List,
}

impl TryFrom<Value> for Rule {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if value.get("column").is_some() {
            return Cell::deserialize(value).map(Self::Cell).map_err(|error| error.to_string());
        }
        match value.get("template") {
            Some(Value::String(text)) => Ok(Self::Template(text.clone())),
            Some(_) => Err("a template is a text in quotes".to_owned()),
            None => Ok(Self::Constant(value)),
        }
    }
}

impl Mapping {
    /// The columns that a table must have.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        let parts = || std::iter::once(&self.record).chain(&self.source);
        let ids = parts().flat_map(|part| part.id.columns.iter().map(String::as_str));
        let members = parts().flat_map(|part| part.members.values()).flat_map(Rule::needed);
        let skipped = self.skip.iter().map(|skip| skip.column.as_str());
        ids.chain(members).chain(skipped)
    }
}

impl Rule {
    fn needed(&self) -> Vec<&str> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Cell(cell) if cell.optional => Vec::new(),
            Self::Cell(cell) => vec![&cell.column],
            Self::Template(text) => pieces(text).filter_map(|(_, column)| column).collect(),
        }
    }

    /// What the member is in a row, `cell` being its cells by their columns; nothing if nothing is said.
    ///
    /// # Errors
    /// What is wrong with the cell and what would be right, after a code.
    pub fn read<'r>(&self, cell: impl Fn(&str) -> &'r str) -> Result<Option<Value>, (&'static str, String)> {
        match self {
            Self::Constant(value) => Ok(Some(value.clone())),
            Self::Cell(rule) => rule.read(cell(&rule.column).trim()),
            Self::Template(text) => {
                let piece = |(plain, column): (&str, Option<&str>)| format!("{plain}{}", column.map_or("", &cell));
                Ok(Some(pieces(text).map(piece).collect::<String>().into()))
            }
        }
    }
}

/// A template in pieces: a plain text and the column whose cell follows it, if one does.
fn pieces(template: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    template.split_inclusive('}').map(|piece| {
        let column = piece.strip_suffix('}').and_then(|piece| piece.rsplit_once('{'));
        column.map_or((piece, None), |(plain, column)| (plain, Some(column)))
    })
}

impl Cell {
    fn read(&self, text: &str) -> Result<Option<Value>, (&'static str, String)> {
        if text.is_empty() {
            return Ok(self.empty.clone());
        }
        if self.holds == Holds::List {
            let items = text.split(';').map(str::trim).filter(|item| !item.is_empty());
            return items.map(|item| self.one(item)).collect::<Result<Vec<Value>, _>>().map(|items| Some(items.into()));
        }
        self.one(text).map(Some)
    }

    /// One text of a cell.
    fn one(&self, text: &str) -> Result<Value, (&'static str, String)> {
        let wrong = |code, what: String| Err((code, format!("'{text}' in column '{}' is {what}", self.column)));
        if let Some(words) = &self.words {
            let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, meaning)| meaning);
            let known = || words.keys().cloned().collect::<Vec<_>>().join(", ");
            return match found.or(self.otherwise.as_ref()) {
                Some(meaning) => Ok(meaning.clone()),
                None => wrong("unknown_word", format!("none of the words that the mapping knows: {}", known())),
            };
        }
        if !self.dates.is_empty() {
            let date = self.dates.iter().find_map(|written| jiff::civil::Date::strptime(written, text).ok());
            return match date {
                Some(date) => Ok(date.to_string().into()),
                None => wrong("bad_time", format!("no date written as {}", self.dates.join(" or "))),
            };
        }
        match self.holds {
            Holds::Text | Holds::List => Ok(text.into()),
            Holds::Whole => {
                text.parse::<i64>().map(Value::from).or_else(|_syntax| wrong("bad_number", "no whole number".to_owned()))
            }
            Holds::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number.into()),
                _ => wrong("bad_number", "no number, which has a point before its decimals".to_owned()),
            },
        }
    }
}

impl Id {
    /// The id of a row.
    pub fn read<'r>(&self, cell: impl Fn(&str) -> &'r str) -> String {
        let cells = self.columns.iter().map(|column| cell(column).trim());
        if self.opaque {
            let mut digest = Sha256::new();
            for cell in cells {
                digest.update((cell.len() as u64).to_le_bytes());
                digest.update(cell);
            }
            let digits: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            return format!("{}{digits}", self.prefix);
        }
        let plain = |one: char| if one.is_ascii_alphanumeric() { one.to_ascii_lowercase() } else { '-' };
        let words: Vec<String> = cells.map(|cell| cell.chars().map(plain).collect()).collect();
        format!("{}{}", self.prefix, words.join("-"))
    }
}
