//! `cluster=`: on tiles the layers whose points are shown as clusters, on features the cluster whose points are wanted.

use super::layer_set::{ALL, LayerSet};
use super::query::Query;
use crate::problem::Problem;
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_tiles::cluster::ClusterId;
use std::sync::Arc;

const PARAMETER: &str = "cluster";

/// The layers meant among those of the address; a missing parameter means those that the settings name.
pub fn read(query: &Query, set: &LayerSet) -> Result<Clustered, Problem> {
    let is_meant: Box<dyn Fn(&Published) -> bool> = match query.value(PARAMETER)? {
        None => return Ok(Clustered::by_default(&set.layers)),
        Some("") => Box::new(|_| false),
        Some(ALL) => Box::new(Published::can_cluster),
        Some(text) => {
            let named = text.split(',').map(|name| named(set, name)).collect::<Result<Vec<&Arc<Published>>, Problem>>()?;
            Box::new(move |published| named.iter().any(|named| std::ptr::eq(&***named, published)))
        }
    };
    let meant = set.layers.iter().filter(|published| is_meant(published));
    Ok(Clustered::new(meant.map(|published| published.layer.meta.name.as_str())))
}

fn named<'a>(set: &'a LayerSet, name: &str) -> Result<&'a Arc<Published>, Problem> {
    let found = set.layers.iter().find(|published| published.layer.meta.name.as_str() == name);
    let published = found.ok_or_else(|| {
        let there = &set.spec;
        refused(format!(
            "parameter 'cluster': this address shows no layer '{name}'; it shows: {there}; or write {ALL}, or nothing"
        ))
    })?;
    check(published)?;
    Ok(published)
}

/// The cluster whose points are wanted of a layer.
pub fn id(query: &Query, published: &Published) -> Result<Option<ClusterId>, Problem> {
    let Some(text) = query.value(PARAMETER)? else { return Ok(None) };
    check(published)?;
    let id = text.parse().ok().and_then(ClusterId::from_number);
    id.map(Some).ok_or_else(|| refused(format!("parameter 'cluster': '{text}' is no cluster_id of a vector tile")))
}

fn check(published: &Published) -> Result<(), Problem> {
    if published.can_cluster() {
        return Ok(());
    }
    let (name, kind) = (&published.layer.meta.name, published.layer.geometry_kind().as_str());
    Err(refused(format!("parameter 'cluster': only points can be clustered; layer '{name}' holds geometry of the kind '{kind}'")))
}

fn refused(detail: String) -> Problem {
    Problem::bad_request("InvalidCluster", detail)
}
