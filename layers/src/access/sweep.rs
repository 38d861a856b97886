//! The legs of a corridor together over time: from edge to edge only the leg whose edge it is is looked at anew.

use super::look::Look;
use super::status::Rank;
use crate::time::{Instant, Interval};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The legs of a corridor at a moment; of one that is not seen nobody knows.
#[derive(Debug, Clone)]
pub(super) struct Sweep<'r> {
    looks: Vec<Option<Look<'r>>>,
    /// The stretch of each leg in which the moment lies.
    numbers: Vec<usize>,
    ranks: Vec<Rank>,
    /// How many legs are of each rank.
    counts: [usize; Rank::ALL.len()],
}

impl<'r> Sweep<'r> {
    /// `O(legs)`.
    pub(super) fn at(at: Instant, looks: Vec<Option<Look<'r>>>) -> Self {
        let numbers: Vec<usize> = looks.iter().map(|look| look.map_or(0, |look| look.number(at))).collect();
        let ranks = looks.iter().zip(&numbers).map(|(look, number)| look.map_or(Rank::Unknown, |look| look.rank(*number)));
        let ranks: Vec<Rank> = ranks.collect();
        let counts = Rank::ALL.map(|rank| ranks.iter().filter(|one| **one == rank).count());
        Self { looks, numbers, ranks, counts }
    }

    /// The worst of them.
    pub(super) fn rank(&self) -> Rank {
        let worst = Rank::ALL.into_iter().zip(self.counts).rev().find(|(_, count)| *count > 0);
        worst.map_or(Rank::Unknown, |(rank, _)| rank)
    }

    /// The legs that are as bad as the worst, with the stretch in which each is.
    pub(super) fn worst(&self) -> impl Iterator<Item = (usize, Option<(Look<'r>, usize)>)> {
        let worst = self.rank();
        let legs = self.looks.iter().zip(&self.numbers).zip(&self.ranks).enumerate();
        legs.filter(move |(_, (_, rank))| **rank == worst)
            .map(|(leg, ((look, number), _))| (leg, look.map(|look| (look, *number))))
    }

    /// Moves a leg to another of its stretches; whether it is, or was, among the worst.
    fn step(&mut self, leg: usize, number: usize) -> bool {
        let (Some(Some(look)), Some(rank)) = (self.looks.get(leg), self.ranks.get(leg).copied()) else { return false };
        let (next, before) = (look.rank(number), self.rank());
        for (count, one) in self.counts.iter_mut().zip(Rank::ALL) {
            *count = *count + usize::from(one == next) - usize::from(one == rank);
        }
        self.numbers.get_mut(leg).into_iter().for_each(|at| *at = number);
        self.ranks.get_mut(leg).into_iter().for_each(|at| *at = next);
        rank == before || next >= before
    }

    fn edge_after(&self, leg: usize) -> Option<Instant> {
        self.looks.get(leg)?.as_ref()?.time(*self.numbers.get(leg)?).to
    }

    fn edge_before(&self, leg: usize) -> Option<Instant> {
        self.looks.get(leg)?.as_ref()?.time(*self.numbers.get(leg)?).from
    }

    /// Goes on to the next moment at which anything changes, and calls `each` with it and whether the worst may have changed; until that says no.
    pub(super) fn onward(mut self, mut each: impl FnMut(&Self, Instant, bool) -> bool) {
        let legs = 0..self.looks.len();
        let mut heap: BinaryHeap<_> = legs.filter_map(|leg| Some(Reverse((self.edge_after(leg)?, leg)))).collect();
        while let Some(Reverse((at, _))) = heap.peek().copied() {
            let mut changes = false;
            while let Some(Reverse((_, leg))) = heap.peek().copied().filter(|Reverse((edge, _))| *edge == at) {
                heap.pop();
                let number = self.numbers.get(leg).map_or(0, |number| number + 1);
                changes |= self.step(leg, number);
                heap.extend(self.edge_after(leg).map(|edge| Reverse((edge, leg))));
            }
            if !each(&self, at, changes) {
                return;
            }
        }
    }

    /// How long it is as bad as it is.
    pub(super) fn run(self) -> Interval {
        let rank = self.rank();
        let (mut from, mut to) = (None, None);
        self.clone().onward(|later, at, _| {
            to = Some(at).filter(|_| later.rank() != rank);
            to.is_none()
        });
        self.back(|earlier, at| {
            from = Some(at).filter(|_| earlier.rank() != rank);
            from.is_none()
        });
        Interval { from, to }
    }

    /// Goes back over the last moment at which anything changed, and calls `each` with it; until that says no.
    fn back(mut self, mut each: impl FnMut(&Self, Instant) -> bool) {
        let legs = 0..self.looks.len();
        let mut heap: BinaryHeap<(Instant, usize)> = legs.filter_map(|leg| Some((self.edge_before(leg)?, leg))).collect();
        while let Some((at, _)) = heap.peek().copied() {
            while let Some((_, leg)) = heap.peek().copied().filter(|(edge, _)| *edge == at) {
                heap.pop();
                let number = self.numbers.get(leg).map_or(0, |number| number.saturating_sub(1));
                self.step(leg, number);
                heap.extend(self.edge_before(leg).map(|edge| (edge, leg)));
            }
            if !each(&self, at) {
                return;
            }
        }
    }
}
