//! How much of a corridor lies in areas of reported influence: by class, and by whose they are. What lies in several areas of one kind is
//! counted once.

use super::Inquiry;
use super::overlap::within_m;
use super::roads::Chain;
use crate::record::{Area, Body};
use crate::time::Datetime;
use crate::vocab::AreaClass;
use geo_types::MultiPolygon;
use std::collections::BTreeMap;

/// Metres of a corridor that lie in areas.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Inside {
    /// All of it that is seen, metres.
    pub length_m: f64,
    /// In any area.
    pub any_m: f64,
    /// By class.
    pub by_class: BTreeMap<AreaClass, f64>,
    /// By code of the actor.
    pub by_actor: BTreeMap<String, f64>,
    /// Ids of the areas that cover any of it.
    pub areas: Vec<String>,
}

impl Inquiry<'_> {
    /// How much of a corridor lies in the areas that hold at the asked time. `O(areas x vertices x pieces)`.
    pub fn inside(&self, chain: &Chain, datetime: &Datetime) -> Inside {
        let areas: Vec<(&str, &Area)> = self
            .holding(&*self.roads.areas, datetime)
            .filter_map(|record| match record.body() {
                Body::Area(area) => Some((record.id(), area)),
                _ => None,
            })
            .collect();
        let legs = || chain.links.iter().filter_map(|link| self.seen(link.leg?));
        let metres = |takes: &dyn Fn(&Area) -> bool| -> f64 {
            let shapes: Vec<&MultiPolygon<f64>> =
                areas.iter().filter(|(_, area)| takes(area)).map(|(_, area)| &area.shape).collect();
            legs().fold(0.0, |sum_m, leg| sum_m + within_m(&leg.line, shapes.iter().copied()))
        };
        let classes = areas.iter().map(|(_, area)| (area.class, metres(&|other| other.class == area.class)));
        let actors = areas.iter().map(|(_, area)| (area.actor.clone(), metres(&|other| other.actor == area.actor)));
        let covers = |(_, area): &&(&str, &Area)| legs().any(|leg| within_m(&leg.line, std::iter::once(&area.shape)) > 0.0);
        Inside {
            length_m: legs().fold(0.0, |sum_m, leg| sum_m + leg.length_m),
            any_m: metres(&|_| true),
            by_class: classes.filter(|(_, metres)| *metres > 0.0).collect(),
            by_actor: actors.filter(|(_, metres)| *metres > 0.0).collect(),
            areas: areas.iter().filter(covers).map(|(id, _)| (*id).to_owned()).collect(),
        }
    }
}
