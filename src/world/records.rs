//! The worlds that records make, one for each audience: a layer for each kind as that audience sees it, on the basemap.

use super::{Dataset, French, Published, Ready, World, Worlds};
use roadblock_layers::access::{self, Access};
use roadblock_layers::dataset::About;
use roadblock_layers::history::History;
use roadblock_layers::layer::Layer;
use roadblock_layers::time::{Instant, Interval};
use roadblock_layers::view::{self, Rekey, ViewLayer, Viewer};
use roadblock_layers::vocab::{Audience, Kind};
use std::collections::BTreeSet;
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

/// Builds them, `O(n log n)`; each layer as the next edition of the one before it. The same records make the same worlds, wherever they
/// were kept.
pub fn worlds(of: &Ingredients, history: &History, now: Instant, former: Option<&Worlds>) -> Worlds {
    next(of, history, now, former, &view::kinds())
}

/// The next worlds when records of some kinds changed; all layers are made anew if others have more to show by now as well.
pub fn following(of: &Ingredients, history: &History, now: Instant, former: &Worlds, changed: &BTreeSet<Kind>) -> Worlds {
    // What refers to something is drawn where that is, and reports are referred to by nothing.
    let are_reports = changed.iter().all(|kind| matches!(kind, Kind::Blockade | Kind::Area));
    match are_reports && former.changes_at.is_none_or(|at| now < at) {
        true => next(of, history, now, Some(former), changed),
        false => worlds(of, history, now, Some(former)),
    }
}

fn next(of: &Ingredients, history: &History, now: Instant, former: Option<&Worlds>, kinds: &BTreeSet<Kind>) -> Worlds {
    let mut changes_at = None;
    let by_audience = Audience::ALL.map(|audience| {
        let viewer = Viewer { audience, now, rekey: of.rekey, attribution: &of.about.attribution };
        let view = view::of(history, viewer, kinds);
        changes_at = [changes_at, view.changes_at].into_iter().flatten().min();
        let former = former.map(|worlds| &**worlds.seen_by(audience));
        let access = Arc::new(Access::of(view::told(history, viewer), audience));
        let derived = access::layer(&access, &of.about.attribution);
        let mut made: Vec<Arc<Published>> = view.layers.into_iter().map(|layer| published(layer, former)).collect();
        let place = made.iter().position(|layer| layer.layer.meta.name.as_str() == ABOVE_ACCESS).unwrap_or(made.len());
        made.insert(place, published(derived, former));
        Arc::new(match former {
            Some(former) => {
                let world = World { access: Some(access), ..World::clone(former) };
                made.into_iter().fold(world, |world, layer| world.with_shared(layer))
            }
            None => {
                let layers = [Arc::clone(&of.basemap)].into_iter().chain(made).collect();
                World { layers, archives: Vec::new(), dataset: dataset(&of.about), access: Some(access) }
            }
        })
    });
    Worlds::of(by_audience, changes_at)
}

/// A layer of a view; the very one that was published before if it shows the same.
fn published(view: ViewLayer, former: Option<&World>) -> Arc<Published> {
    let ready = Ready::of(&view.features);
    let layer = Layer::build(view.meta, view.schema, view.features, Vec::new(), |_, _| 0);
    let published = Published::new(layer, ready);
    match former.and_then(|world| world.layer(published.layer.meta.name.as_str())) {
        Some(former) if former.revision == published.revision => Arc::clone(former),
        Some(former) => Arc::new(published.succeeding(former)),
        None => Arc::new(published),
    }
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
