//! Which road is open, why, since when, and what did we know: the status of segments and corridors by the rules `corridor-status/1`.
//!
//! ```text
//!   view::Told -> roads: legs and the evidence for each -> status at a moment (P0 to P5) -> timeline -> corridors, paths, changes
//! ```
//! Pure, and made of what one audience is told alone. Both axes of time are asked for with every answer. WGS 84 degrees, longitude first;
//! lengths and distances are geodesic, in metres.

mod rules;
pub mod geodesy;
pub mod overlap;
mod statement;
mod leg;
mod matching;
mod parted;
mod roads;
mod following;
mod look;
mod cause;
mod status;
mod timeline;
mod sweep;
mod corridor;
mod graph;
mod tree;
mod path;
mod cutoff;
mod change;
mod near;
mod inside;
mod parameters;
mod layer;
mod compared;
mod alert;

pub use alert::{Alert, Standing, Watch, Watched};
pub use cause::{Cause, Ground};
pub use change::{Axis, Change, How, Moment, Subject};
pub use compared::{CHANGES_LAYER, changes_layer};
pub use corridor::{CorridorStatus, Part, Spell, put_worst_first};
pub use cutoff::CutOff;
pub use graph::{Graph, Way};
pub use inside::Inside;
pub use layer::{LAYER, edits, layer};
pub use leg::{Evidence, Leg, Match};
pub use near::{Near, Nearness};
pub use parameters::parameters;
pub use parted::Turned;
pub use path::Path;
pub use roads::{Chain, Link, Roads};
pub use rules::{Evidences, RULES, Terms, Threshold, UnknownEvidence};
pub use status::{Rank, Rule, Status};
pub use timeline::{SegmentStatus, Stretch};

use crate::time::Instant;
use crate::view::{Retold, Story};
use crate::vocab::Audience;
use look::By;
use std::sync::Arc;

/// All that an audience's view says of the roads, for any moment on both axes.
#[derive(Debug)]
pub struct Access {
    /// In order of knowledge, without gaps.
    epochs: Vec<Arc<Roads>>,
}

impl Access {
    /// Matches what is reported to the roads that it is about. `O(n log n)`, and for each later epoch as much as changes in it.
    pub fn of(story: Story, audience: Audience) -> Self {
        let mut epochs = vec![Arc::new(Roads::of(story.first, audience))];
        for retold in story.later {
            let next = epochs.last().map(|before| before.next(retold, &mut Turned::new()));
            epochs.extend(next);
        }
        Self { epochs }
    }

    /// The next access when other things are told of some records, and of which legs. What those are not about is shared.
    pub fn amended(&self, retold: Vec<Retold>) -> (Self, Turned) {
        let mut turned = Turned::new();
        let next = |retold: Retold| {
            let before = self.roads(retold.known.from.unwrap_or(Instant::MIN))?;
            Some(before.next(retold, &mut turned))
        };
        let epochs = retold.into_iter().filter_map(next).collect();
        (Self { epochs }, turned)
    }

    /// The roads as they were known at a moment.
    fn roads(&self, known_at: Instant) -> Option<&Arc<Roads>> {
        let after = self.epochs.partition_point(|roads| roads.known.from.is_none_or(|from| from <= known_at));
        self.epochs.get(after.checked_sub(1)?)
    }

    /// Ids of the legs of all epochs; one of several comes again.
    fn leg_ids(&self) -> impl Iterator<Item = &str> {
        self.epochs.iter().flat_map(|roads| &roads.legs).map(|leg| leg.id.as_str())
    }

    /// The roads as they were known at a moment, to be asked by some terms.
    pub fn known(&self, known_at: Instant, terms: Terms) -> Option<Inquiry<'_>> {
        let roads = self.roads(known_at)?;
        Some(Inquiry { roads, known_at, terms, by: By::Known })
    }

    /// What was known when, in order and without gaps.
    pub fn epochs(&self) -> &[Arc<Roads>] {
        &self.epochs
    }
}

/// The roads as known at a moment, and by which terms their status is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'r> {
    /// The roads.
    pub roads: &'r Roads,
    /// What was known then counts.
    pub known_at: Instant,
    /// By what terms.
    pub terms: Terms,
    by: By,
}

#[cfg(test)]
mod tests;
