//! Records: valid, versioned, on two time axes. Made by `validate` only, so that one that exists can be relied on.
//!
//! Geometry: WGS 84 degrees, longitude first. Distances in metres.

mod lookup;
mod network;
mod refers;
mod report;
mod source;

pub use lookup::Network;
pub use network::{Assertion, Corridor, Place, Segment};
pub use report::{Area, Blockade, Cell, Claim, Counts, Location, Range};
pub use source::Source;

use crate::time::{Instant, Interval};
use crate::vocab::{Certainty, Kind, Sensitivity};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Stable name of a record: `^[a-z0-9][a-z0-9-]{1,63}$`, never reused.
pub type RecordId = String;

/// What every record has.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// Stable name, a [`RecordId`]; views show it without copying it, as they do the name.
    pub id: Arc<str>,
    /// 1, then one more with each correction.
    pub version: u32,
    /// As in the sources, in neutral words.
    pub name: Arc<str>,
    /// French name, where it differs.
    pub name_fr: Option<String>,
    /// When it holds in the world, half-open.
    pub valid: Interval,
    /// When it was known so, half-open.
    pub known: Interval,
    /// Taken back from this version on.
    pub withdrawn: bool,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// Not before this moment for the public.
    pub public_from: Option<Instant>,
    /// How sure it is.
    pub certainty: Certainty,
    /// When somebody last said that it still holds.
    pub last_confirmed: Option<Instant>,
    /// Radius within which the true position lies, metres.
    pub accuracy_m: Option<f64>,
    /// Country, ISO 3166-1 alpha-3.
    pub adm0: Option<String>,
    /// P-code of the region.
    pub adm1_code: Option<String>,
    /// P-code of the cercle.
    pub adm2_code: Option<String>,
    /// Edition of the p-codes.
    pub cod_version: Option<String>,
    /// Ids in the table of sources.
    pub sources: Vec<String>,
    /// Where the content comes from when no source of the table says so.
    pub basis_note: Option<String>,
    /// For readers.
    pub notes: Option<String>,
    /// For editors; never leaves the server for anybody else.
    pub notes_internal: Option<String>,
    /// Said in less detail than it is known, for an audience that may not know more. No draft is.
    pub generalised: bool,
}

/// What a record is about, beyond what all have.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// See [`Blockade`].
    Blockade(Blockade),
    /// See [`Area`].
    Area(Area),
    /// See [`Corridor`].
    Corridor(Corridor),
    /// See [`Segment`].
    Segment(Segment),
    /// See [`Place`].
    Place(Place),
}

impl Body {
    /// The kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Blockade(_) => Kind::Blockade,
            Self::Area(_) => Kind::Area,
            Self::Corridor(_) => Kind::Corridor,
            Self::Segment(_) => Kind::Segment,
            Self::Place(_) => Kind::Place,
        }
    }

    /// The place, if it is one.
    pub const fn place(&self) -> Option<&Place> {
        if let Self::Place(place) = self { Some(place) } else { None }
    }

    /// The segment, if it is one.
    pub const fn segment(&self) -> Option<&Segment> {
        if let Self::Segment(segment) = self { Some(segment) } else { None }
    }

    /// The corridor, if it is one.
    pub const fn corridor(&self) -> Option<&Corridor> {
        if let Self::Corridor(corridor) = self { Some(corridor) } else { None }
    }
}

/// One version of one record. A clone shares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    common: Arc<Common>,
    body: Arc<Body>,
}

impl Record {
    /// For `validate`, once every rule is kept.
    pub(crate) fn accepted(common: Common, body: Body) -> Self {
        Self { common: Arc::new(common), body: Arc::new(body) }
    }

    /// The same with something else in common with others.
    #[must_use]
    pub(crate) fn with(&self, common: Common) -> Self {
        Self { common: Arc::new(common), body: Arc::clone(&self.body) }
    }

    /// The same version as the store dates it.
    #[must_use]
    pub(crate) fn dated(mut self, version: u32, known: Interval, withdrawn: bool) -> Self {
        let common = Arc::make_mut(&mut self.common);
        (common.version, common.known, common.withdrawn) = (version, known, withdrawn);
        self
    }

    /// The version as far as it may be told by now: not before it is told to be known, and its end not before that is over.
    pub(crate) fn told_by(mut self, now: Instant) -> Option<Self> {
        if self.common.known.to.is_some_and(|to| to > now) {
            self.supersede(None);
        }
        self.common.known.from.is_none_or(|from| from <= now).then_some(self)
    }

    /// What is said when it is taken back: the same, and that it does not hold.
    #[must_use]
    pub fn taken_back(mut self) -> Self {
        Arc::make_mut(&mut self.common).withdrawn = true;
        self
    }

    /// Ends what this version is known for.
    pub(crate) fn supersede(&mut self, at: Option<Instant>) {
        Arc::make_mut(&mut self.common).known.to = at;
    }

    /// Guards what this version says at least as well as another.
    pub(crate) fn guard_as(&mut self, other: &Common) {
        let guarded = (self.common.sensitivity.max(other.sensitivity), self.common.public_from.max(other.public_from));
        if guarded != (self.common.sensitivity, self.common.public_from) {
            let common = Arc::make_mut(&mut self.common);
            (common.sensitivity, common.public_from) = guarded;
        }
    }

    /// Whether both say the same, whenever that was known and whether or not it was taken back.
    pub fn says_as(&self, other: &Self) -> bool {
        let Common { version, known, withdrawn, .. } = *other.common;
        self.clone().dated(version, known, withdrawn) == *other
    }

    /// Whether both are one version as it is told, and do not only say the same.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.common, &other.common)
    }

    /// Where that is kept: the same for all clones, and for no other version as long as one of them is there.
    pub(crate) fn place(&self) -> *const Common {
        Arc::as_ptr(&self.common)
    }

    /// What every record has.
    pub fn common(&self) -> &Common {
        &self.common
    }

    /// What this one is about.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.common.id
    }
}

/// All records of a data set and its sources. A clone shares them. As `validate` makes it, everything they refer to is there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    records: BTreeMap<Arc<str>, Record>,
    sources: BTreeMap<String, Arc<Source>>,
    /// The corridors that use a segment.
    corridors_over: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

impl Records {
    /// Adds a record unless its id is taken; whether it was added.
    pub(crate) fn insert(&mut self, record: Record) -> bool {
        let is_free = !self.records.contains_key(record.id());
        if is_free {
            if let Body::Corridor(corridor) = &*record.body {
                for segment in &corridor.segments {
                    self.corridors_over.entry(segment.clone()).or_default().insert(record.id().to_owned());
                }
            }
            self.records.insert(Arc::clone(&record.common.id), record);
        }
        is_free
    }

    /// Adds those whose ids are free.
    pub(crate) fn insert_missing(&mut self, records: Vec<Record>) {
        for record in records {
            self.insert(record);
        }
    }

    /// Puts a record in the place of the one of its id.
    pub(crate) fn replace(&mut self, record: Record) {
        self.remove(record.id());
        self.insert(record);
    }

    /// Takes a record out.
    pub(crate) fn remove(&mut self, id: &str) {
        self.records.remove(id);
        self.corridors_over.values_mut().for_each(|corridors| corridors.retain(|corridor| corridor != id));
    }

    /// Puts a source in the place of the one of its id.
    pub(crate) fn replace_source(&mut self, source: Source) {
        self.sources.insert(source.id.clone(), Arc::new(source));
    }

    /// Adds a source unless its id is taken; whether it was added.
    pub(crate) fn insert_source(&mut self, source: Source) -> bool {
        let is_free = !self.sources.contains_key(&source.id);
        if is_free {
            self.sources.insert(source.id.clone(), Arc::new(source));
        }
        is_free
    }

    /// For the store: what it says of the version of a record that it holds.
    pub(crate) fn date(&mut self, id: &str, version: u32, known: Interval, withdrawn: bool) {
        if let Some(record) = self.records.get_mut(id) {
            *record = record.clone().dated(version, known, withdrawn);
        }
    }

    /// Keeps the records that pass, and all sources. What a kept one refers to may be gone: look it up before naming it.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Record) -> bool) {
        self.records.retain(|_, record| keep(record));
        self.corridors_over.values_mut().for_each(|corridors| corridors.retain(|id| self.records.contains_key(id.as_str())));
    }

    /// What `project` makes of each record, and all sources. What a record refers to may be gone: look it up before naming it.
    #[must_use]
    pub(crate) fn projected(&self, project: impl FnMut(&Record) -> Option<Record>) -> Self {
        let mut projected = Self { sources: self.sources.clone(), ..Self::default() };
        self.iter().filter_map(project).for_each(|record| {
            projected.insert(record);
        });
        projected
    }

    /// All records, by id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Record> {
        self.records.values()
    }

    /// The corridors that use a segment, by id.
    pub fn corridors_over(&self, segment: &str) -> impl Iterator<Item = (&str, &Corridor)> {
        let ids = self.corridors_over.get(segment).into_iter().flatten();
        ids.filter_map(|id| Some((id.as_str(), self.corridor(id)?)))
    }

    /// All sources, by id.
    pub fn sources(&self) -> impl ExactSizeIterator<Item = &Source> {
        self.sources.values().map(|source| &**source)
    }

    /// Records of one kind, by id.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.iter().filter(move |record| record.body.kind() == kind)
    }

    /// A record.
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(id)
    }

    /// The name of a record; its id if it is not seen.
    pub fn name_of<'r>(&'r self, id: &'r str) -> &'r str {
        self.get(id).map_or(id, |record| &record.common.name)
    }

    /// A source.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.get(id).map(|source| &**source)
    }

    /// A place.
    pub fn place(&self, id: &str) -> Option<&Place> {
        self.get(id)?.body.place()
    }

    /// A segment.
    pub fn segment(&self, id: &str) -> Option<&Segment> {
        self.get(id)?.body.segment()
    }

    /// A corridor.
    pub fn corridor(&self, id: &str) -> Option<&Corridor> {
        self.get(id)?.body.corridor()
    }
}
