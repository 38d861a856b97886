//! Members that no draft has: whoever misspells one must hear of it, or what he says is lost without a word. Files are read less strictly.

use crate::problem::Problem;
use roadblock_layers::finding::{Finding, Severity};
use roadblock_layers::import::feature::Sent;
use roadblock_layers::validate;

/// The code under which `validate` notes them.
const UNKNOWN: &str = "unknown_field";

/// How much of a record drafts say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// All of it.
    InFull,
    /// Some members, so that nothing can be missed.
    InPart,
}

/// Refuses drafts with such members, by all that is found in the drafts.
pub(super) fn refuse_unknown(drafts: &[(String, &Sent)], said: Said) -> Result<(), Problem> {
    let in_one = |(pointer, sent): &(String, &Sent)| {
        let sources = sent.sources.iter().flat_map(|draft| validate::source(draft, &format!("{pointer}/sources")).1.into_iter());
        let found = validate::record(&sent.named(), pointer).1.into_iter().chain(sources);
        found.filter(|finding| said == Said::InFull || finding.code == UNKNOWN).collect::<Vec<_>>()
    };
    let mut findings: Vec<Finding> = drafts.iter().flat_map(in_one).collect();
    let unknown = findings.iter_mut().filter(|finding| finding.code == UNKNOWN);
    match unknown.map(|finding| finding.severity = Severity::Error).count() {
        0 => Ok(()),
        _ => Err(super::answer::found(findings)),
    }
}
