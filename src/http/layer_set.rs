//! The layers one request is about: `a,b,c` or `all`, resolved against one world.

use crate::problem::Problem;
use crate::world::stamps::Sight;
use crate::world::{Published, World};
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Asked, Layer};
use roadblock_layers::time::{Datetime, Instant};
use roadblock_tiles::grid::TileCoord;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::sync::Arc;

/// Stands for every layer but the basemap, alone or among others.
pub const ALL: &str = "all";

/// Resolved layers in the order asked for.
#[derive(Clone)]
pub struct LayerSet {
    /// Names, comma-separated, with `all` written out.
    pub spec: Arc<str>,
    /// The layers.
    pub layers: Arc<[Arc<Published>]>,
}

impl LayerSet {
    /// Resolves the path segment, or says which layers there are.
    pub fn resolve(world: &World, spec: &str) -> Result<Self, Problem> {
        let layers = named(world, spec)?;
        let spec = match spec.split(',').any(|name| name == ALL) {
            true => layers.iter().map(|published| published.layer.meta.name.as_str()).collect::<Vec<_>>().join(",").into(),
            false => spec.into(),
        };
        Ok(Self { spec, layers: layers.into() })
    }

    /// Of one layer that no world has.
    pub fn of(layer: Arc<Published>) -> Self {
        Self { spec: layer.layer.meta.name.as_str().into(), layers: Arc::new([layer]) }
    }

    /// Their revisions, folded into one number.
    pub fn revision(&self) -> u64 {
        folded(self.layers.iter().map(|published| published.revision))
    }

    /// Of what they show in a tile.
    pub fn tile_revision(&self, coord: TileCoord, sight: Sight) -> u64 {
        folded(self.layers.iter().flat_map(|published| published.tile_revision(coord, sight)))
    }

    /// Whether any of them was edited since it was loaded.
    pub fn is_edited(&self) -> bool {
        self.layers.iter().any(|published| published.lineage.edition > 0)
    }

    /// Zooms at which any of the layers has tiles.
    pub fn zooms(&self) -> (u8, u8) {
        let min = self.layers.iter().map(|published| published.layer.meta.min_zoom).min().unwrap_or(0);
        let max = self.layers.iter().map(|published| published.layer.meta.max_zoom).max().unwrap_or(0);
        (min, max)
    }

    /// Refuses zooms above the highest of the layers; below the lowest a tile is merely empty.
    pub fn check_zoom(&self, zoom: u8) -> Result<(), Problem> {
        let (_, max) = self.zooms();
        if zoom > max {
            return Err(Problem::not_found(format!("zoom {zoom} is above the highest zoom of {}: {max}", self.spec)));
        }
        Ok(())
    }

    /// Epochs of both ends of an asked time, over all the layers' boundaries, or those near some boxes.
    ///
    /// Two asked times with the same epochs select the same features in every layer: no boundary lies between them.
    pub fn valid_epochs(&self, datetime: &Datetime, near: Option<&[Bounds]>) -> (Instant, Instant) {
        let at = |instant: Instant| self.latest(|layer| layer.epoch(instant, near));
        match datetime {
            // No other asked time ends before it begins.
            Datetime::All => (Instant::MAX, Instant::MIN),
            Datetime::At(instant) => (at(*instant), at(*instant)),
            Datetime::During(interval) => {
                // The end is exclusive: what counts is which boundaries lie before it.
                let last = |to: Instant| at(Instant::from_micros(to.micros().saturating_sub(1)));
                (interval.from.map_or(Instant::MIN, at), interval.to.map_or(Instant::MAX, last))
            }
        }
    }

    /// Epoch of a moment of knowledge over all the layers, or what of them is near some boxes.
    pub fn known_epoch(&self, known_at: Instant, near: Option<&[Bounds]>) -> Instant {
        self.latest(|layer| layer.known_epoch(known_at, near))
    }

    /// The first instant after `now` at which the answer of any of the layers changes by itself.
    pub fn next_change(&self, asked: &Asked, now: Instant) -> Option<Instant> {
        self.layers.iter().filter_map(|published| published.layer.next_change(asked, now)).min()
    }

    /// The latest of the layers' epochs is the epoch of them all: after it nothing changes in any.
    fn latest(&self, epoch: impl Fn(&Layer) -> Instant) -> Instant {
        self.layers.iter().map(|published| epoch(&published.layer)).max().unwrap_or(Instant::MIN)
    }
}

/// Some numbers folded into one.
fn folded(numbers: impl Iterator<Item = u64>) -> u64 {
    let mut folded = SipHasher13::new();
    numbers.for_each(|number| folded.write_u64(number));
    folded.finish()
}

/// The layers meant; each may be named once, so that no address asks for more work than the world holds.
fn named(world: &World, spec: &str) -> Result<Vec<Arc<Published>>, Problem> {
    let mut layers: Vec<Arc<Published>> = Vec::new();
    let mut add = |published: &Arc<Published>| {
        if layers.iter().any(|earlier| Arc::ptr_eq(earlier, published)) {
            let name = &published.layer.meta.name;
            return Err(Problem::bad_request("RepeatedLayer", format!("layer '{name}' is named twice")));
        }
        layers.push(Arc::clone(published));
        Ok(())
    };
    for name in spec.split(',') {
        match name {
            ALL => world.data_layers().try_for_each(&mut add)?,
            _ => add(world.layer(name).ok_or_else(|| unknown(world, name))?)?,
        }
    }
    Ok(layers)
}

fn unknown(world: &World, name: &str) -> Problem {
    if world.archive(name).is_some() {
        return Problem::bad_request(
            "ArchiveAmongLayers",
            format!("layer '{name}' is an archive of finished tiles; it is asked for alone, at /xyz/{name}.json"),
        );
    }
    let archives = world.archives.iter().map(|archived| archived.name.as_str());
    let names: Vec<&str> = world.names().into_iter().chain(archives).collect();
    Problem::not_found(format!("no layer '{name}' here; there are: {ALL}, {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::builtin;
    use proptest::prelude::*;
    use roadblock_layers::layer::PhaseSet;
    use roadblock_layers::time::Interval;
    use roadblock_layers::value::Value;
    use std::sync::LazyLock;

    static WORLD: LazyLock<World> = LazyLock::new(|| builtin::world(crate::http::sample::at("2026-02-01")).unwrap());

    /// What a tile could show: which features, and in which phase.
    fn answer(set: &LayerSet, asked: &Asked) -> Vec<(u32, Value)> {
        let features = |layer: &roadblock_layers::layer::Layer| {
            let phase = layer.schema.position("phase");
            let numbers: Vec<u32> = layer.select_all(asked).collect();
            numbers
                .into_iter()
                .map(|number| {
                    let value = phase.map(|column| layer.value(layer.feature(number).unwrap(), column, &asked.datetime));
                    (number, value.cloned().unwrap_or_default())
                })
                .collect::<Vec<_>>()
        };
        set.layers.iter().flat_map(|published| features(&published.layer)).collect()
    }

    /// Moments from August to January, on boundaries (whole days) and a hair beside them.
    fn moment() -> impl Strategy<Value = Instant> {
        let start = Instant::parse("2025-08-25").unwrap();
        (0i64..160, prop_oneof![Just(0i64), Just(-1), Just(1), 0i64..86_400_000_000])
            .prop_map(move |(days, beside)| Instant::from_micros(start.plus_days(days).micros() + beside))
    }

    fn datetime() -> impl Strategy<Value = Datetime> {
        let ends = (proptest::option::of(moment()), proptest::option::of(moment()));
        let interval = ends.prop_filter_map("in order", |(from, to)| Interval::new(from, to).ok()).prop_map(Datetime::During);
        prop_oneof![moment().prop_map(Datetime::At), interval]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn equal_keys_have_equal_answers(one in datetime(), other in datetime(), known in moment(), known_other in moment()) {
            let set = LayerSet::resolve(&WORLD, ALL).unwrap();
            let key = |datetime: &Datetime, known_at| (set.valid_epochs(datetime, None), set.known_epoch(known_at, None));
            let asked = |datetime, known_at| Asked { datetime, known_at, phases: Some(PhaseSet::ACTIVE_AND_RECENT) };
            for (a, b) in [((one, known), (other, known)), ((one, known), (one, known_other)), ((one, known), (other, known_other))] {
                if key(&a.0, a.1) == key(&b.0, b.1) {
                    prop_assert_eq!(answer(&set, &asked(a.0, a.1)), answer(&set, &asked(b.0, b.1)), "{} {}", a.0, b.0);
                }
            }
            // A hair later is mostly the same epoch, which random pairs seldom are.
            let later = match one {
                Datetime::At(at) => Datetime::At(Instant::from_micros(at.micros() + 3_600_000_000)),
                during => during,
            };
            if key(&one, known) == key(&later, known) {
                prop_assert_eq!(answer(&set, &asked(one, known)), answer(&set, &asked(later, known)));
            }
        }
    }
}
