//! A data set as it is kept in files: what it says of itself (JSON), and records and sources as JSON lines.
//!
//! The lines are accepted drafts, one record each, sorted by id. They are read back as drafts: a file is never believed.

use crate::finding::{Finding, Severity};
use crate::record::Records;
use crate::time::Instant;
use crate::validate::{self, Placed};
use serde::{Deserialize, Serialize};

/// What a data set says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Title of the whole.
    pub title: String,
    /// One or two sentences for people.
    pub description: String,
    /// Moment shown when nobody names one.
    pub default_datetime: Option<Instant>,
    /// First moment the data speak about.
    pub from: Instant,
    /// First moment they no longer speak about.
    pub to: Instant,
    /// Sentence that every output carries; `{at}` and `{known_at}` stand for the asked times.
    pub disclaimer: String,
    /// The title in French.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_fr: Option<String>,
    /// The description in French.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description_fr: Option<String>,
    /// The disclaimer in French.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclaimer_fr: Option<String>,
    /// Whom to credit.
    pub attribution: String,
    /// What happened around the records, for a time bar.
    #[serde(default)]
    pub timeline: Vec<Milestone>,
    /// Names of the administrative units whose codes the records use.
    #[serde(default)]
    pub admin2: Vec<AdminUnit>,
}

/// Something that happened and is no record of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// When it was, or began.
    pub from: Instant,
    /// First moment it was over, if it lasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
    /// What it was.
    pub text: String,
    /// Id in the table of sources.
    pub source: String,
}

/// An administrative unit of the second level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminUnit {
    /// P-code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Edition of the p-codes.
    pub cod_version: String,
}

/// A file of JSON lines: its name, for messages, and its text.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a> {
    /// Name of the file.
    pub name: &'a str,
    /// One JSON object a line.
    pub text: &'a str,
}

/// Records and sources that nobody has looked at yet, each with a pointer to where it stands.
#[derive(Debug, Clone, Default)]
pub struct Drafts {
    /// Drafts of records.
    pub records: Vec<Placed>,
    /// Drafts of sources.
    pub sources: Vec<Placed>,
}

/// The drafts in some files; what is no JSON refuses the whole.
pub fn drafts(records: &[Lines<'_>], sources: Lines<'_>) -> Result<Drafts, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut parsed = |lines: &Lines<'_>| parse(*lines, &mut findings);
    let drafts = Drafts { records: records.iter().flat_map(&mut parsed).collect(), sources: parsed(&sources) };
    if findings.is_empty() { Ok(drafts) } else { Err(findings) }
}

/// Reads records and sources from files. Anything that is refused refuses the whole, with every finding.
pub fn read(records: &[Lines<'_>], sources: Lines<'_>) -> Result<Records, Vec<Finding>> {
    accept(&drafts(records, sources)?)
}

/// Makes records and sources of drafts; all or nothing, as [`read`].
pub fn accept(drafts: &Drafts) -> Result<Records, Vec<Finding>> {
    let outcome = validate::records(&drafts.records, &drafts.sources);
    match outcome.findings.iter().any(|finding| finding.severity == Severity::Error) {
        true => Err(outcome.findings),
        false => Ok(outcome.records),
    }
}

/// The drafts of a file with their pointers, `/places.jsonl/17`.
fn parse(lines: Lines<'_>, findings: &mut Vec<Finding>) -> Vec<Placed> {
    let mut drafts = Vec::new();
    for (number, line) in lines.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let pointer = format!("/{}/{}", lines.name, number + 1);
        match serde_json::from_str(line) {
            Ok(value) => drafts.push((pointer, value)),
            Err(error) => findings.push(Finding::error("bad_json", pointer, error.to_string())),
        }
    }
    drafts
}
