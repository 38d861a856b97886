//! The roads as a graph: places joined by legs, each way with how bad it is at the asked time.

use super::Inquiry;
use super::leg::Leg;
use super::status::Rank;
use crate::time::Datetime;
use std::collections::BTreeMap;

/// Places and the ways between them.
#[derive(Debug)]
pub struct Graph<'r> {
    /// Ids of the places that any leg leads to, in order.
    places: Vec<&'r str>,
    /// The ways out of each place.
    ways: Vec<Vec<Way<'r>>>,
    /// The ways into each place.
    into: Vec<Vec<Way<'r>>>,
}

/// A leg in the direction in which it is gone.
#[derive(Debug, Clone, Copy)]
pub struct Way<'r> {
    /// The leg.
    pub leg: &'r Leg,
    /// From `a` to `b`.
    pub is_forward: bool,
    /// How bad it is, by the terms for this direction.
    pub rank: Rank,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Way<'_> {
    /// Length in millimetres: sums of whole numbers do not depend on their order.
    pub(super) fn length_mm(&self) -> u64 {
        (self.leg.length_m * 1_000.0).round() as u64
    }
}

impl<'r> Inquiry<'r> {
    /// The roads at the asked time.
    pub fn graph(&self, datetime: &Datetime) -> Graph<'r> {
        let legs: Vec<(usize, &'r Leg)> = self.legs().collect();
        let mut numbers: BTreeMap<&'r str, usize> =
            legs.iter().flat_map(|(_, leg)| [(leg.a.as_str(), 0), (leg.b.as_str(), 0)]).collect();
        numbers.values_mut().enumerate().for_each(|(place, number)| *number = place);
        let places: Vec<&'r str> = numbers.keys().copied().collect();
        let (mut ways, mut into) = (vec![Vec::new(); places.len()], vec![Vec::new(); places.len()]);
        for (number, leg) in legs {
            let ends = numbers.get(leg.a.as_str()).zip(numbers.get(leg.b.as_str()));
            let Some((&a, &b)) = ends else { continue };
            for (from, to, is_forward) in [(a, b, true), (b, a, false)] {
                let rank = self.look(number, is_forward).map_or(Rank::Unknown, |look| look.worst(datetime));
                let way = Way { leg, is_forward, rank, from, to };
                ways.get_mut(from).into_iter().for_each(|ways| ways.push(way));
                into.get_mut(to).into_iter().for_each(|ways| ways.push(way));
            }
        }
        Graph { places, ways, into }
    }
}

impl<'r> Graph<'r> {
    /// The number of a place; nothing if no leg leads there.
    pub fn number(&self, place: &str) -> Option<usize> {
        self.places.binary_search(&place).ok()
    }

    /// All places by number.
    pub fn places(&self) -> &[&'r str] {
        &self.places
    }

    /// The ways out of a place, by the ids of their legs.
    pub(super) fn ways_from(&self, place: usize) -> &[Way<'r>] {
        self.ways.get(place).map_or(&[], Vec::as_slice)
    }

    /// The ways into a place.
    pub(super) fn ways_into(&self, place: usize) -> &[Way<'r>] {
        self.into.get(place).map_or(&[], Vec::as_slice)
    }
}
