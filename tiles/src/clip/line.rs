//! Lines: what leaves and comes back becomes two.

use super::{Clip, Square, narrow};
use crate::grid::World;
use crate::seam::crossing;
use crate::spare::Positions;

/// Clips one line. Hands each piece of two or more vertices to `emit`, which may take it away.
#[derive(Debug)]
pub(crate) struct LineClip<'a, E> {
    square: Square,
    piece: &'a mut Positions,
    emit: E,
    /// The last vertex; of one inside, the end of the piece is.
    last: Option<World>,
    /// The sides of the inner and of the whole square that it lies beyond.
    last_sides: u8,
    last_outer_sides: u8,
    moves: bool,
}

impl<'a, E: FnMut(&mut Positions)> LineClip<'a, E> {
    /// Of a line yet to come; `piece` is a buffer.
    pub(crate) fn new(square: Square, piece: &'a mut Positions, emit: E) -> Self {
        piece.clear();
        Self { square, piece, emit, last: None, last_sides: 0, last_outer_sides: 0, moves: false }
    }

    /// The line has ended: whether it had two distinct vertices, seen or not.
    pub(crate) fn finish(mut self) -> bool {
        self.end();
        self.moves
    }

    fn end(&mut self) {
        if self.piece.len() > 1 {
            self.moves = true;
            (self.emit)(self.piece);
        }
        self.piece.clear();
    }

    /// A segment, each end told with the sides of the whole square that it lies beyond.
    fn segment(&mut self, (from, from_sides): (World, u8), (to, to_sides): (World, u8)) {
        let kept = match (from_sides, to_sides) {
            (0, 0) => Some([from, to]),
            _ if from_sides & to_sides != 0 => None,
            _ => part([from, to], self.square.low, self.square.high),
        };
        let Some([start, end]) = kept else { return self.end() };
        if self.piece.last() != Some(&narrow(start)) {
            self.end();
            self.piece.push(narrow(start));
        }
        if start != end {
            self.piece.push(narrow(end));
        }
        if end != to {
            self.end();
        }
    }
}

impl<E: FnMut(&mut Positions)> Clip for LineClip<'_, E> {
    fn to(&mut self, to: World) {
        let sides = self.square.sides(to);
        let end = self.piece.last().filter(|_| self.last_sides == 0).map(|at| at.map(i64::from));
        let from = end.or(self.last);
        if from == Some(to) {
            return;
        }
        if from.is_some() && self.last_sides | sides == 0 {
            return self.piece.push(narrow(to));
        }
        let outer_sides = self.square.outer_sides(to);
        match from {
            None if outer_sides == 0 => self.piece.push(narrow(to)),
            None => (),
            Some(_) if self.last_outer_sides & outer_sides != 0 => {
                self.moves = true;
                self.end();
            }
            Some(from) => {
                self.moves = true;
                let mut last = (from, self.last_outer_sides);
                for &at in self.square.crossings((from, self.last_sides), (to, sides)).all() {
                    let next = (at, self.square.outer_sides(at));
                    self.segment(std::mem::replace(&mut last, next), next);
                }
                self.segment(last, (to, outer_sides));
            }
        }
        (self.last, self.last_sides, self.last_outer_sides) = (Some(to), sides, outer_sides);
    }

    fn inside(&mut self) -> &mut Positions {
        self.piece
    }
}

/// The part of a segment within the window, if any.
fn part([mut a, mut b]: [World; 2], low: i64, high: i64) -> Option<[World; 2]> {
    for axis in 0..2 {
        for (side, outside_a, outside_b) in [(low, a[axis] < low, b[axis] < low), (high, a[axis] > high, b[axis] > high)] {
            match (outside_a, outside_b) {
                (true, true) => return None,
                (true, false) => a = crossing(b, a, axis, side),
                (false, true) => b = crossing(a, b, axis, side),
                (false, false) => (),
            }
        }
    }
    Some([a, b])
}
