//! Room that is taken, found by where it is.

use super::room::{Frame, Room};
use std::collections::HashMap;

/// Side of a cell, style pixels: some names wide.
const CELL_PX: f64 = 64.0;

/// Boxes with whose they are, by the cells of the picture and its surroundings that they touch.
#[derive(Default)]
pub(super) struct Taken {
    cells: HashMap<[i32; 2], Vec<(usize, Frame)>>,
}

impl Taken {
    /// Takes room for an owner.
    pub(super) fn add(&mut self, owner: usize, room: &Room) {
        for link in room.links() {
            cells(link).for_each(|cell| self.cells.entry(cell).or_default().push((owner, *link)));
        }
    }

    /// Whether room is free of all but some owners'.
    pub(super) fn is_free(&self, room: &Room, is_spared: impl Fn(usize) -> bool) -> bool {
        let theirs = |link: &Frame| cells(link).filter_map(|cell| self.cells.get(&cell)).flatten();
        room.links().iter().all(|link| theirs(link).all(|(owner, frame)| is_spared(*owner) || !frame.meets(link)))
    }
}

fn cells(frame: &Frame) -> impl Iterator<Item = [i32; 2]> + use<> {
    let [columns, rows] = [0, 1].map(|axis| {
        let number = |at: f64| (at / CELL_PX).floor() as i32;
        number(frame.min[axis])..=number(frame.max[axis])
    });
    rows.flat_map(move |row| columns.clone().map(move |column| [column, row]))
}
