//! What a change comes near: whoever names what it changes, as far as that may fall with it, and what all of these name themselves.

use super::Standing;
use crate::record::{Record, RecordId, Records, Source};
use crate::vocab::Kind;
use std::collections::BTreeSet;

/// Puts beside what is said anew all that has to be looked at to know whether it fits. Gives back the ids of the records that may be broken;
/// the others are there because these name them.
pub(super) fn gather(said: &mut Records, standing: &impl Standing, gone: &BTreeSet<&str>) -> BTreeSet<RecordId> {
    let mut asked: BTreeSet<RecordId> = said.iter().map(|record| record.id().to_owned()).collect();
    let mut ahead: Vec<RecordId> = asked.iter().cloned().chain(gone.iter().map(|id| (*id).to_owned())).collect();
    while let Some(changed) = ahead.pop() {
        for id in hanging_on(&changed, said, standing) {
            if standing.record(id).is_some() && asked.insert(id.to_owned()) {
                ahead.push(id.to_owned());
            }
        }
    }
    let named = asked.iter().map(String::as_str).chain(gone.iter().copied());
    let unchanged: Vec<Record> = named.filter_map(|id| standing.record(id)).cloned().collect();
    said.insert_missing(unchanged);
    let named: Vec<&Record> = said.iter().flat_map(Record::refers_to).filter_map(|id| standing.record(id)).collect();
    // Whether partners hear of what is on a segment depends on the corridors that use it.
    let segments = named.iter().filter(|record| record.body().kind() == Kind::Segment);
    let corridors = segments.flat_map(|segment| standing.referring(segment.id())).filter_map(|id| standing.record(id));
    let corridors = corridors.filter(|record| record.body().kind() == Kind::Corridor);
    let records = named.iter().copied().chain(corridors).cloned().collect();
    let sources: Vec<Source> = said.iter().flat_map(Record::cites).filter_map(|id| standing.source(id)).cloned().collect();
    said.insert_missing(records);
    for source in sources {
        said.insert_source(source);
    }
    asked
}

/// Those who may fall with what changed: whoever names it, and of a corridor, as it was and as it will be, the reports on its segments as well,
/// since partners hear of these by the corridors that use the segment.
fn hanging_on<'s>(changed: &str, said: &Records, standing: &'s impl Standing) -> Vec<&'s str> {
    let was = standing.record(changed).and_then(|record| record.body().corridor());
    let segments = was.into_iter().chain(said.corridor(changed)).flat_map(|chain| &chain.segments);
    let on_segments = segments.flat_map(|segment| standing.referring(segment));
    let is_report = |id: &&str| standing.record(id).is_some_and(|record| record.body().kind() == Kind::Blockade);
    on_segments.filter(is_report).chain(standing.referring(changed)).collect()
}
