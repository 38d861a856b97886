//! Icons and texts: which of them find room, the same way on both sides of a tile's edge.
//!
//! Icons that may overlap are drawn whatever happens; texts keep off them. A text first wishes for the best spot that is free of
//! such icons, then for the best one that is free also of what everything that matters more wished for first. It is written if
//! nothing that matters more comes into its way there, whether or not that one is written itself. All this depends only on what
//! lies around, so two tiles that see the same surroundings decide alike; taking turns would not. A text that may overlap, such as
//! the count on a cluster, goes with its icon instead.

use super::canvas::Picture;
use super::expression::Scope;
use super::icons::Icons;
use super::pixels::near;
use super::style::Rule;
use super::symbol::{Frame, Label, Mark, Symbol};
use std::collections::HashMap;

/// Symbols considered in one tile; the least important beyond it are left out.
const MOST_SYMBOLS: usize = 4_000;
/// How far from a picture a symbol can stand whose text comes into the way of one that shows, style pixels.
const RIVALS_PX: f64 = 256.0;
/// The same words again within this distance name the same thing, style pixels.
const REPEAT_PX: f64 = 40.0;

/// Symbols waiting for their place.
#[derive(Default)]
pub(super) struct Placing {
    symbols: Vec<Symbol>,
}

/// What a symbol takes if nothing that matters more is in the way.
#[derive(Debug, Clone, Copy, Default)]
struct Wish {
    /// For its icon, unless that is drawn whatever happens.
    mark: Option<Frame>,
    /// For its text: which spot, and the room there.
    spot: Option<(usize, Frame)>,
}

impl Wish {
    fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.mark.iter().chain(self.spot.iter().map(|(_, frame)| frame))
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
    /// Takes in a feature's points, style pixels.
    pub(super) fn add(
        &mut self,
        rule: &Rule,
        scope: &Scope<'_>,
        points: impl Iterator<Item = [f64; 2]>,
        icons: &Icons,
        picture: &mut Picture<'_>,
    ) {
        self.symbols.extend(points.filter_map(|at| Symbol::new(rule, scope, at, icons, picture)));
        if self.symbols.len() > 2 * MOST_SYMBOLS {
            self.keep_the_most_important();
        }
    }

    /// Whatever comes later: the most important of all are the most important of these and those that come.
    fn keep_the_most_important(&mut self) {
        self.symbols.sort_by(Symbol::order);
        self.symbols.truncate(MOST_SYMBOLS);
    }

    /// Draws the icons, the most important above the others and each with the text that is part of it, then the texts that find room.
    pub(super) fn draw(mut self, icons: &Icons, picture: &mut Picture<'_>) {
        let decisions = self.decide(picture.size_px());
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

    /// Sorts the symbols and decides about those that show in a picture of a size.
    fn decide(&mut self, size: [f64; 2]) -> Vec<Decision> {
        self.keep_the_most_important();
        let wishes = wishes(&self.symbols, size);
        let all = self.symbols.iter().zip(&wishes).enumerate();
        all.map(|(number, (symbol, wish))| decision(symbol, wish, &wishes[..number], size)).collect()
    }
}

/// What each symbol wishes for in the end.
fn wishes(symbols: &[Symbol], size: [f64; 2]) -> Vec<Wish> {
    let repeated = repeated(symbols);
    let firm: Vec<(&Symbol, Frame)> =
        symbols.iter().filter_map(|symbol| Some((symbol, symbol.mark.as_ref().filter(|mark| mark.is_firm)?.frame))).collect();
    let all = || symbols.iter().zip(&repeated);
    let first: Vec<Wish> = all().map(|(symbol, repeats)| wish(symbol, *repeats, &firm, &[])).collect();
    let second = all().enumerate().map(|(number, (symbol, repeats))| match near(symbol.at, RIVALS_PX, size) {
        true => wish(symbol, *repeats, &firm, &first[..number]),
        false => Wish::default(),
    });
    second.collect()
}

/// What a symbol wishes for, given the icons that are drawn whatever happens and what `rivals` wish for that matter more.
fn wish(symbol: &Symbol, repeats: bool, firm: &[(&Symbol, Frame)], rivals: &[Wish]) -> Wish {
    let loose = symbol.mark.as_ref().filter(|mark| !mark.is_firm).map(|mark| mark.frame);
    // Another place at this place is the same place; a report there is no reason to lose it.
    let is_taken = |frame: &Frame| firm.iter().any(|(owner, mark)| owner.label.is_some() && mark.meets(frame));
    if loose.is_some_and(|frame| is_taken(&frame)) {
        return Wish::default();
    }
    let Some(label) = &symbol.label else { return Wish { mark: loose, spot: None } };
    if label.is_firm {
        return Wish { mark: loose, spot: label.spots.first().map(|spot| (0, spot.frame)) };
    }
    let is_free = |frame: &Frame| firm.iter().all(|(owner, mark)| std::ptr::eq(*owner, symbol) || !mark.meets(frame));
    let is_clear = |frame: &Frame| rivals.iter().flat_map(Wish::frames).all(|rival| !rival.meets(frame));
    let spots = label.spots.iter().map(|spot| spot.frame).enumerate().filter(|(_, frame)| !repeats && is_free(frame));
    let spot = spots.clone().find(|(_, frame)| is_clear(frame)).or_else(|| spots.clone().next());
    Wish { mark: loose.filter(|_| spot.is_some() || label.is_optional), spot }
}

/// Which symbols say what a more important one close by says already.
fn repeated(symbols: &[Symbol]) -> Vec<bool> {
    let mut said: HashMap<&str, Vec<[f64; 2]>> = HashMap::new();
    let repeats = symbols.iter().map(|symbol| {
        let Some(label) = symbol.label.as_ref().filter(|label| !label.is_firm) else { return false };
        let places = said.entry(&label.words).or_default();
        let repeats = places.iter().any(|at| (at[0] - symbol.at[0]).hypot(at[1] - symbol.at[1]) < REPEAT_PX);
        places.push(symbol.at);
        repeats
    });
    repeats.collect()
}

/// Whether a symbol gets what it wishes for; `rivals` are the wishes of all that matter more.
fn decision(symbol: &Symbol, wish: &Wish, rivals: &[Wish], size: [f64; 2]) -> Decision {
    let is_free = |frame: &Frame| rivals.iter().flat_map(Wish::frames).all(|rival| !rival.meets(frame));
    let shows = wish.frames().any(|frame| frame.shows(size));
    let is_firm = symbol.mark.as_ref().is_some_and(|mark| mark.is_firm);
    if !shows || wish.mark.is_some_and(|frame| !is_free(&frame)) {
        return Decision { has_mark: is_firm, spot: None };
    }
    let spot = wish.spot.filter(|(_, frame)| is_free(frame)).map(|(spot, _)| spot);
    let is_alone = symbol.label.as_ref().is_none_or(|label| label.is_optional);
    Decision { has_mark: is_firm || wish.mark.is_some() && (spot.is_some() || is_alone), spot }
}

/// Writes a text at one of its spots.
fn write(label: &Label, spot: usize, picture: &mut Picture<'_>) {
    if let Some(spot) = label.spots.get(spot).filter(|spot| spot.frame.shows(picture.size_px())) {
        picture.write(&label.text, spot.corner(), spot.flush, label.color, label.halo);
    }
}

fn draw_mark(mark: &Mark, at: [f64; 2], icons: &Icons, picture: &mut Picture<'_>) {
    let size = picture.size_px();
    let Some(icon) = icons.icon(&mark.icon).filter(|icon| near(at, icon.size * mark.size, size)) else { return };
    picture.placed(at, mark.size, |picture| icon.draw(mark.opacity, picture));
}

#[cfg(test)]
mod tests;
