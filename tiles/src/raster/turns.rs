//! What each symbol wishes for: symbols take turns, the most important first, and each takes the first of its spots that is still free.
//!
//! Turns are taken for each cell of the whole map by itself, by its symbols and those of the eight cells around it:
//!
//! ```text
//!   . . . . .
//!   . o o o .     what is wished for in x depends on what lies in o
//!   . o x o .
//!   . o o o .
//!   . . . . .
//! ```
//! So two tiles that see the same cells come to the same. Turns in all that a tile sees would not: who comes first far off, where
//! only one of them sees it, may move everybody else.

use super::canvas::Picture;
use super::pixels::near;
use super::room::{INK_PX, REACH_PX, Room};
use super::symbol::Symbol;
use super::taken::Taken;
use std::collections::HashMap;

/// Side of the cells of the whole map, style pixels: what a tile sees is made of whole ones.
const CELL_PX: f64 = 256.0;
/// How far from a picture the point of a symbol can be whose text comes into the way of one that shows, style pixels. With a cell
/// around all cells so near a tile, that is three cells: what a tile sees.
const RIVALS_PX: f64 = 3.0 * REACH_PX + INK_PX;

/// What a symbol takes unless something in another cell is in the way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wish<'a> {
    /// For its icon, unless that is drawn whatever happens.
    pub(super) mark: Option<&'a Room>,
    /// For its text: which spot, and the room there.
    pub(super) spot: Option<(usize, &'a Room)>,
}

impl Wish<'_> {
    /// Takes the room from what matters less.
    pub(super) fn take(&self, symbol: &Symbol, number: usize, taken: &mut Taken) {
        let mark = self.mark.filter(|_| symbol.mark.as_ref().is_some_and(|mark| !mark.is_ghost));
        let spot = self.spot.filter(|_| symbol.label.as_ref().is_some_and(|label| !label.is_ghost));
        mark.into_iter().chain(spot.map(|(_, room)| room)).for_each(|room| taken.add(number, room));
    }
}

/// The cell in which a symbol lies; `origin` is the picture's corner on the whole map, style pixels.
pub(super) fn cell(symbol: &Symbol, origin: [f64; 2]) -> [i64; 2] {
    [0, 1].map(|axis| ((symbol.at[axis] + origin[axis]) / CELL_PX).floor() as i64)
}

/// What each symbol that may matter to a picture wishes for, and nothing for the others. The most important symbols come first.
///
/// Once time is over no more turns are taken: the picture is given up.
pub(super) fn wishes<'a>(symbols: &'a [Symbol], picture: &mut Picture<'_>) -> Vec<Wish<'a>> {
    let (origin, size) = (picture.origin, picture.size_px());
    let chances = chances(symbols);
    let mut cells: HashMap<[i64; 2], Vec<(usize, &Chance<'a>)>> = HashMap::new();
    for (number, chance) in chances.iter().enumerate() {
        cells.entry(cell(chance.symbol, origin)).or_default().push((number, chance));
    }
    let matters = |chance: &Chance<'_>| near(chance.symbol.at, RIVALS_PX, size);
    let mut wishes = vec![Wish::default(); symbols.len()];
    for (at, _) in cells.iter().filter(|(_, chances)| chances.iter().any(|(_, chance)| matters(chance))) {
        let around = (-1..=1).flat_map(|row| (-1..=1).map(move |column| [at[0] + column, at[1] + row]));
        let mut turns: Vec<(usize, &Chance<'a>)> = around.filter_map(|cell| cells.get(&cell)).flatten().copied().collect();
        turns.sort_unstable_by_key(|(number, _)| *number);
        let mut taken = Taken::default();
        for (number, chance) in turns {
            if !picture.work.step(1 + chance.spots.len()) {
                return wishes;
            }
            let wish = chance.wish(&taken);
            wish.take(chance.symbol, number, &mut taken);
            if cell(chance.symbol, origin) == *at {
                wishes[number] = wish;
            }
        }
    }
    wishes
}

/// What a symbol may wish for: all that is free of what is drawn whatever happens.
struct Chance<'a> {
    symbol: &'a Symbol,
    /// For its icon, unless that is drawn whatever happens itself.
    mark: Option<&'a Room>,
    /// For its text, the best first; none if the same words are said close by.
    spots: Vec<(usize, &'a Room)>,
}

fn chances(symbols: &[Symbol]) -> Vec<Chance<'_>> {
    let mut firm = Taken::default();
    for (number, symbol) in symbols.iter().enumerate() {
        symbol.mark.iter().filter(|mark| mark.is_firm && !mark.is_ghost).for_each(|mark| firm.add(number, &mark.room));
    }
    let all = symbols.iter().zip(repeated(symbols)).enumerate().map(|(number, (symbol, repeats))| {
        let loose = symbol.mark.as_ref().filter(|mark| !mark.is_firm);
        let spots = symbol.label.iter().flat_map(|label| label.spots.iter().map(|spot| &spot.room).enumerate());
        let is_firm = symbol.label.as_ref().is_some_and(|label| label.is_firm);
        let is_free = |room: &Room| is_firm || !repeats && firm.is_free(room, |owner| owner == number);
        Chance {
            symbol,
            mark: loose.map(|mark| &mark.room).filter(|room| firm.is_free(room, |_| false)),
            spots: spots.filter(|(_, room)| is_free(room)).collect(),
        }
    });
    all.collect()
}

impl<'a> Chance<'a> {
    /// What it wishes for where something is taken by what matters more.
    fn wish(&self, taken: &Taken) -> Wish<'a> {
        let is_free = |room: &Room| taken.is_free(room, |_| false);
        let mark = self.mark.filter(|room| is_free(room));
        if mark.is_none() && self.symbol.mark.as_ref().is_some_and(|mark| !mark.is_firm && !mark.is_optional) {
            return Wish::default();
        }
        let Some(label) = &self.symbol.label else { return Wish { mark, spot: None } };
        let spot = self.spots.iter().find(|(_, room)| label.is_firm || is_free(room)).copied();
        Wish { mark: mark.filter(|_| spot.is_some() || label.is_optional), spot }
    }
}

/// Which symbols say what a more important one close by says already.
fn repeated(symbols: &[Symbol]) -> Vec<bool> {
    let mut said: HashMap<&str, Vec<[f64; 2]>> = HashMap::new();
    let repeats = symbols.iter().map(|symbol| {
        let Some(label) = symbol.label.as_ref().filter(|label| !label.is_firm) else { return false };
        let places = said.entry(&label.words).or_default();
        let repeats = places.iter().any(|at| (at[0] - symbol.at[0]).hypot(at[1] - symbol.at[1]) < label.repeat_px);
        places.push(symbol.at);
        repeats
    });
    repeats.collect()
}
