//! What an audience may know of the records: which of them, from when on, and in how much detail. All that it gets is made of this alone.
//!
//! | sensitivity  | public                   | partner                  | editor |
//! |--------------|--------------------------|--------------------------|--------|
//! | public       | in full, after its delay | in full                  | all    |
//! | restricted   | reports: a cell, a week  | in full                  | all    |
//! | confidential | nothing                  | reports: a leg, a day    | all    |
//! | strict       | nothing                  | nothing                  | all    |
//!
//! Whatever is resolved for an audience, such as the place of a report, is resolved among what it may see.

use super::generalise::{self, Rekey};
use crate::history::History;
use crate::record::{Body, Corridor, Network, Record, Records, Source};
use crate::time::{Instant, Interval};
use crate::vocab::{Audience, Sensitivity, Subtype};
use crate::windows::days_unsure;

/// How much of a record is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    All,
    Full,
    Leg,
    Cell,
}

/// For whom records are projected, by the clock of the server and not by what was known when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lens {
    pub(super) audience: Audience,
    pub(super) rekey: Rekey,
    pub(super) now: Instant,
}

impl Lens {
    /// What the audience sees of the records that others refer to. `O(n log n)`.
    pub(super) fn network(self, all: &Records) -> Records {
        let seen = all.projected(|record| self.sees(record).then(|| record.clone()));
        seen.projected(|record| self.told(record, &seen))
    }

    /// What the audience is told of a record, if anything, whose references are resolved among what it sees.
    pub(super) fn told(self, record: &Record, seen: &dyn Network) -> Option<Record> {
        let detail = detail(record, self.audience).filter(|_| self.sees(record))?;
        match detail {
            Detail::All => Some(record.clone()),
            Detail::Full => Some(generalise::without_internal(record)),
            Detail::Leg => Some(generalise::to_leg(record, seen, self.rekey)),
            Detail::Cell => generalise::to_cell(record, seen, self.rekey).told_by(self.now),
        }
    }

    fn sees(self, record: &Record) -> bool {
        detail(record, self.audience).is_some() && self.due(record).is_none_or(|due| due <= self.now)
    }

    /// From when on the audience may know of a record at all; no moment is at once.
    pub(super) fn due(self, record: &Record) -> Option<Instant> {
        due(record, self.audience)
    }

    /// The moments, after now, at which the audience is told otherwise of a record by itself.
    pub(super) fn turns(self, record: &Record) -> impl Iterator<Item = Instant> + use<> {
        let known = match detail(record, self.audience) {
            None => return None.into_iter().flatten(),
            // Partners hear at once: a closing report that came later than good news would leave the road open meanwhile.
            Some(Detail::All | Detail::Full | Detail::Leg) => Interval::ALWAYS,
            Some(Detail::Cell) => generalise::by_weeks(record.common().known),
        };
        let turns = [self.due(record), known.from, known.to].into_iter().flatten();
        Some(turns.filter(move |turn| *turn > self.now)).into_iter().flatten()
    }
}

/// What an audience sees of the records that others refer to, as it was known at a moment: looked up in the history, not copied.
#[derive(Clone, Copy)]
pub(super) struct Seen<'h> {
    pub(super) history: &'h History,
    pub(super) lens: Lens,
    pub(super) at: Option<Instant>,
}

impl Network for Seen<'_> {
    fn body(&self, id: &str) -> Option<&Body> {
        self.history.known(id, self.at).filter(|record| self.lens.sees(record)).map(Record::body)
    }

    fn source(&self, id: &str) -> Option<&Source> {
        self.history.source_known(id, self.at)
    }

    fn corridors_over(&self, segment: &str) -> Vec<(&str, &Corridor)> {
        let used = |id| {
            Some((id, self.corridor(id)?))
                .filter(|(_, chain): &(&str, &Corridor)| chain.segments.iter().any(|leg| leg == segment))
        };
        self.history.corridors_over(segment).filter_map(used).collect()
    }
}

fn detail(record: &Record, audience: Audience) -> Option<Detail> {
    let common = record.common();
    let is_report = matches!(record.body(), Body::Blockade(_));
    let detail = match (audience, common.sensitivity) {
        (Audience::Editor, _) => Detail::All,
        (_, Sensitivity::Public) | (Audience::Partner, Sensitivity::Restricted) => Detail::Full,
        (Audience::Partner, Sensitivity::Confidential) if is_report => Detail::Leg,
        (Audience::Public, Sensitivity::Restricted) if is_report => Detail::Cell,
        _ => return None,
    };
    (!common.withdrawn).then_some(detail)
}

/// Days after which the public may hear of an attack, of whoever holds a road, or of a convoy that has arrived.
const DELAY_DAYS: i64 = 3;

/// From when on an audience may know of a record at all; no moment is at once. When it appears tells no more of when it was than it says.
fn due(record: &Record, audience: Audience) -> Option<Instant> {
    if audience != Audience::Public {
        return None;
    }
    let due = record.common().public_from.max(delayed(record));
    if detail(record, audience) == Some(Detail::Cell) { due.map(generalise::week_after) } else { due }
}

/// The end of the delay of a report. What authorities and declarations say, and what the weather does, endangers nobody.
fn delayed(record: &Record) -> Option<Instant> {
    let Body::Blockade(blockade) = record.body() else { return None };
    let valid = record.common().valid;
    let happened = match blockade.subtype {
        Subtype::ClosureOfficial | Subtype::DeclaredBlockade | Subtype::ObstaclePhysical => return None,
        // A convoy is on its way until then.
        Subtype::Passage => valid.to.max(valid.from)?,
        _ => valid.from?,
    };
    Some(happened.plus_days(DELAY_DAYS + i64::from(days_unsure(blockade))))
}
