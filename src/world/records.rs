//! The worlds that records make, one for each audience: a layer for each kind as that audience sees it, on the basemap.

use super::{Dataset, French, Published, Ready, World, Worlds};
use roadblock_layers::access::{self, Access};
use roadblock_layers::dataset::About;
use roadblock_layers::history::History;
use roadblock_layers::layer::{Edit, EditError, IndexedLayer};
use roadblock_layers::record::RecordId;
use roadblock_layers::time::{Instant, Interval};
use roadblock_layers::view::{self, Rekey, Turns, ViewLayer, Viewer};
use roadblock_layers::vocab::Audience;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The layer that is drawn on what the roads are like.
const ABOVE_ACCESS: &str = "places";

/// What worlds are made of.
#[derive(Clone)]
pub struct Ingredients {
    /// What the data set says of itself.
    pub about: About,
    /// What is drawn below.
    pub basemap: Arc<Published>,
    /// What ids that tell something are replaced with.
    pub rekey: Rekey,
}

/// Who looks at the records at a time of day, in the order of [`Audience::ALL`].
pub fn viewers(of: &Ingredients, now: Instant) -> [Viewer<'_>; 3] {
    Audience::ALL.map(|audience| Viewer { audience, now, rekey: of.rekey, attribution: &of.about.attribution })
}

/// When which records are told otherwise by themselves.
pub fn turns(of: &Ingredients, history: &History, now: Instant) -> Turns {
    let mut turns = Turns::default();
    viewers(of, now).into_iter().for_each(|viewer| turns.note(history.iter(), viewer));
    turns
}

/// Builds them, `O(n log n)`. The same records make the same worlds, wherever they were kept.
pub fn worlds(of: &Ingredients, history: &History, now: Instant) -> Worlds {
    Worlds::of(side_by_side(viewers(of, now), |viewer| Arc::new(world(of, history, viewer))))
}

/// Makes something for each audience, on a thread each.
fn side_by_side<'v, T: Send>(viewers: [Viewer<'v>; 3], make: impl Fn(Viewer<'v>) -> T + Sync) -> [T; 3] {
    let make = &make;
    std::thread::scope(|scope| {
        let audiences = viewers.map(|viewer| scope.spawn(move || make(viewer)));
        audiences.map(|audience| audience.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Builds that of one audience.
pub fn world(of: &Ingredients, history: &History, viewer: Viewer<'_>) -> World {
    let access = Arc::new(Access::of(view::told(history, viewer), viewer.audience));
    let derived = access::layer(&access, &of.about.attribution);
    let mut layers: Vec<Arc<Published>> = view::of(history, viewer).into_iter().map(|layer| Arc::new(published(layer))).collect();
    let place = layers.iter().position(|layer| layer.layer.meta.name.as_str() == ABOVE_ACCESS).unwrap_or(layers.len());
    layers.insert(place, Arc::new(published(derived)));
    layers.insert(0, Arc::clone(&of.basemap));
    World { layers, archives: Vec::new(), dataset: dataset(&of.about), access: Some(access) }
}

/// The next worlds when some records may be told otherwise. What an audience is told as before stays what it is, to the last byte.
///
/// # Errors
/// When what a record shows does not fit its layer, which no record that was accepted does.
pub fn following(
    of: &Ingredients,
    history: &History,
    now: Instant,
    former: &Worlds,
    touched: &BTreeSet<RecordId>,
) -> Result<Worlds, EditError> {
    let [public, partner, editor] = side_by_side(viewers(of, now), |viewer| seen(history, viewer, former, touched));
    Ok(Worlds::of([public?, partner?, editor?]))
}

/// The next world of an audience.
fn seen(history: &History, viewer: Viewer<'_>, former: &Worlds, touched: &BTreeSet<RecordId>) -> Result<Arc<World>, EditError> {
    let former = former.seen_by(viewer.audience);
    let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    for id in touched {
        let kind = history.record(id).first().map(|version| version.body().kind());
        let Some((name, shown)) = kind.and_then(view::layer_of).and_then(|name| Some((name, former.layer(name)?))) else {
            continue;
        };
        let news = view::edits(history, viewer, id).into_iter().filter(|edit| !shown.layer.says(edit));
        edits.entry(name).or_default().extend(news);
    }
    edits.retain(|_, edits| !edits.is_empty());
    if edits.is_empty() {
        return Ok(Arc::clone(former));
    }
    let amended = former.access.as_ref().map(|access| access.amended(view::retold(history, viewer, touched)));
    let access = amended.map(|(access, turned)| {
        if let Some(shown) = former.layer(access::LAYER) {
            let news = access::edits(&access, &turned, &shown.layer);
            edits.insert(access::LAYER, news.into_iter().filter(|edit| !shown.layer.says(edit)).collect());
        }
        Arc::new(access)
    });
    let next = World { access, ..World::clone(former) };
    let edits = edits.into_iter().filter(|(_, edits)| !edits.is_empty());
    let next = edits.into_iter().try_fold(next, |world, (name, edits)| match world.layer(name) {
        Some(shown) => Ok(world.with(shown.edited(edits)?)),
        None => Ok(world),
    });
    next.map(Arc::new)
}

/// A layer of a view.
fn published(view: ViewLayer) -> Published {
    let ready = Ready::of(&view.features);
    Published::new(IndexedLayer::new(view.meta, view.schema, view.features, Vec::new(), |_, _| 0), ready)
}

fn dataset(about: &About) -> Dataset {
    Dataset {
        title: about.title.clone(),
        description: about.description.clone(),
        default_datetime: about.default_datetime,
        time_range: Interval { from: Some(about.from), to: Some(about.to) },
        disclaimer: Some(about.disclaimer.clone()),
        french: French {
            title: about.title_fr.clone(),
            description: about.description_fr.clone(),
            disclaimer: about.disclaimer_fr.clone(),
        },
    }
}
