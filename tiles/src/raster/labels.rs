//! Icons and texts: which of them find room, the same way on both sides of a tile's edge.
//!
//! Icons that may overlap are drawn whatever happens; texts keep off them. A text first wishes for the best spot that is free of
//! such icons, then for the best one that is free also of what everything that matters more wished for first. It is written if
//! nothing that matters more comes into its way there, whether or not that one is written itself. All this depends only on what
//! lies around, so two tiles that see the same surroundings decide alike; taking turns would not. A text that may overlap, such as
//! the count on a cluster, goes with its icon instead.

use super::along::Way;
use super::canvas::{LEVEL, Picture};
use super::expression::Scope;
use super::icons::Icons;
use super::pixels::near;
use super::room::{INK_PX, REACH_PX, Room};
use super::style::Rule;
use super::symbol::{Label, Mark, Symbol};
use super::taken::Taken;
use std::collections::HashMap;

/// Side of the cells of the whole map in which symbols are counted, style pixels: what a tile sees is made of whole ones.
const CELL_PX: f64 = 256.0;
/// Symbols considered in a cell; the least important beyond it are left out, and so they are for each tile that sees the cell.
const MOST_SYMBOLS: usize = 500;
/// How far from a picture the point of a symbol can be whose text comes into the way of one that shows, style pixels.
const RIVALS_PX: f64 = 3.0 * REACH_PX + INK_PX;

/// Symbols waiting for their place.
#[derive(Default)]
pub(super) struct Placing {
    symbols: Vec<Symbol>,
    /// How many were left when it was last seen to that they are not too many.
    kept: usize,
}

/// What a symbol takes if nothing that matters more is in the way.
#[derive(Debug, Clone, Copy, Default)]
struct Wish<'a> {
    /// For its icon, unless that is drawn whatever happens.
    mark: Option<&'a Room>,
    /// For its text: which spot, and the room there.
    spot: Option<(usize, &'a Room)>,
}

impl Wish<'_> {
    /// Takes the room from what matters less.
    fn take(&self, symbol: &Symbol, number: usize, taken: &mut Taken) {
        let mark = self.mark.filter(|_| symbol.mark.as_ref().is_some_and(|mark| !mark.is_ghost));
        let spot = self.spot.filter(|_| symbol.label.as_ref().is_some_and(|label| !label.is_ghost));
        mark.into_iter().chain(spot.map(|(_, room)| room)).for_each(|room| taken.add(number, room));
    }
}

/// What of a symbol is drawn.
#[derive(Debug, Clone, Copy, Default)]
struct Decision {
    has_mark: bool,
    /// Which spot its text takes.
    spot: Option<usize>,
}

impl Placing {
    /// Takes in the symbols of a feature. Each has some places, the best first, style pixels, with the line they stand on; it takes the
    /// first where its text fits, or the first of all.
    pub(super) fn add(
        &mut self,
        rule: &Rule,
        scope: &Scope<'_>,
        places: impl Iterator<Item = impl Iterator<Item = ([f64; 2], Option<Way>)>>,
        icons: &Icons,
        picture: &mut Picture<'_>,
    ) {
        for places in places {
            let mut first = None;
            for (at, way) in places {
                let symbol = Symbol::new(rule, scope, at, way.as_ref(), icons, picture);
                let fits = symbol.as_ref().is_some_and(|symbol| symbol.label.is_some()) || way.is_none();
                if fits {
                    first = symbol;
                    break;
                }
                first = first.or(symbol);
            }
            self.symbols.extend(first);
        }
        if self.symbols.len() > 2 * self.kept.max(MOST_SYMBOLS) {
            self.keep_the_most_important(picture.origin);
        }
    }

    /// The most important of each cell, in order. Whatever comes later: the most important of all are among these and those that come.
    fn keep_the_most_important(&mut self, origin: [f64; 2]) {
        self.symbols.sort_by(Symbol::order);
        let mut counts: HashMap<[i64; 2], usize> = HashMap::new();
        self.symbols.retain(|symbol| {
            let cell = [0, 1].map(|axis| ((symbol.at[axis] + origin[axis]) / CELL_PX).floor() as i64);
            let count = counts.entry(cell).or_default();
            *count += 1;
            *count <= MOST_SYMBOLS
        });
        self.kept = self.symbols.len();
    }

    /// Draws the icons, the most important above the others and each with the text that is part of it, then the texts that find room.
    pub(super) fn draw(mut self, icons: &Icons, picture: &mut Picture<'_>) {
        let decisions = self.decide(picture);
        let drawn = || self.symbols.iter().zip(&decisions);
        for (symbol, decision) in drawn().rev() {
            symbol.mark.iter().filter(|_| decision.has_mark).for_each(|mark| draw_mark(mark, symbol.at, icons, picture));
            symbol.label.iter().filter(|label| label.is_firm).for_each(|label| write(label, 0, picture));
        }
        for (symbol, decision) in drawn() {
            if let Some((label, spot)) = symbol.label.as_ref().filter(|label| !label.is_firm).zip(decision.spot) {
                write(label, spot, picture);
            }
        }
    }

    /// Sorts the symbols and decides about those that show in a picture.
    fn decide(&mut self, picture: &Picture<'_>) -> Vec<Decision> {
        self.keep_the_most_important(picture.origin);
        let size = picture.size_px();
        let mut taken = Taken::default();
        let decisions = self.symbols.iter().zip(wishes(&self.symbols, size)).enumerate().map(|(number, (symbol, wish))| {
            let decision = decision(symbol, &wish, &taken);
            wish.take(symbol, number, &mut taken);
            decision
        });
        decisions.collect()
    }
}

/// What each symbol wishes for in the end.
fn wishes(symbols: &[Symbol], size: [f64; 2]) -> Vec<Wish<'_>> {
    let repeated = repeated(symbols);
    let mut firm = Taken::default();
    for (number, symbol) in symbols.iter().enumerate() {
        symbol.mark.iter().filter(|mark| mark.is_firm && !mark.is_ghost).for_each(|mark| firm.add(number, &mark.room));
    }
    // Another place at this place is the same place; a report there is no reason to lose it.
    let is_no_place = |number: usize| symbols.get(number).is_some_and(|symbol| symbol.label.is_none());
    let mut rivals = Taken::default();
    let all = symbols.iter().zip(repeated).enumerate().map(|(number, (symbol, repeats))| {
        let is_taken = |room: &Room| !firm.is_free(room, is_no_place);
        let is_free = |room: &Room| firm.is_free(room, |owner| owner == number);
        let second = match near(symbol.at, RIVALS_PX, size) {
            true => wish(symbol, repeats, is_taken, is_free, |room| rivals.is_free(room, |_| false)),
            false => Wish::default(),
        };
        wish(symbol, repeats, is_taken, is_free, |_| true).take(symbol, number, &mut rivals);
        second
    });
    all.collect()
}

/// What a symbol wishes for: `is_taken` tells where places of other names are drawn whatever happens, `is_free` where no other icon is
/// drawn so, `is_clear` where nothing is that matters more.
fn wish(
    symbol: &Symbol,
    repeats: bool,
    is_taken: impl Fn(&Room) -> bool,
    is_free: impl Fn(&Room) -> bool,
    is_clear: impl Fn(&Room) -> bool,
) -> Wish<'_> {
    let loose = symbol.mark.as_ref().filter(|mark| !mark.is_firm);
    let mark = loose.map(|mark| &mark.room).filter(|room| !is_taken(room));
    if loose.is_some_and(|mark| !mark.is_optional) && mark.is_none() {
        return Wish::default();
    }
    let Some(label) = &symbol.label else { return Wish { mark, spot: None } };
    if label.is_firm {
        return Wish { mark, spot: label.spots.first().map(|spot| (0, &spot.room)) };
    }
    let spots = || label.spots.iter().map(|spot| &spot.room).enumerate().filter(|(_, room)| !repeats && is_free(room));
    let spot = spots().find(|(_, room)| is_clear(room)).or_else(|| spots().next());
    Wish { mark: mark.filter(|_| spot.is_some() || label.is_optional), spot }
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

/// Whether a symbol gets what it wishes for; `taken` is what all that matters more wish for.
fn decision(symbol: &Symbol, wish: &Wish<'_>, taken: &Taken) -> Decision {
    let is_free = |room: &Room| taken.is_free(room, |_| false);
    let is_firm = symbol.mark.as_ref().is_some_and(|mark| mark.is_firm);
    let is_needed = symbol.mark.as_ref().is_some_and(|mark| !mark.is_optional);
    let mark = wish.mark.filter(|room| is_free(room));
    if is_needed && wish.mark.is_some() && mark.is_none() {
        return Decision { has_mark: is_firm, spot: None };
    }
    let spot = wish.spot.filter(|(_, room)| is_free(room)).map(|(spot, _)| spot);
    let is_alone = symbol.label.as_ref().is_none_or(|label| label.is_optional);
    Decision { has_mark: is_firm || mark.is_some() && (spot.is_some() || is_alone), spot }
}

/// Writes a text at one of its spots.
fn write(label: &Label, spot: usize, picture: &mut Picture<'_>) {
    if let Some(spot) = label.spots.get(spot).filter(|spot| spot.room.shows(picture.size_px())) {
        picture.write(&label.text, &spot.stand, label.color, label.halo);
    }
}

fn draw_mark(mark: &Mark, at: [f64; 2], icons: &Icons, picture: &mut Picture<'_>) {
    let Some(icon) = icons.icon(&mark.icon) else { return };
    let sight_px = mark.offset[0].hypot(mark.offset[1]) + icon.size * mark.size;
    if !near(at, sight_px, picture.size_px()) {
        return;
    }
    picture.placed(at, 1.0, mark.direction, |picture| {
        picture.placed(mark.offset, mark.size, LEVEL, |picture| icon.draw(mark.opacity, picture));
    });
}

#[cfg(test)]
mod tests;
