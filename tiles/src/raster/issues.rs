//! What is found in a style that cannot be drawn, each thing with its place in the document, gathered while it is read.

use std::fmt;

/// Issues that are kept; beyond it they are only counted, so that a hostile style fills no memory.
const MOST_ISSUES: usize = 1_000;

/// What an issue means for the style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// No style may say so.
    Wrong,
    /// A style may, and this engine does not draw it.
    NotDrawn,
}

impl fmt::Display for Gravity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wrong => "error",
            Self::NotDrawn => "warning",
        })
    }
}

/// Something in a style that this engine cannot draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleIssue {
    /// JSON pointer into the document.
    pub pointer: String,
    /// The id of the rule it is in.
    pub rule: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
    /// What it means for the style.
    pub gravity: Gravity,
}

impl fmt::Display for StyleIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "{} (rule '{rule}'): {}", self.pointer, self.message),
            None if self.pointer.is_empty() => f.write_str(&self.message),
            None => write!(f, "{}: {}", self.pointer, self.message),
        }
    }
}

/// The issues of a document, and the place that is being read.
#[derive(Debug, Default)]
pub(super) struct Issues {
    at: String,
    rule: Option<String>,
    found: Vec<StyleIssue>,
    wrongs: usize,
    untold: usize,
}

impl Issues {
    /// Goes into a part of what is being read: a member by its name, an element by its number. Answers with the way back.
    pub(super) fn enter(&mut self, part: impl fmt::Display) -> usize {
        let length = self.at.len();
        self.at.push('/');
        self.at.push_str(&part.to_string().replace('~', "~0").replace('/', "~1"));
        length
    }

    /// Goes back to where `enter` was.
    pub(super) fn leave(&mut self, length: usize) {
        self.at.truncate(length);
    }

    /// Says by which rule's id issues are told from now on.
    pub(super) fn of_rule(&mut self, id: Option<&str>) {
        self.rule = id.map(str::to_owned);
    }

    pub(super) fn wrong(&mut self, message: impl Into<String>) {
        self.note(Gravity::Wrong, message.into());
    }

    pub(super) fn not_drawn(&mut self, message: impl Into<String>) {
        self.note(Gravity::NotDrawn, message.into());
    }

    pub(super) fn note(&mut self, gravity: Gravity, message: String) {
        self.wrongs += usize::from(gravity == Gravity::Wrong);
        if self.found.len() < MOST_ISSUES {
            self.found.push(StyleIssue { pointer: self.at.clone(), rule: self.rule.clone(), message, gravity });
        } else {
            self.untold += 1;
        }
    }

    /// How many are wrong by now.
    pub(super) fn wrongs(&self) -> usize {
        self.wrongs
    }

    /// All of them in the order of the document.
    pub(super) fn finish(mut self) -> Vec<StyleIssue> {
        if self.untold > 0 {
            let message = format!("there are {} more issues; mend those above and look again", self.untold);
            self.found.push(StyleIssue { pointer: String::new(), rule: None, message, gravity: Gravity::Wrong });
        }
        self.found
    }
}
