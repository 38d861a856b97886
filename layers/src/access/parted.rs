//! Since when other evidence speaks of a leg than did: what was known before that stays as it was told.

use super::leg::Evidence;
use crate::time::{Instant, Interval};
use std::collections::BTreeMap;

/// Legs of which something else is told, by id, and since which moment of knowledge; since ever without one.
pub type Turned = BTreeMap<String, Option<Instant>>;

/// Notes that something else is told of a leg since a moment, and no later than was noted.
pub(super) fn note(turned: &mut Turned, leg: &str, since: Option<Instant>) {
    let noted = turned.entry(leg.to_owned()).or_insert(since);
    *noted = since.min(*noted);
}

/// The first moment of knowledge at which two lists of evidence for a leg differ; nothing if they never do. `O(n^2)`.
pub(super) fn parted(before: &[Evidence], after: &[Evidence]) -> Option<Option<Instant>> {
    fn twin<'e>(one: &Evidence, among: &'e [Evidence]) -> Option<&'e Evidence> {
        among.iter().find(|other| one.says_as(other))
    }
    let alone = |some: &[Evidence], others: &[Evidence]| {
        some.iter().filter(|one| twin(one, others).is_none()).map(|one| one.known().from).min()
    };
    let both = before.iter().filter_map(|one| apart(one.known(), twin(one, after)?.known()));
    both.chain(alone(before, after)).chain(alone(after, before)).min()
}

/// The first moment that is in one interval only.
fn apart(one: Interval, other: Interval) -> Option<Option<Instant>> {
    if one.from != other.from {
        return Some(one.from.min(other.from));
    }
    (one.to != other.to).then(|| one.to.into_iter().chain(other.to).min())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_part_where_one_begins_or_ends_first() {
        let day = |day: i64| Instant::parse("2025-10-01").unwrap().plus_days(day);
        let known = |from: i64, to: Option<i64>| Interval { from: Some(day(from)), to: to.map(day) };
        assert_eq!(apart(known(1, Some(5)), known(1, Some(5))), None);
        assert_eq!(apart(known(1, None), known(1, Some(5))), Some(Some(day(5))));
        assert_eq!(apart(known(1, Some(7)), known(1, Some(5))), Some(Some(day(5))));
        assert_eq!(apart(known(3, None), known(1, Some(5))), Some(Some(day(1))));
        assert_eq!(apart(Interval::ALWAYS, known(1, None)), Some(None));
    }
}
