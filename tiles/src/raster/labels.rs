//! Icons and texts: which of them find room, the same way on both sides of a tile's edge.
//!
//! Icons that may overlap are drawn whatever happens; texts keep off them. What else is drawn is decided in turns, cell by cell of the
//! whole map; where symbols of two cells come into each other's way, the one that matters more is drawn. A text that may overlap, such
//! as the count on a cluster, goes with its icon instead.

use super::along::Way;
use super::canvas::{LEVEL, Picture};
use super::expression::Scope;
use super::icons::Icons;
use super::pixels::near;
use super::room::Room;
use super::style::Rule;
use super::symbol::{Label, Mark, Symbol};
use super::taken::Taken;
use super::turns::{self, Wish};
use std::collections::HashMap;

/// Symbols considered in a cell; the least important beyond it are left out, and so they are for each tile that sees the cell.
const MOST_SYMBOLS: usize = 200;
/// To read the rules of a symbol and to lay its text out takes as long as so many vertices.
const SYMBOL_STEPS: usize = 20;

/// Symbols waiting for their place.
#[derive(Default)]
pub(super) struct Placing {
    symbols: Vec<Symbol>,
    /// Bytes that they take.
    bytes: usize,
    /// How many were left when it was last seen to that they are not too many.
    kept: usize,
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
                if !picture.work.step(SYMBOL_STEPS) {
                    return;
                }
                let symbol = Symbol::new(rule, scope, at, way.as_ref(), icons, picture);
                let fits = symbol.as_ref().is_some_and(|symbol| symbol.label.is_some()) || way.is_none();
                if fits {
                    first = symbol;
                    break;
                }
                first = first.or(symbol);
            }
            self.bytes += first.as_ref().map_or(0, Symbol::bytes);
            self.symbols.extend(first);
            if self.symbols.len() > self.kept + (self.kept / 4).max(MOST_SYMBOLS) {
                self.keep_the_most_important(picture.origin);
            }
            if !picture.work.wait(self.bytes) {
                return;
            }
        }
    }

    /// The most important of each cell, in order. Whatever comes later: the most important of all are among these and those that come.
    fn keep_the_most_important(&mut self, origin: [f64; 2]) {
        self.symbols.sort_by(Symbol::order);
        let mut counts: HashMap<[i64; 2], usize> = HashMap::new();
        self.symbols.retain(|symbol| {
            let count = counts.entry(turns::cell(symbol, origin)).or_default();
            *count += 1;
            *count <= MOST_SYMBOLS
        });
        self.kept = self.symbols.len();
        self.bytes = self.symbols.iter().map(Symbol::bytes).sum();
    }

    /// Sorts the symbols and decides about those that show in a picture.
    pub(super) fn decide(mut self, picture: &mut Picture<'_>) -> Placed {
        self.keep_the_most_important(picture.origin);
        let mut taken = Taken::default();
        let decisions =
            self.symbols.iter().zip(turns::wishes(&self.symbols, picture)).enumerate().map(|(number, (symbol, wish))| {
                let decision = decision(symbol, &wish, &taken);
                wish.take(symbol, number, &mut taken);
                decision
            });
        let decisions = decisions.collect();
        Placed { symbols: self.symbols, decisions }
    }
}

/// Symbols of which is known where they stand, those of the last rule first.
pub(super) struct Placed {
    symbols: Vec<Symbol>,
    decisions: Vec<Decision>,
}

impl Placed {
    /// Draws the symbols of a rule, those of all rules before it drawn by then: the icons, the most important above the others and each
    /// with the text that is part of it, then the texts that find room.
    pub(super) fn draw(&mut self, rule: &Rule, icons: &Icons, picture: &mut Picture<'_>) {
        let start = self.symbols.partition_point(|symbol| symbol.rule() > rule.number);
        let (symbols, decisions) = (self.symbols.split_off(start), self.decisions.split_off(start));
        let drawn = || symbols.iter().zip(&decisions);
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
